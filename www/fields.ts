// The form's fields in index.html.

import { find } from "./dom.js";

export const fields = {
  form: find("delivery", HTMLFormElement),
  scheme: find("scheme", HTMLSelectElement),
  secret: find("secret", HTMLTextAreaElement),
  url: find("url", HTMLInputElement),
  method: find("method", HTMLSelectElement),
  headers: find("headers", HTMLTextAreaElement),
  body: find("body", HTMLTextAreaElement),
  bodyFormat: find("body-format", HTMLSelectElement),
  bodyFile: find("body-file", HTMLInputElement),
  clock: find("clock", HTMLSelectElement),
  receivedAt: find("received-at", HTMLInputElement),
  tolerance: find("tolerance", HTMLInputElement),
};
