// A gate's usual sources and secrets, and a client that signs deliveries for them.

import { Signer } from "countersign";

export const SECRET = "a secret in text";
export const API_KEY = "an api key";
export const secrets = { SECRET, API_KEY };
export const sources = {
  stripe: { scheme: "stripe", keys: ["SECRET"] },
  github: { scheme: "github", keys: ["SECRET"] },
};

/** Signs a body for a source. */
export const sign = (source, body) => new Signer(source, SECRET).sign({ body });

/** The body of a small event with this id. */
export const bodyOf = (id) => JSON.stringify({ id, type: "a.b" });

/** The lines of a gate's log, each as an object, without other output. */
export const linesOf = (gate) =>
  gate
    .output()
    .split("\n")
    .filter((line) => line.startsWith('{"at":'))
    .map((line) => JSON.parse(line));

/** The client of a gate: it posts events, calls the API, and looks at the queue. */
export const clientOf = (gate) => ({
  /** Posts a small, authentic event to the source `stripe`. */
  post: (id, init = {}) => {
    const body = bodyOf(id);
    const headers = sign("stripe", body);
    return fetch(`${gate.url}/in/stripe`, { method: "POST", body, headers, ...init });
  },
  /** Calls the API and returns its JSON. */
  callApi: async (path, method = "GET") => {
    const headers = { "x-api-key": API_KEY };
    const response = await fetch(`${gate.url}/api/v1/${path}`, { method, headers });
    return response.json();
  },
  /** The ids of the events on the queue, each once. */
  idsOnQueue: () => new Set(gate.sink.messages.map(({ id }) => id)),
});
