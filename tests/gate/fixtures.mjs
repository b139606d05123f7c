// A gate's usual sources and secrets, and a client that signs deliveries for them.

import { createHash } from "node:crypto";
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

/** The key of an event of the source `stripe` in the outbox. */
export const keyOf = (id) => `/in/stripe ${id}`;

/** The number of the object that has this event of the source `stripe`: the gate derives it from the key. */
export const objectOf = (id) => createHash("sha256").update(keyOf(id)).digest()[0] % 16;

/** Ids that begin with `prefix`, of events that are in the same object as the event `id`. */
export const idsInObjectOf = (id, prefix, count) => {
  const ids = [];
  for (let index = 0; ids.length < count; index += 1)
    if (objectOf(`${prefix}${index}`) === objectOf(id)) ids.push(`${prefix}${index}`);
  return ids;
};

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
