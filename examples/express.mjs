import { Rejection, Verifier } from "countersign";
import express from "express";

const verifier = new Verifier("stripe", process.env.STRIPE_SECRET);
export const app = express();

// On this path the body stays raw. Where `express.json()` is for all paths, it has to come after this.
app.post("/hooks", express.raw({ type: "*/*", limit: "1mb" }), (request, response) => {
  try {
    const event = verifier.verify({ headers: request.headers, body: request.body ?? "" });
    response.status(202).send(event.id);
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    response.sendStatus(401);
  }
});
