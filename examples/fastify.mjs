import { Rejection, Verifier } from "countersign";
import fastify from "fastify";

const verifier = new Verifier("stripe", process.env.STRIPE_SECRET);
export const app = fastify();

// Content type parsers belong to the plugin that sets them, so only the routes in here get raw bodies.
app.register(async (hooks) => {
  hooks.removeAllContentTypeParsers();
  hooks.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) =>
    done(null, body),
  );
  hooks.post("/hooks", async (request, reply) => {
    try {
      const event = verifier.verify({ headers: request.headers, body: request.body ?? "" });
      return reply.send(event.id);
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      request.log.warn({ code: error.code }, error.message);
      return reply.code(401).send();
    }
  });
});
