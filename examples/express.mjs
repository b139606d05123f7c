import { Rejection, Verifier } from "countersign";
import express from "express";

const verifier = new Verifier("stripe", process.env.STRIPE_SECRET);
export const app = express();

// `express.raw` keeps the body as bytes. An app-wide `express.json()` must come after this route.
app.post("/hooks", express.raw({ type: "*/*", limit: "1mb" }), (request, response) => {
  try {
    const event = verifier.verify({ headers: request.headers, body: request.body ?? "" });
    response.send(event.id);
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    console.warn(error.code, error.message);
    response.sendStatus(401);
  }
});
