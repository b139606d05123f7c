// The answers to deliveries, byte for byte: each sender gets the one that it expects, to a genuine delivery, to a
// duplicate and to one that is refused. docs/gate.md has the same table.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Signer, Verifier } from "countersign";
import { inRoot } from "../../scripts/lib/project.mjs";
import { linesOf } from "./fixtures.mjs";
import { cell, empty, exchange, json, NOT_AUTHENTIC, raw } from "./raw.mjs";
import { startWorkerd, waitUntil } from "./workerd.mjs";

const TEXT_KEY = "canary-secret-7d1f0a";
const USER_KEY = "countersign:canary-password-51ce";
const HEX_KEY = "DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00";
/** RFC 8032, section 7.1, test 1. */
const ED25519 = {
  secret: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
  public: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
};
const ADYEN = JSON.stringify({
  live: "false",
  notificationItems: [
    {
      NotificationRequestItem: {
        additionalData: { hmacSignature: "-" },
        amount: { value: 1000, currency: "EUR" },
        eventCode: "AUTHORISATION",
        merchantAccountCode: "merchantAccount",
        merchantReference: "reference",
        originalReference: "",
        pspReference: "pspReference",
        success: "true",
      },
    },
  ],
});
const TWILIO_URL = "https://hooks.example.com/in/twilio";
const FORM = "application/x-www-form-urlencoded";
const seconds = () => Math.floor(Date.now() / 1000);

/**
 * A delivery of each sender whose vendor says what it makes of an answer. `body` is the body before it is signed.
 * `sender` is the name in the table, `source` the one of the source, which is the scheme's without another.
 */
const deliveries = [
  {
    sender: "Mailgun",
    source: "mailgun",
    body: () =>
      `{"signature":{"timestamp":"${seconds()}","token":"8b3c1d","signature":"-"},"event-data":{"event":"opened"}}`,
    signsBody: true,
  },
  { sender: "Viber", source: "viber", body: () => '{"event":"webhook","timestamp":1457764197627}' },
  { sender: "Xero", source: "xero", body: () => '{"events":[],"firstEventSequence":0}' },
  { sender: "WooCommerce", source: "woocommerce", body: () => '{"id":5,"status":"completed"}' },
  { sender: "Postmark", source: "postmark", body: () => '{"MessageID":"22c74902"}', key: USER_KEY },
  {
    sender: "Linear",
    source: "linear",
    body: () => `{"type":"Issue","webhookTimestamp":${Date.now()}}`,
  },
  {
    sender: "RevenueCat",
    source: "revenuecat-token",
    body: () => '{"event":{"id":"12345678","type":"RENEWAL"}}',
  },
  {
    sender: "FastSpring",
    source: "fastspring",
    body: () => '{"events":[{"id":"a1"},{"id":"a2"}]}',
  },
  {
    sender: "Chargebee",
    source: "chargebee",
    body: () => '{"id":"ev_16BHb","event_type":"customer_created"}',
    key: USER_KEY,
  },
  { sender: "Cashfree", source: "cashfree", body: () => '{"type":"PAYMENT_SUCCESS_WEBHOOK"}' },
  {
    sender: "Twilio (SMS)",
    source: "twilio",
    body: () => "MessageSid=SM1&Body=Hello&From=%2B14158675310",
    type: FORM,
  },
  {
    sender: "Twilio (voice)",
    source: "twilio",
    body: () => "CallSid=CA1&CallStatus=ringing",
    type: FORM,
  },
  {
    sender: "Adyen (payments)",
    source: "adyen",
    body: () => ADYEN,
    signsBody: true,
    key: HEX_KEY,
    wrongKey: HEX_KEY.replace("DF", "FD"),
  },
  {
    sender: "Adyen (platforms, banking, management)",
    source: "adyen-banking",
    body: () => '{"type":"balancePlatform.accountHolder.created"}',
    key: HEX_KEY,
    wrongKey: HEX_KEY.replace("DF", "FD"),
  },
  {
    sender: "Slack",
    source: "slack",
    body: () => '{"type":"event_callback","event_id":"Ev08MFMKH6"}',
  },
  {
    sender: "Discord",
    source: "discord",
    body: () => '{"type":1,"event":{"type":"ENTITLEMENT_CREATE"}}',
    key: ED25519.secret,
    sourceKey: ED25519.public,
    wrongKey: ED25519.public,
  },
  {
    sender: "Supabase",
    source: "supabase",
    body: () => '{"user":{"id":"8484b834"}}',
    key: "v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    wrongKey: "v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx",
    id: "msg_1",
  },
  { sender: "Any other", source: "stripe", body: () => '{"id":"evt_1","type":"invoice.paid"}' },
];

const NO_CONTENT = empty("204 No Content");
const ACCEPTED = raw("200 OK", "text/plain; charset=utf-8", "[accepted]");
const TWIML = raw("200 OK", "text/xml", "<Response/>");

/** What each sender gets, in the order of the table's columns. The others get the id and the outcome. */
const expected = {
  viber: [empty(), empty(), NOT_AUTHENTIC],
  xero: [empty(), empty(), empty("401 Unauthorized")],
  twilio: [TWIML, TWIML, NOT_AUTHENTIC],
  slack: [empty(), empty(), NOT_AUTHENTIC],
  discord: [NO_CONTENT, NO_CONTENT, NOT_AUTHENTIC],
  supabase: [json("{}"), json("{}"), NOT_AUTHENTIC],
  adyen: [ACCEPTED, ACCEPTED, NOT_AUTHENTIC],
  "adyen-banking": [ACCEPTED, ACCEPTED, NOT_AUTHENTIC],
};

describe("the answer to a delivery", () => {
  let gate;
  /** The rows of the table. */
  const rows = [];
  before(async () => {
    const sources = {};
    const secrets = {};
    for (const { source, key = TEXT_KEY, sourceKey = key } of deliveries) {
      secrets[`KEY_OF_${source}`] = sourceKey;
      sources[source] = { scheme: source, keys: [`KEY_OF_${source}`], accept_unbound: true };
    }
    sources.twilio.url = TWILIO_URL;
    gate = await startWorkerd({ sources, secrets });
  });
  after(() => gate.stop());

  for (const { sender, source, key = TEXT_KEY, type, signsBody, ...delivery } of deliveries) {
    const { wrongKey = `${key}-wrong`, id } = delivery;
    it(`is what ${sender} expects`, async () => {
      const unsigned = delivery.body();
      const post = (key) => {
        const signer = new Signer(source, key);
        const body = signsBody ? signer.signBody(unsigned) : unsigned;
        const url = source === "twilio" ? TWILIO_URL : undefined;
        const signed = signsBody ? {} : signer.sign({ body, url, id });
        const headers = { "content-type": type ?? "application/json", ...signed };
        return exchange(gate.port, `POST /in/${source}`, headers, body);
      };
      const answers = [await post(key), await post(key), await post(wrongKey)];
      const answeredId = /"id":("[^"]*")/.exec(answers[0])?.[1];
      const usual = (status) => json(`{"id":${answeredId},"status":"${status}"}`);
      assert.deepEqual(
        answers,
        expected[source] ?? [usual("accepted"), usual("duplicate"), NOT_AUTHENTIC],
      );
      rows.push({ sender, cells: answers.map(cell).join(" | ") });
    });
  }

  it("is the one of docs/gate.md", () => {
    const page = readFileSync(inRoot("docs/gate.md"), "utf8");
    const groups = Map.groupBy(rows, ({ cells }) => cells);
    const table = [...groups].map(
      ([cells, members]) => `| ${members.map(({ sender }) => sender).join(", ")} | ${cells} |`,
    );
    assert.ok(page.includes(table.join("\n")), `the page has these rows:\n${table.join("\n")}`);
  });

  it("is the usual one for every sender that the table does not name", () => {
    const named = new Set(deliveries.map(({ source }) => source));
    const folder = inRoot("tests/vectors");
    const files = readdirSync(folder).filter((file) => file !== "schema.json");
    let count = 0;
    for (const file of files) {
      const { scheme, tests } = JSON.parse(readFileSync(join(folder, file), "utf8"));
      if (named.has(scheme)) continue;
      const verifier = new Verifier(scheme, tests[0].keys);
      for (const outcome of ["accepted", "duplicate"]) {
        const { status, body } = verifier.answer(outcome, { id: "1" });
        assert.deepEqual([status, body], [200, `{"id":"1","status":"${outcome}"}`], scheme);
      }
      count += 1;
    }
    assert.ok(count > 80, `${count} senders`);
  });
});

describe("the answers of a source", () => {
  let gate;
  const stripe = { scheme: "stripe", keys: ["TEXT_KEY"] };
  const text = (body, status) => ({ contentType: "text/plain", body, ...status });
  const wrong = [
    [{ accepted: { status: 301 } }, "answers.accepted"],
    [{ duplicate: { status: 503 } }, "answers.duplicate"],
    [{ rejected: { status: 410 } }, "answers.rejected"],
    [{ rejected: { status: 302 } }, "answers.rejected"],
    [{ rejected: { status: 406 } }, "406"],
    [{ accepted: { code: 200 } }, "accepted.code"],
    [{ acepted: {} }, "acepted"],
    [{ accepted: { body: "ok" } }, "contentType"],
    [{ accepted: text("ok\u0000") }, "control characters"],
    [{ accepted: { contentType: "text/plain\r\nx: y", body: "ok" } }, "contentType"],
    ["ok", "answers"],
  ];
  before(async () => {
    const own = {
      accepted: text("ok", { status: 201 }),
      filtered: { status: 204 },
      rejected: { status: 403, contentType: "application/json", body: '{"ok":false}' },
    };
    const broken = wrong.map(([answers], index) => [`wrong-${index}`, { ...stripe, answers }]);
    const sources = {
      own: { ...stripe, events: ["invoice.*"], answers: own },
      xero: {
        scheme: "xero",
        keys: ["TEXT_KEY"],
        answers: { duplicate: { contentType: "application/json", body: '{"again":$id}' } },
      },
      near: { ...stripe, allow_ips: ["192.0.2.0/24"], answers: own },
      ...Object.fromEntries(broken),
    };
    gate = await startWorkerd({ sources, secrets: { TEXT_KEY } });
  });
  after(() => gate.stop());
  const post = (source, scheme, body, key = TEXT_KEY) => {
    const headers = new Signer(scheme, key).sign({ body });
    return exchange(gate.port, `POST /in/${source}`, headers, body);
  };

  it("replace those of the scheme, each by itself", async () => {
    const body = '{"id":"evt_1","type":"invoice.paid"}';
    const refused = raw("403 Forbidden", "application/json", '{"ok":false}');
    assert.equal(await post("own", "stripe", body), raw("201 Created", "text/plain", "ok"));
    assert.equal(await post("own", "stripe", body), raw("201 Created", "text/plain", "ok"));
    const unwanted = await post("own", "stripe", '{"id":"evt_2","type":"charge.failed"}');
    assert.match(unwanted, /^HTTP\/1.1 204 No Content\r\n/);
    assert.ok(unwanted.endsWith("\r\n\r\n") && !/content-type:/i.test(unwanted), unwanted);
    assert.equal(await post("own", "stripe", body, "another key"), refused);
    assert.equal(await post("near", "stripe", body), refused);
    const xero = '{"events":[]}';
    assert.equal(await post("xero", "xero", xero), empty());
    assert.match(await post("xero", "xero", xero), /\{"again":"sha256:[0-9a-f]{64}"\}$/);
    assert.equal(await post("xero", "xero", xero, "another key"), empty("401 Unauthorized"));
  });

  // Threat model: A-90.
  it("are checked when the source is loaded, and never make a sender give up the endpoint", async () => {
    for (const [index, [answers, problem]] of wrong.entries()) {
      const answer = await post(`wrong-${index}`, "stripe", "{}");
      assert.match(answer, /^HTTP\/1.1 500 /, JSON.stringify(answers));
      const line = () => linesOf(gate).find(({ source }) => source === `wrong-${index}`);
      await waitUntil(() => line() !== undefined, gate.output);
      assert.ok(line().message.includes(problem), `${problem}: ${line().message}`);
    }
  });
});
