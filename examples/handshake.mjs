import { Rejection, Signer, Verifier } from "countersign";

const verifier = new Verifier("slack", "signing-secret");

async function handle(request) {
  const { method, url, headers } = request;
  const delivery = { method, url, headers, body: new Uint8Array(await request.arrayBuffer()) };
  try {
    // The answer to a handshake, once the request is verified; undefined if it is an ordinary delivery.
    const reply = verifier.handshake(delivery);
    if (reply) return new Response(reply.body, reply);
    const event = verifier.verify(delivery);
    return new Response(`${event.type} ${event.id}`);
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    console.warn(error.code, error.message);
    return new Response(null, { status: 401 });
  }
}

async function show(body, headers) {
  const request = new Request("https://example.com/slack", { method: "POST", body, headers });
  const response = await handle(request);
  console.log(response.status, await response.text());
}

const challenge = '{"type":"url_verification","challenge":"3eZbrw1aBm2r"}';
await show(challenge, new Signer("slack", "signing-secret").sign({ body: challenge }));
await show(challenge, {});
