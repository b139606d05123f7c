// A route handler: a Request goes in, the Response to the sender comes out.

import { DecodeError, Rejection, Verifier } from "countersign";

const verifier = new Verifier("stripe", process.env.STRIPE_SECRET);

export async function POST(request) {
  try {
    const event = await verifier.receive(request);
    // Store or queue the event here, before the 2xx: the sender will not send it again.
    return Response.json({ id: event.id, type: event.type });
  } catch (error) {
    // The code and the message are for your log. The sender learns only that the delivery was rejected.
    if (error instanceof Rejection) {
      console.warn(error.code, error.message);
      return new Response(null, { status: 401 });
    }
    // Authentic, but the event id cannot be read. A retry would not change that.
    if (error instanceof DecodeError) {
      console.error(error.code, error.message);
      return new Response(null, { status: 422 });
    }
    throw error;
  }
}
