// Reads short bodies whose length is declared, which most deliveries have. This is JavaScript because a timer and two
// promises that wasm creates and awaits take a third of the time of everything else.

/** Passed on instead of a body. `body.rs` knows the first of these texts. */
const TOO_SLOW = "too slow";
const TRUNCATED = "truncated";

/**
 * Reads the body of a request and passes it to the handler.
 * @param {Request} request
 * @param {number} timeout the number of milliseconds in which the body must arrive
 * @param {(ticket: number, body: ArrayBuffer | string) => Response | Promise<Response>} handle
 * @param {number} ticket by which the handler knows the request
 * @returns {Promise<Response>} the handler's response
 */
export async function readShort(request, timeout, handle, ticket) {
  const body = await new Promise((resolve) => {
    // The timer ends with the request. Clearing it would cost as much as setting it.
    setTimeout(resolve, timeout, TOO_SLOW);
    request.arrayBuffer().then(resolve, () => resolve(TRUNCATED));
  });
  return handle(ticket, body);
}
