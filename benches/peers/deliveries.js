// Makes deliveries as a server receives them: a JSON event of an exact size in bytes, and about twenty headers, those of the
// sender and those that clients and proxies add.

import { Signer } from "countersign";

/** Headers that the client and a proxy add to those of the signature. */
const COMMON_HEADERS = {
  host: "hooks.example.com",
  accept: "*/*; q=0.5, application/xml",
  "accept-encoding": "gzip, br",
  "cache-control": "no-cache",
  "content-type": "application/json; charset=utf-8",
  "user-agent": "Webhooks/1.0 (+https://example.com/docs/webhooks)",
  connection: "keep-alive",
  "x-forwarded-for": "203.0.113.7",
  "x-forwarded-proto": "https",
  "x-forwarded-host": "hooks.example.com",
  "x-forwarded-port": "443",
  "x-real-ip": "203.0.113.7",
  "x-request-id": "b7d1f5f0-6c1e-4b0f-9a52-3d2e1c0b9a87",
  "cf-ray": "8c1d2e3f4a5b6c7d-FRA",
  "cf-visitor": '{"scheme":"https"}',
  traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
};

const encoder = new TextEncoder();

/** A line of an invoice. Lines make up most of a large body. */
const line = (index) => ({
  id: `il_1QXv${String(index).padStart(8, "0")}`,
  object: "line_item",
  amount: 1000 + index,
  currency: "eur",
  description: "Seats of the plan Pro, monthly",
  discountable: true,
  period: { start: 1_790_000_000, end: 1_792_592_000 },
  price: { id: "price_1QXvPro", unit_amount: 1000 + index, metadata: {} },
  proration: false,
  quantity: 1,
});

/**
 * Returns an event as JSON text of ASCII characters. It consists of the lines of an invoice, which take the most work to
 * parse, or of one long text, which takes the least.
 * @param {number} size in bytes, at least 200
 * @param {"lines" | "text"} [kind]
 */
export function bodyOf(size, kind = "lines") {
  const lines = [];
  const print = (memo) =>
    JSON.stringify({
      id: "evt_1QXvKb2eZvKYlo2C",
      type: "invoice.paid",
      eventType: { id: "1", name: "invoice.paid" },
      data: { public_key: "0".repeat(32), object: { total: 1000, lines }, memo },
    });
  const room = size - print("").length;
  const each = JSON.stringify(line(0)).length + 1;
  const count = kind === "lines" ? Math.floor(room / each) - 1 : 0;
  for (let index = 0; index < count; index++) lines.push(line(index));
  return print("x".repeat(size - print("").length));
}

/**
 * Returns a signed delivery with the body in the type that a server of the runtime provides.
 * @param {string} scheme
 * @param {string} secret
 * @param {string} body
 */
export function deliveryOf(scheme, secret, body) {
  const signed = new Signer(scheme, secret).sign({ body, id: "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W" });
  const headers = { ...COMMON_HEADERS, "content-length": String(body.length), ...signed };
  // Node's servers provide a Buffer, other servers a Uint8Array, for which their decoders are faster than for a Buffer.
  const isNode = globalThis.navigator?.userAgent?.startsWith("Node.js") ?? false;
  const bytes = isNode ? globalThis.Buffer.from(body) : encoder.encode(body);
  return { headers, body: bytes };
}

/** @typedef {ReturnType<typeof deliveryOf>} ReceivedDelivery */

/**
 * Returns a delivery as a `Request`.
 * @param {ReceivedDelivery} delivery
 */
export function requestOf({ headers, body }) {
  return new Request("https://hooks.example.com/in/sender", { method: "POST", headers, body });
}
