// For Node, Deno, Bun and browsers: the core travels inside the JavaScript, as text until it is needed.

import base64 from "#core.wasm";
import { provide } from "../core.js";

provide(() => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));

export * from "../api.js";
