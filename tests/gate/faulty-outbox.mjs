// A gate whose outbox fails on request, and a function that chooses how.

/** Wraps the gate and makes its outbox fail: a request to `/outbox/<mode>` chooses how. */
export const FAULTY_OUTBOX = `
import Gate, { Outbox } from "./index.js";
export { Outbox };
let mode = "healthy";
let calls = 0;
class DurableObjectNamespace {
  constructor(real) { this.real = real; }
  getByName(name) {
    const stub = this.real.getByName(name);
    return {
      async fetch(request) {
        calls += 1;
        const now = mode;
        if (now.endsWith("once")) mode = "healthy";
        if (now === "healthy") return stub.fetch(request);
        if (now === "slow") {
          await new Promise((resolve) => setTimeout(resolve, 300));
          return stub.fetch(request);
        }
        if (now === "hang") return new Promise(() => setTimeout(() => {}, 60_000));
        if (now === "answers 500") return new Response("{}", { status: 500 });
        if (now.startsWith("stores and breaks")) await stub.fetch(request);
        const marks = now === "overloaded" ? { overloaded: true } : { retryable: true };
        throw Object.assign(new Error(now), marks);
      },
    };
  }
}
export default class extends Gate {
  constructor(ctx, env) {
    super(ctx, { ...env, OUTBOX: new DurableObjectNamespace(env.OUTBOX) });
  }
  async fetch(request) {
    const asked = new URL(request.url).pathname.match(/^\\/outbox\\/(.*)$/);
    if (!asked) return super.fetch(request);
    mode = decodeURIComponent(asked[1]);
    const before = calls;
    calls = 0;
    return Response.json(before);
  }
}
`;

/**
 * Switches the outbox of a gate to a mode. Returns the number of calls in the last mode.
 * @param {{ url: string }} gate
 * @param {string} mode
 */
export const switchOutbox = async (gate, mode) =>
  (await fetch(`${gate.url}/outbox/${encodeURIComponent(mode)}`)).json();
