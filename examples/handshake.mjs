import { Rejection, Signer, Verifier } from "countersign";

const verifier = new Verifier("slack", "signing-secret");

async function handle(request) {
  const { method, url, headers } = request;
  const delivery = { method, url, headers, body: new Uint8Array(await request.arrayBuffer()) };
  try {
    // What the sender asks of a new address, verified and answered; undefined where this is a delivery.
    const reply = verifier.handshake(delivery);
    if (reply) return new Response(reply.body, reply);
    const event = verifier.verify(delivery);
    return new Response(`${event.type} ${event.id}`, { status: 202 });
  } catch (error) {
    if (error instanceof Rejection) return new Response(error.code, { status: 401 });
    throw error;
  }
}

async function show(body, headers) {
  const request = new Request("https://example.com/slack", { method: "POST", body, headers });
  const response = await handle(request);
  console.log(response.status, await response.text());
}

const question = '{"type":"url_verification","challenge":"3eZbrw1aBm2r"}';
await show(question, new Signer("slack", "signing-secret").sign({ body: question }));
await show(question, {});
