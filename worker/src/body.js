// Reads short bodies whose length is declared: most deliveries. It is in JavaScript because a timer and two promises cost
// a third of all else there is to do when they are made and watched from wasm.

/** What is handed on instead of a body. `body.rs` knows these words. */
const TOO_SLOW = "too slow";
const BROKEN_OFF = "broken off";

/**
 * Reads the body of a request and hands it on to be judged.
 * @param {Request} request
 * @param {number} patience how many milliseconds the body may take
 * @param {(ticket: number, body: ArrayBuffer | string) => Response | Promise<Response>} judge
 * @param {number} ticket what the judge knows the request by
 */
export async function readShort(request, patience, judge, ticket) {
  const body = await new Promise((resolve) => {
    // It ends with the request, so nobody clears it: that would cost as much again.
    setTimeout(resolve, patience, TOO_SLOW);
    request.arrayBuffer().then(resolve, () => resolve(BROKEN_OFF));
  });
  return judge(ticket, body);
}
