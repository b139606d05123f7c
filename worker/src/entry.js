// What the platform calls. worker-build makes a class, of which the platform would construct one for every request, each
// behind a proxy. Nothing of a request is in it, so one is enough. It is called through its proxy, which notices traps.

import Gate, { Outbox } from "./index.js";

/** @type {any} */
let gate;
const made = (/** @type {unknown} */ env, /** @type {unknown} */ context) => {
  gate ??= new Gate(context, env);
  return gate;
};

export { Outbox };
export default {
  fetch: (
    /** @type {Request} */ request,
    /** @type {unknown} */ env,
    /** @type {unknown} */ context,
  ) => made(env, context).fetch(request),
  queue: (
    /** @type {unknown} */ batch,
    /** @type {unknown} */ env,
    /** @type {unknown} */ context,
  ) => made(env, context).queue(batch),
};
