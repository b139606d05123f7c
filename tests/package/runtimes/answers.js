// Answers: the response to a delivery that its sender understands, ready for `new Response`.

import { equal, ok, thrown } from "./harness.js";

const JSON_HEADERS = {
  "content-type": "application/json",
  "x-content-type-options": "nosniff",
};

export function answers(test, { Verifier, Rejection, DecodeError }) {
  const github = new Verifier("github", "secret");
  const event = { id: 'evt_"1"' };

  test("answers: a genuine delivery is answered with its id and the outcome", () => {
    for (const outcome of ["accepted", "duplicate", "filtered"]) {
      equal(github.answer(outcome, event), {
        status: 200,
        headers: JSON_HEADERS,
        body: `{"id":"evt_\\"1\\"","status":"${outcome}"}`,
      });
    }
  });

  test("answers: an error is answered without its reason", () => {
    const rejection = thrown(() => github.verify({ headers: {}, body: "{}" }));
    ok(rejection instanceof Rejection, "a rejection");
    const unreadable = new DecodeError("missing_id", "genuine, but without an id");
    const answers = [
      [rejection, 401, '{"error":"not authentic"}'],
      [unreadable, 422, '{"error":"authentic, but not readable"}'],
      [
        new Error("the database is down"),
        500,
        '{"error":"cannot handle the event now, try again"}',
      ],
      [undefined, 500, '{"error":"cannot handle the event now, try again"}'],
    ];
    for (const [error, status, body] of answers) {
      equal(github.answer(error), { status, headers: JSON_HEADERS, body });
    }
  });

  test("answers: a sender that reads the body gets the one that it expects", () => {
    const expected = {
      xero: [200, undefined, null],
      viber: [200, undefined, null],
      slack: [200, undefined, null],
      twilio: [200, "text/xml", "<Response/>"],
      adyen: [200, "text/plain; charset=utf-8", "[accepted]"],
      supabase: [200, "application/json", "{}"],
    };
    for (const [name, [status, type, body]] of Object.entries(expected)) {
      const secret = name === "adyen" ? "0f".repeat(32) : "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0";
      const answer = new Verifier(name, secret).answer("accepted", { id: "1" });
      equal([answer.status, answer.headers["content-type"], answer.body], [status, type, body]);
    }
    const { status, headers, body } = new Verifier("xero", "secret").answer(
      thrown(() => new Verifier("xero", "secret").verify({ headers: {}, body: "" })),
    );
    equal([status, headers, body], [401, {}, null]);
  });

  test("answers: an answer can be passed to Response", async () => {
    const answer = github.answer("accepted", { id: "1" });
    const response = new Response(answer.body, answer);
    equal(response.status, 200);
    equal(response.headers.get("content-type"), "application/json");
    equal(await response.json(), { id: "1", status: "accepted" });
    const secret = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    const empty = new Verifier("discord", secret).answer("accepted", { id: "1" });
    equal(new Response(empty.body, empty).status, 204);
  });

  test("answers: a description says what its sender expects", () => {
    const scheme = {
      name: "acme",
      key: "text",
      id: "digest",
      signature: {
        place: { header: "acme-signature" },
        tags: [{ algorithm: "hmac-sha256", encoding: "hex" }],
        content: ["body"],
      },
      answers: {
        accepted: { contentType: "text/plain", body: "ok" },
        rejected: { status: 403 },
      },
    };
    const verifier = new Verifier(scheme, "secret");
    const headers = { "content-type": "text/plain", "x-content-type-options": "nosniff" };
    equal(verifier.answer("duplicate", event), { status: 200, headers, body: "ok" });
    const rejection = thrown(() => verifier.verify({ headers: {}, body: "" }));
    equal(verifier.answer(rejection), { status: 403, headers: {}, body: null });
    // Threat model: A-90.
    for (const accepted of [
      { status: 301 },
      { status: 410 },
      { contentType: "text/plain\r\nset-cookie: a=b", body: "ok" },
      { contentType: "application/json", body: '{"id":"$id"}' },
    ]) {
      const error = thrown(() => new Verifier({ ...scheme, answers: { accepted } }, "secret"));
      equal(error.code, "unsound");
      ok(error.message.includes("answers.accepted"), error.message);
    }
  });

  test("answers: the errors for misuse say what to do", () => {
    const misspelt = thrown(() => github.answer("acepted", event));
    ok(misspelt instanceof TypeError && misspelt.message.includes('"accepted"'), `${misspelt}`);
    const without = thrown(() => github.answer("accepted"));
    ok(without instanceof TypeError && without.message.includes("pass the event"), `${without}`);
  });
}
