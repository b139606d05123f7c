// The Worker that the gate is compared with: the least that one can write by hand. It verifies with WebCrypto and sends
// to the queue. It stores nothing first, detects no duplicates, and reads bodies of any length. `npm run bench` measures it
// too, and also with a log line for each request.

const encoder = new TextEncoder();
let key;

export default {
  async fetch(request, env) {
    if (request.method === "GET") return new Response("running");
    const body = await request.arrayBuffer();
    const header = request.headers.get("stripe-signature") ?? "";
    const { t, v1 } = Object.fromEntries(header.split(",").map((item) => item.split("=")));
    if (!/^[0-9a-f]{64}$/.test(v1 ?? "") || Math.abs(Date.now() / 1000 - t) > 300) {
      return Response.json({ error: "not authentic" }, { status: 401 });
    }
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const secret = encoder.encode(env.SECRET);
    key ??= await crypto.subtle.importKey("raw", secret, algorithm, false, ["verify"]);
    const prefix = encoder.encode(`${t}.`);
    const signed = new Uint8Array(prefix.length + body.byteLength);
    signed.set(prefix);
    signed.set(new Uint8Array(body), prefix.length);
    const signature = Uint8Array.from(v1.match(/../g), (byte) => Number.parseInt(byte, 16));
    if (!(await crypto.subtle.verify("HMAC", key, signature, signed))) {
      return Response.json({ error: "not authentic" }, { status: 401 });
    }
    const { id, type } = JSON.parse(new TextDecoder().decode(body));
    const { events } = env.SOURCES.stripe;
    if (env.LOGS)
      console.log(JSON.stringify({ source: "stripe", id, type, bytes: body.byteLength }));
    if (events && !events.includes(type)) {
      return Response.json({ id, status: "filtered" });
    }
    await env.EVENTS.send({ id, body: btoa(String.fromCharCode(...new Uint8Array(body))) });
    return Response.json({ id, status: "accepted" });
  },
};
