// Takes the network away, so that what an oracle says, it says by itself.

import dns from "node:dns";
import net from "node:net";

/** Refuses every connection and every name from now on, with an error that no adapter takes for a refusal. */
export function goOffline() {
  const refuse = () => {
    throw new Error("an oracle asked for the network");
  };
  // Connections of TLS, HTTP, HTTP/2 and `fetch` are all made by this one method.
  net.Socket.prototype.connect = refuse;
  dns.lookup = /** @type {any} */ (refuse);
}
