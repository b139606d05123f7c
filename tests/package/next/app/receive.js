// The route of both runtimes: verifies a delivery of Stripe.

import { Rejection, Verifier } from "countersign";

const verifier = new Verifier("stripe", process.env.STRIPE_SECRET ?? "whsec_for_the_build");

export async function receive(request) {
  try {
    const { id, type } = await verifier.receive(request);
    return Response.json({ id, type });
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    return Response.json({ code: error.code }, { status: 401 });
  }
}
