// Sends deliveries over kept-alive connections. `fetch` would take more time than the Worker.

import { Agent, request } from "node:http";

/**
 * Sends deliveries from several senders at the same time, until `next` returns undefined.
 * @param {string} url
 * @param {number} senders
 * @param {() => { body: string, headers: Record<string, string> } | undefined} next
 * @param {(status: number, milliseconds: number) => void} onAnswer
 */
export async function sendAll(url, senders, next, onAnswer) {
  const agent = new Agent({ keepAlive: true, maxSockets: senders });
  const send = async () => {
    for (let delivery = next(); delivery !== undefined; delivery = next()) {
      const before = performance.now();
      const status = await post(url, delivery, agent);
      onAnswer(status, performance.now() - before);
    }
  };
  try {
    await Promise.all(Array.from({ length: senders }, send));
  } finally {
    agent.destroy();
  }
}

/** Posts a delivery and returns the status. */
function post(url, { body, headers }, agent) {
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: "POST", headers, agent }, (response) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode));
    });
    sending.once("error", reject);
    sending.end(body);
  });
}
