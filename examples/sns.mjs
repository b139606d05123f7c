import { fetchKeys, KeyFetchError, Rejection, Verifier } from "countersign";

const TOPIC = "arn:aws:sns:us-west-2:123456789012:MyTopic";

export async function handle(request) {
  const { headers } = request;
  const delivery = { headers, body: new Uint8Array(await request.arrayBuffer()) };
  try {
    // The certificate that the message names, fetched from Amazon's hosts only and cached for an hour.
    const verifier = new Verifier("sns", await fetchKeys("sns", delivery));
    const event = verifier.verify(delivery);
    // Amazon signs for all of its customers, so check that the topic is yours.
    if (event.json().TopicArn !== TOPIC) return new Response(null, { status: 401 });
    const reply = verifier.handshake(delivery);
    if (reply === undefined) return new Response();
    const visited = await fetch(reply.visit, { redirect: "manual" });
    return visited.ok ? new Response(reply.body, reply) : new Response(null, { status: 503 });
  } catch (error) {
    if (error instanceof Rejection) return new Response(null, { status: 401 });
    if (error instanceof KeyFetchError) return new Response(null, { status: 503 });
    throw error;
  }
}
