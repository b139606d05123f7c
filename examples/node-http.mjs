import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { Rejection, Verifier } from "countersign";

const verifier = new Verifier("stripe", process.env.STRIPE_SECRET);

export const server = createServer(async (request, response) => {
  try {
    const event = verifier.verify({ headers: request.headers, body: await buffer(request) });
    response.end(event.id);
  } catch (error) {
    const isRejected = error instanceof Rejection;
    console.warn(isRejected ? error.code : error);
    response.writeHead(isRejected ? 401 : 500).end();
  }
});
