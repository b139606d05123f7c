import { Rejection, setUp, Verifier } from "countersign";

const secret = process.env.ASANA_SECRET;
const verifier = secret && new Verifier("asana", secret);

async function handle(request) {
  const { method, url, headers } = request;
  const delivery = { method, url, headers, body: new Uint8Array(await request.arrayBuffer()) };
  try {
    if (verifier) {
      const event = verifier.verify(delivery);
      return new Response(event.id);
    }
    // Without a key, this endpoint answers only the request that hands it over. Anyone can send that request.
    const reply = setUp("asana", delivery);
    if (reply?.secret) console.log(`Put this into ASANA_SECRET, then restart: ${reply.secret}`);
    return reply ? new Response(reply.body, reply) : new Response(null, { status: 401 });
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    console.warn(error.code, error.message);
    return new Response(null, { status: 401 });
  }
}

async function show(headers, body) {
  const request = new Request("https://example.com/asana", { method: "POST", body, headers });
  const response = await handle(request);
  console.log(response.status, response.headers.get("x-hook-secret"));
}

await show({ "X-Hook-Secret": "b537207f20cbfa02357cf448134da559" }, "{}");
await show({ "X-Hook-Signature": "forged" }, '{"events":[]}');
