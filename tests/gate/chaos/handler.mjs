// The handler: it acts on most events, and fails in every other way. Each call is compared with what was sent, and goes into
// the ledger.

import { bodyOf, headersOf } from "./plan.mjs";
import { createRandom, pick } from "./random.mjs";

/** What the handler does with a call. Only the first two count as acted; the gate must call again after all others. */
const ANSWERS = {
  act: 800,
  "act slowly": 100,
  fail: 25,
  redirect: 25,
  "hang up": 25,
  "break off": 15,
  hang: 2,
};
/** A slow call lasts at most this long, so that a second call at the same time would be seen. */
const SLOW_MS = 300;
const LOGIN = "/login";

export class Handler {
  /**
   * @param {{ handler: { receive: Function } }} gate
   * @param {import("./ledger.mjs").Ledger} ledger
   * @param {number} seed
   */
  constructor(gate, ledger, seed) {
    this.ledger = ledger;
    this.random = createRandom(seed + 3);
    /** Whether calls may hang, each for half a minute, and whether the next one must. */
    this.mayHang = true;
    this.mustHang = false;
    gate.handler.receive = (request, body, response) => this.receive(request, body, response);
  }

  /**
   * @param {import("node:http").IncomingMessage} request
   * @param {Buffer} body
   * @param {import("node:http").ServerResponse} response
   */
  receive(request, body, response) {
    if (request.url === LOGIN) {
      // The page to which the handler redirects. It answers 200, but it does not act.
      this.ledger.redirects.followed += 1;
      response.end("please log in");
      return;
    }
    const story = this.ledger.find(
      decodeHeader(request, "ce-source"),
      decodeHeader(request, "ce-id"),
    );
    if (story === undefined) {
      response.writeHead(204).end();
      return;
    }
    const answer = this.choose();
    const call = { at: Date.now(), ...compare(story, request, body) };
    let isComplete = false;
    response.once("finish", () => {
      isComplete = answer === "act" || answer === "act slowly";
    });
    response.once("close", () => {
      this.ledger.addCall(story, { ...call, until: Date.now(), isComplete });
    });
    this.answer(answer, response);
  }

  choose() {
    if (this.mustHang) {
      this.mustHang = false;
      return "hang";
    }
    return pick(this.random, this.mayHang ? ANSWERS : { ...ANSWERS, hang: 0 });
  }

  /** @param {keyof typeof ANSWERS} answer @param {import("node:http").ServerResponse} response */
  answer(answer, response) {
    switch (answer) {
      case "act":
        response.writeHead(204).end();
        return;
      case "act slowly":
        setTimeout(() => response.writeHead(204).end(), this.random() * SLOW_MS);
        return;
      case "fail":
        response.writeHead(500).end("the handler failed");
        return;
      case "redirect":
        this.ledger.redirects.answered += 1;
        response.writeHead(302, { location: LOGIN }).end();
        return;
      case "break off":
        response.writeHead(200, { "content-length": "100" });
        response.write("half of the answ", () => response.destroy());
        return;
      case "hang up":
        response.destroy();
        return;
      // A call that hangs is never answered.
    }
  }
}

/**
 * Which body a call had, and the headers that were wrong.
 * @param {import("./ledger.mjs").Story} story
 * @param {import("node:http").IncomingMessage} request
 * @param {Buffer} body
 */
function compare({ event, offers }, { headers }, body) {
  const text = body.toString();
  const variants = /** @type {const} */ (["first", "other"]);
  const variant = variants.find((variant) => text === bodyOf(event, variant));
  const wrong = Object.entries(headersOf(event))
    .filter(([name, value]) => headers[name] !== value)
    .map(([name]) => name);
  const received = Date.parse(String(headers["ce-time"]));
  if (!(received >= offers[0].at && received <= Date.now())) wrong.push("ce-time");
  // A signature has the second in which it was made.
  const signed = Date.parse(String(headers["ce-signedtime"]));
  if (!(signed > offers[0].at - 1000 && signed <= Date.now())) wrong.push("ce-signedtime");
  return { variant, wrong };
}

/** @param {import("node:http").IncomingMessage} request @param {string} name */
function decodeHeader(request, name) {
  return decodeURIComponent(String(request.headers[name]));
}
