// Turns the network off, so that a library's verdict does not depend on a service.

import dns from "node:dns";
import net from "node:net";

/** Makes every connection and every name lookup fail from now on, with an error that no adapter takes for a rejection. */
export function goOffline() {
  const fail = () => {
    throw new Error("an oracle asked for the network");
  };
  // TLS, HTTP, HTTP/2 and `fetch` all connect with this method.
  net.Socket.prototype.connect = fail;
  dns.lookup = /** @type {any} */ (fail);
}
