// Reads short bodies whose length is declared: most deliveries. It is in JavaScript because a timer and two promises cost
// a third of all else there is to do when they are made and watched from wasm.

/** What is handed on instead of a body. `body.rs` knows these words. */
const TOO_SLOW = "too slow";
const BROKEN_OFF = "broken off";

/**
 * Reads the body of a request and hands all on to be judged.
 * @param {Request} request
 * @param {unknown} env
 * @param {number} started when the request came
 * @param {number} patience how many milliseconds the body may take
 * @param {(request: Request, env: unknown, started: number, body: ArrayBuffer | string) => Response | Promise<Response>} judge
 */
export async function readShort(request, env, started, patience, judge) {
  const body = await new Promise((resolve) => {
    const timer = setTimeout(resolve, patience, TOO_SLOW);
    const end = (/** @type {ArrayBuffer | string} */ body) => {
      clearTimeout(timer);
      resolve(body);
    };
    request.arrayBuffer().then(end, () => end(BROKEN_OFF));
  });
  return judge(request, env, started, body);
}
