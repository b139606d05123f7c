// The module that the platform calls. worker-build exports a class, and the platform would construct an instance of it,
// behind a proxy, for every request. The class has no state of a request, so one instance serves all. Calls go through the
// proxy, because it notices traps.

import Gate, { Outbox } from "./index.js";

/** @type {any} */
let gate;
const getGate = (/** @type {unknown} */ env, /** @type {unknown} */ context) => {
  gate ??= new Gate(context, env);
  return gate;
};

export { Outbox };
export default {
  fetch: (
    /** @type {Request} */ request,
    /** @type {unknown} */ env,
    /** @type {unknown} */ context,
  ) => getGate(env, context).fetch(request),
  queue: (
    /** @type {unknown} */ batch,
    /** @type {unknown} */ env,
    /** @type {unknown} */ context,
  ) => getGate(env, context).queue(batch),
  scheduled: (
    /** @type {unknown} */ controller,
    /** @type {unknown} */ env,
    /** @type {unknown} */ context,
  ) => getGate(env, context).scheduled(controller),
};
