import { Rejection, Verifier } from "countersign";
import { Hono } from "hono";

const verifier = new Verifier("stripe", process.env.STRIPE_SECRET);
const app = new Hono();

app.post("/hooks", async (context) => {
  try {
    const event = await verifier.receive(context.req.raw);
    return context.text(event.id);
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    console.warn(error.code, error.message);
    return context.body(null, 401);
  }
});

export default app;
