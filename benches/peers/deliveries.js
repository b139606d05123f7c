// Deliveries as they arrive: a JSON event of an exact size in bytes, and the headers that a request brings through a
// proxy, about twenty with the sender's own.

import { Signer } from "countersign";

/** What a request through a proxy has besides what its sender signs. */
const USUAL_HEADERS = {
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

/** One line of an invoice; they make up most of a large body. */
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
 * The text of an event that is so many bytes long, all of them ASCII: made up of an invoice's lines, which is the most
 * work to parse, or of one long text, which is the least.
 * @param {number} size at least 200
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
 * A signed delivery, as a runtime hands it out.
 * @param {string} scheme
 * @param {string} secret
 * @param {string} body
 */
export function deliveryOf(scheme, secret, body) {
  const signed = new Signer(scheme, secret).sign({ body, id: "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W" });
  const headers = { ...USUAL_HEADERS, "content-length": String(body.length), ...signed };
  // Node's servers hand out a Buffer, those of others bytes, whose own decoders are also quicker than their Buffers.
  const isNode = globalThis.navigator?.userAgent?.startsWith("Node.js") ?? false;
  const bytes = isNode ? globalThis.Buffer.from(body) : encoder.encode(body);
  return { headers, body: bytes };
}

/** @typedef {ReturnType<typeof deliveryOf>} Arrived */

/**
 * The same delivery as a `Request`.
 * @param {Arrived} delivery
 */
export function requestOf({ headers, body }) {
  return new Request("https://hooks.example.com/in/sender", { method: "POST", headers, body });
}
