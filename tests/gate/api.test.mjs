// The API for operators, the metrics, and the limits of a source.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { Signer } from "countersign";
import { readMessage } from "countersign/queue";
import { linesOf } from "./fixtures.mjs";
import { startWorkerd, waitUntil } from "./workerd.mjs";

const API_KEY = "canary-api-key-51ce";
const STANDARD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const secrets = { SECRET: "a secret in text", STANDARD, API_KEY };
const stripe = { scheme: "stripe", keys: ["SECRET"] };
const sign = (body) => new Signer("stripe", secrets.SECRET).sign({ body });

describe("the API", () => {
  let gate;
  before(async () => {
    gate = await startWorkerd({
      sources: {
        stripe: { ...stripe, events: ["invoice.*", "charge.failed"] },
        other: stripe,
        dropbox: { scheme: "dropbox", keys: ["SECRET"] },
        "dropbox-once": { scheme: "dropbox", keys: ["SECRET"], distinct: false },
        "stripe-all": { ...stripe, distinct: true },
        standard: { scheme: "standard", keys: ["STANDARD"], events: ["invoice.*"] },
        "not ready": { scheme: "stripe", keys: ["NOWHERE"] },
      },
      secrets,
      bucket: true,
      handler: true,
    });
  });
  after(() => gate.stop());
  beforeEach(() => {
    gate.sink.messages.length = 0;
    gate.sink.answer = "store";
    gate.handler.answer = 204;
    gate.handler.events.length = 0;
  });

  const post = (id, type = "invoice.paid", source = "stripe", note = "") => {
    const body = JSON.stringify({ id, type, note });
    return fetch(`${gate.url}/in/${source}`, { method: "POST", body, headers: sign(body) });
  };
  /** Calls the API. Returns the status together with the JSON of the answer. */
  const call = async (path, { method = "GET", headers = { "x-api-key": API_KEY } } = {}) => {
    const response = await fetch(`${gate.url}/api/v1/${path}`, { method, headers });
    return { status: response.status, ...(await response.json()) };
  };
  const untilStatus = (source, id, status) =>
    waitUntil(
      async () =>
        (await call(`events/${source}/${encodeURIComponent(id)}`)).data?.status === status,
      gate.output,
    );

  it("answers 401 without the right key", async () => {
    for (const key of [
      undefined,
      "",
      "x",
      API_KEY.slice(1),
      `${API_KEY}x`,
      API_KEY.toUpperCase(),
    ]) {
      const headers = key === undefined ? {} : { "x-api-key": key };
      const { status, error } = await call("sources", { headers });
      assert.equal(status, 401);
      assert.equal(error, "not authentic");
    }
    assert.equal((await call("sources")).status, 200);
  });

  it("answers 404 if no key is configured", async () => {
    for (const API_KEY of [undefined, "", "  "]) {
      const others = API_KEY === undefined ? {} : { API_KEY };
      const closed = await startWorkerd({ sources: {}, secrets: others });
      try {
        for (const headers of [{}, { "x-api-key": "" }, { "x-api-key": API_KEY ?? "undefined" }]) {
          const response = await fetch(`${closed.url}/api/v1/sources`, { headers });
          assert.equal(response.status, 404);
        }
      } finally {
        await closed.stop();
      }
    }
  });

  it("lists the sources, each with its configuration error", async () => {
    const { data } = await call("sources");
    assert.deepEqual(
      data.map(({ name, ready, scheme, keys }) => ({ name, ready, scheme, keys })),
      [
        { name: "dropbox", ready: true, scheme: "dropbox", keys: ["SECRET"] },
        { name: "dropbox-once", ready: true, scheme: "dropbox", keys: ["SECRET"] },
        { name: "not ready", ready: false, scheme: undefined, keys: undefined },
        { name: "other", ready: true, scheme: "stripe", keys: ["SECRET"] },
        { name: "standard", ready: true, scheme: "standard", keys: ["STANDARD"] },
        { name: "stripe", ready: true, scheme: "stripe", keys: ["SECRET"] },
        { name: "stripe-all", ready: true, scheme: "stripe", keys: ["SECRET"] },
      ],
    );
    assert.match(data.find(({ ready }) => !ready).error, /NOWHERE/);
    assert.ok(!JSON.stringify(data).includes(secrets.SECRET));
  });

  it("shows an event with its history and its exact body", async () => {
    const id = "evt shown/with%odd ü";
    await post(id);
    const [message] = await gate.messages(1);
    await untilStatus("stripe", id, "queued");
    await post(id);
    await gate.consume([message]);
    await post(id, "invoice.paid", "stripe", "another body");
    const path = `events/stripe/${encodeURIComponent(id)}`;
    const { data } = await call(path);
    assert.equal(data.id, id);
    assert.equal(data.source, "stripe");
    assert.equal(data.event_type, "invoice.paid");
    assert.equal(data.status, "acted");
    assert.deepEqual(data.message, message);
    const history = data.history.map(({ what }) => what);
    assert.deepEqual(history.toSorted(), ["accepted", "acted", "conflict", "duplicate", "queued"]);
    assert.equal(history[0], "accepted");
    const response = await fetch(`${gate.url}/api/v1/${path}/body`, {
      headers: { "x-api-key": API_KEY },
    });
    const body = Buffer.from(await response.arrayBuffer());
    assert.ok(body.equals(Buffer.from(message.data_base64, "base64")));
    assert.equal((await call("events/stripe/nothing")).status, 404);
    assert.equal((await call(`events/other/${encodeURIComponent(id)}`)).status, 404);
  });

  it("returns the exact body of an event whose body is in R2", async () => {
    const note = "é".repeat(100_000);
    assert.equal((await post("evt_large", "invoice.paid", "stripe", note)).status, 200);
    const response = await fetch(`${gate.url}/api/v1/events/stripe/evt_large/body`, {
      headers: { "x-api-key": API_KEY },
    });
    assert.equal(
      await response.text(),
      JSON.stringify({ id: "evt_large", type: "invoice.paid", note }),
    );
  });

  it("lists the events of all objects page by page, each once, newest first", async () => {
    const ids = Array.from({ length: 45 }, (_, index) => `evt_page_${index}`);
    for (const id of ids) await post(id, "page.turned", "other");
    await gate.messages(45);
    const seen = [];
    let cursor = "";
    let pages = 0;
    do {
      const query = `events?source=other&type=page.*&limit=7${cursor && `&cursor=${cursor}`}`;
      const { data, next_cursor } = await call(query);
      assert.ok(data.length <= 7);
      seen.push(...data);
      cursor = next_cursor;
      pages += 1;
    } while (cursor);
    assert.equal(pages, 7);
    assert.deepEqual(seen.map(({ id }) => id).toSorted(), ids.toSorted());
    const times = seen.map(({ created_at }) => created_at);
    assert.deepEqual(times, times.toSorted().toReversed());
  });

  it("lists events by source, type, status and time", async () => {
    gate.sink.answer = "reject";
    await post("evt_by", "charge.failed", "other");
    const count = async (query) => (await call(`events?${query}`)).data.length;
    const mine = "source=other&type=charge.failed";
    assert.equal(await count(mine), 1);
    assert.equal(await count(`${mine}&status=pending`), 1);
    assert.equal(await count(`${mine}&status=acted`), 0);
    assert.equal(await count("source=stripe&type=charge.failed"), 0);
    assert.equal(await count("type=charge.*"), 1);
    assert.equal(await count("type=charge"), 0);
    assert.equal(await count("type=charge_failed"), 0);
    const soon = new Date(Date.now() + 60_000).toISOString();
    const before = new Date(Date.now() - 60_000).toISOString();
    assert.equal(await count(`${mine}&since=${before}&until=${soon}`), 1);
    assert.equal(await count(`${mine}&since=${soon}`), 0);
    assert.equal(await count(`${mine}&until=${before}`), 0);
    gate.sink.answer = "store";
    await gate.messages(1);
  });

  it("explains what is wrong with a request", async () => {
    for (const query of [
      "limit=0",
      "limit=201",
      "limit=x",
      "since=now",
      "status=lost",
      "cursor=*",
      // Beyond the integers that JavaScript represents exactly.
      cursorAt(2 ** 53),
      cursorAt(-1),
      "tpye=a",
    ]) {
      const { status, error } = await call(`events?${query}`);
      assert.equal(status, 400, query);
      assert.ok(error.length > 10, query);
    }
    for (const [path, method] of [
      ["events", "POST"],
      ["events/stripe/evt/replay", "GET"],
      ["dead-letters/0.a", "GET"],
      ["sources", "DELETE"],
    ]) {
      assert.equal((await call(path, { method })).status, 405, path);
    }
    for (const path of ["", "nothing", "events/stripe", "events/a/b/c", "dead-letters/0.a/b"]) {
      assert.equal((await call(path)).status, 404, path);
    }
  });

  it("replays an event, and the consumer acts once on each replay", async () => {
    await post("evt_again");
    const [first] = await gate.messages(1);
    await gate.consume([first]);
    for (const replay of [1, 2]) {
      gate.sink.messages.length = 0;
      const { status, data } = await call("events/stripe/evt_again/replay", { method: "POST" });
      assert.equal(status, 202);
      assert.equal(data.status, "pending");
      const [message] = await gate.messages(1);
      assert.deepEqual(message, { ...first, replay });
      assert.equal(readMessage(message).key, `replay ${replay} /in/stripe evt_again`);
      await gate.consume([message, message]);
    }
    const keys = gate.handler.events.map(({ headers }) => headers["idempotency-key"]);
    const key = "/in/stripe%20evt_again";
    assert.deepEqual(keys, [key, `replay%201%20${key}`, `replay%202%20${key}`]);
    // A duplicate from the sender is still a duplicate.
    assert.equal((await (await post("evt_again")).json()).status, "duplicate");
    assert.equal((await call("events/stripe/nobody/replay", { method: "POST" })).status, 404);
  });

  // Threat model: F17.
  it("stores every dead letter, logs an error, and redrives it on request", async () => {
    for (const id of ["evt_dead_1", "evt_dead_2"]) await post(id);
    const messages = await gate.messages(2);
    for (const { id } of messages) await untilStatus("stripe", id, "queued");
    const unreadable = ["text", { envelope: 3 }, null];
    const letters = [...messages, ...unreadable];
    for (let round = 0; round < 2; round += 1) {
      const { explicitAcks } = await gate.consume(letters, "countersign-dead-letters");
      assert.equal(explicitAcks.length, 5);
    }
    const { data } = await call("dead-letters");
    assert.equal(data.length, 5);
    for (const message of letters) {
      assert.equal(data.filter((letter) => isDeepStrictEqual(letter.message, message)).length, 1);
    }
    const kept = () => linesOf(gate).filter(({ at }) => at === "dead_letters");
    await waitUntil(() => kept().length === 10, gate.output);
    const named = { at: "dead_letters", outcome: "kept", source: "stripe", type: "invoice.paid" };
    assert.deepEqual(kept().slice(0, 3), [
      { ...named, id: "evt_dead_1", queue_id: "message-0" },
      { ...named, id: "evt_dead_2", queue_id: "message-1" },
      { at: "dead_letters", outcome: "kept", queue_id: "message-2" },
    ]);
    assert.equal((await call("events/stripe/evt_dead_1")).data.status, "dead");
    assert.equal(gate.handler.events.length, 0);

    gate.sink.messages.length = 0;
    const one = data.find(({ message }) => message?.id === "evt_dead_1");
    assert.equal((await call(`dead-letters/${one.id}/redrive`, { method: "POST" })).status, 202);
    assert.deepEqual(await gate.messages(1), [one.message]);
    assert.equal((await call(`dead-letters/${one.id}/redrive`, { method: "POST" })).status, 404);
    await gate.consume([one.message]);
    await untilStatus("stripe", "evt_dead_1", "acted");

    const unreadableLetter = data.find(({ message }) => message === "text");
    assert.equal(
      (await call(`dead-letters/${unreadableLetter.id}`, { method: "DELETE" })).status,
      200,
    );
    assert.equal(
      (await call(`dead-letters/${unreadableLetter.id}`, { method: "DELETE" })).status,
      404,
    );

    const redrive = (query) => call(`dead-letters/redrive${query}`, { method: "POST" });
    assert.equal((await redrive("?source=other")).data.redriven, 0);
    assert.equal((await redrive("?source=stripe")).data.redriven, 1);
    assert.equal((await redrive("")).data.redriven, 2);
    await gate.messages(4);
    assert.equal((await call("dead-letters")).data.length, 0);
  });

  // Threat model: F17.
  it("pages through dead letters", async () => {
    const letters = Array.from({ length: 9 }, (_, index) => ({ id: `dead_${index}` }));
    await gate.consume(letters, "countersign-dead-letters");
    const seen = [];
    let cursor = "";
    do {
      const { data, next_cursor } = await call(
        `dead-letters?limit=4${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...data.map(({ message }) => message.id));
      cursor = next_cursor;
    } while (cursor);
    assert.deepEqual(
      seen.toSorted(),
      letters.map(({ id }) => id),
    );
  });

  it("filters authentic events by type, and stores nothing of the others", async () => {
    const response = await post("evt_unwanted", "customer.created");
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { id: "evt_unwanted", status: "filtered" });
    assert.equal((await call("events/stripe/evt_unwanted")).status, 404);
    assert.equal((await (await post("evt_exact", "charge.failed")).json()).status, "accepted");
    assert.equal((await (await post("evt_longer", "charge.failed.x")).json()).status, "filtered");
    const forged = await fetch(`${gate.url}/in/stripe`, { method: "POST", body: "{}" });
    assert.equal(forged.status, 401);
  });

  it("stores authentic events whose type cannot be read, because they may be wanted", async () => {
    const post = (body) => {
      const headers = new Signer("standard", STANDARD).sign({ body });
      return fetch(`${gate.url}/in/standard`, { method: "POST", body, headers });
    };
    for (const body of ["[".repeat(70), "text", "{}"]) {
      assert.equal((await (await post(body)).json()).status, "accepted", body);
    }
    // Two types are ambiguous.
    assert.equal((await post('{"type":"x","type":"x"}')).status, 422);
    const body = JSON.stringify({ id: "evt_untyped" });
    const headers = sign(body);
    const response = await fetch(`${gate.url}/in/stripe`, { method: "POST", body, headers });
    assert.equal((await response.json()).status, "accepted");
  });

  it("treats each delivery as an event of its own if the scheme or the source says so", async () => {
    const post = async (source, scheme, body) => {
      const headers = new Signer(scheme, secrets.SECRET).sign({ body });
      const response = await fetch(`${gate.url}/in/${source}`, { method: "POST", body, headers });
      return (await response.json()).status;
    };
    const changed = '{"list_folder":{"accounts":["dbid:AAH4"]}}';
    const event = JSON.stringify({ id: "evt_each" });
    for (const [source, scheme, body, second] of [
      ["dropbox", "dropbox", changed, "accepted"],
      ["dropbox-once", "dropbox", changed, "duplicate"],
      ["stripe-all", "stripe", event, "accepted"],
      ["other", "stripe", event, "duplicate"],
    ]) {
      assert.equal(await post(source, scheme, body), "accepted", source);
      assert.equal(await post(source, scheme, body), second, source);
    }
  });

  it("finds events by a parameter whose ids URL parsers would remove from a path", async () => {
    for (const id of [".", "..", "-", "%2e", "a/b?c#d"]) {
      assert.equal((await post(id, "invoice.paid", "other")).status, 200);
      const query = `?id=${encodeURIComponent(id)}`;
      assert.equal((await call(`events/other/-${query}`)).data.id, id);
      const headers = { "x-api-key": API_KEY };
      const url = `${gate.url}/api/v1/events/other/-/body${query}`;
      assert.equal((await (await fetch(url, { headers })).json()).id, id);
      const replay = await call(`events/other/-/replay${query}`, { method: "POST" });
      assert.equal(replay.data.id, id);
    }
    assert.equal((await call("events/other/-")).data.id, "-");
    assert.equal((await call("events/other/evt?id=..")).status, 400);
    assert.equal((await call("events/other/-?name=..")).status, 400);
  });

  it("answers 413 to an event whose id or type has more than 1024 bytes, because handlers get both in headers", async () => {
    const longest = "é".repeat(512);
    for (const [id, type, status] of [
      [longest, "invoice.paid", 200],
      ["evt_long_type", longest, 200],
      [`${longest}x`, "invoice.paid", 413],
      ["evt_longer_type", `${longest}x`, 413],
    ]) {
      assert.equal((await post(id, type, "other")).status, status);
    }
    const line = linesOf(gate).findLast(({ outcome }) => outcome === "too_large");
    assert.equal(line.message, "the event's id or type is longer than 1024 bytes");
  });

  // Threat model: F10.
  it("counts deliveries by source and outcome for Prometheus, and reports the clock skew", async () => {
    const body = JSON.stringify({ id: "evt_late", type: "invoice.paid" });
    const signer = new Signer("stripe", secrets.SECRET);
    for (const hours of [-1, 1]) {
      const headers = signer.sign({ body }, new Date(Date.now() - hours * 3_600_000));
      const late = await fetch(`${gate.url}/in/stripe`, { method: "POST", body, headers });
      assert.equal(late.status, 401);
    }
    const response = await fetch(`${gate.url}/metrics`);
    assert.match(response.headers.get("content-type"), /^text\/plain; version=0.0.4/);
    const text = await response.text();
    const value = (line) => {
      const found = text.split("\n").find((candidate) => candidate.startsWith(`${line} `));
      assert.ok(found, `${line}\n${text}`);
      return Number(found.split(" ").at(-1));
    };
    const labels = 'source="stripe",outcome="accepted"';
    const accepted = value(`countersign_deliveries_total{${labels}}`);
    assert.ok(accepted > 0);
    assert.equal(value(`countersign_delivery_seconds_count{${labels}}`), accepted);
    assert.equal(value(`countersign_delivery_seconds_bucket{${labels},le="+Inf"}`), accepted);
    assert.ok(value('countersign_deliveries_total{source="stripe",outcome="filtered"}') >= 1);
    assert.ok(value('countersign_deliveries_total{source="stripe",outcome="rejected"}') >= 2);
    assert.ok(Math.abs(value('countersign_skew_seconds{source="stripe"}') - 3600) < 60);
    assert.equal(value("countersign_dead_letters"), 9);
    assert.equal(value('countersign_outbox_events{state="parked"}'), 0);
    // Requests for random names do not appear in the metrics.
    await fetch(`${gate.url}/in/nobody`, { method: "POST" });
    assert.ok(!(await (await fetch(`${gate.url}/metrics`)).text()).includes("nobody"));
  });

  // Threat model: A-62.
  it("does not write the key to the log", () => {
    assert.ok(!gate.output().includes(API_KEY));
    assert.ok(!/panicked|RuntimeError/.test(gate.output()), gate.output());
  });
});

describe("a source with limits", () => {
  let gate;
  let misconfigured;
  before(async () => {
    const allowed = ["192.0.2.0/24", "2001:db8::/32", "198.51.100.7"];
    const misprints = ["", "192.0.2.0/33", "192.0.2.1/24", "192.0.2/24", "2001:db8::1/32"];
    misprints.push("::/129", "example", "192.0.2.4/", "192.0.2.0/24 ");
    const wrong = Object.fromEntries(
      misprints.map((text, index) => [`misprint-${index}`, { allow_ips: [text] }]),
    );
    wrong["no-rate"] = { rate_limit: 0 };
    wrong["no-burst"] = { rate_limit: { per_second: 1, burst: 0 } };
    wrong["unsigned-type"] = { scheme: "github", events: ["push"] };
    wrong["no-types"] = { events: [] };
    wrong["blank-type"] = { events: ["invoice.paid", ""] };
    wrong["inner-star"] = { events: ["invoice.*.paid"] };
    wrong["misspelled-side"] = { tolerance: { past: 300, futur: 60 } };
    misconfigured = Object.keys(wrong);
    const broken = Object.entries(wrong).map(([name, limits]) => [name, { ...stripe, ...limits }]);
    gate = await startWorkerd({
      sources: {
        near: { ...stripe, allow_ips: allowed },
        everywhere: { ...stripe, allow_ips: ["0.0.0.0/0", "::/0"] },
        narrow: { ...stripe, tolerance: { past: 60 } },
        slow: { ...stripe, rate_limit: { per_second: 1, burst: 3 } },
        plain: { ...stripe, rate_limit: 2 },
        ...Object.fromEntries(broken),
      },
      secrets,
    });
  });
  after(() => gate.stop());
  const post = (source, headers, body = JSON.stringify({ id: `evt_${Math.random()}` })) =>
    fetch(`${gate.url}/in/${source}`, {
      method: "POST",
      body,
      headers: { ...sign(body), ...headers },
    });

  it("accepts deliveries from its networks only, and answers 401 to others", async () => {
    for (const [address, status] of [
      ["192.0.2.255", 200],
      ["198.51.100.7", 200],
      ["2001:db8:ffff::1", 200],
      ["::ffff:192.0.2.1", 200],
      ["192.0.3.1", 401],
      ["198.51.100.8", 401],
      ["2001:db9::1", 401],
      ["192.0.2.1, 192.0.3.1", 401],
      ["", 401],
    ]) {
      const response = await post("near", address === "" ? {} : { "cf-connecting-ip": address });
      assert.equal(response.status, status, address);
    }
    for (const address of ["203.0.113.9", "2001:db9::1"]) {
      assert.equal((await post("everywhere", { "cf-connecting-ip": address })).status, 200);
    }
    // Addresses that the sender claims have no effect.
    const claimed = { "x-forwarded-for": "192.0.2.1", "cf-connecting-ip": "192.0.3.1" };
    assert.equal((await post("near", claimed)).status, 401);
  });

  it("accepts a tolerance for the past alone", async () => {
    const body = JSON.stringify({ id: "evt_narrow" });
    const signer = new Signer("stripe", secrets.SECRET);
    for (const [seconds, status] of [
      [-120, 401],
      [-30, 200],
      [250, 200],
    ]) {
      const headers = signer.sign({ body }, new Date(Date.now() + 1000 * seconds));
      assert.equal((await post("narrow", headers, body)).status, status, `${seconds}`);
    }
  });

  // Threat model: A-74.
  it("answers 429 before it verifies, and accepts deliveries again after Retry-After", async () => {
    const statuses = [];
    for (let count = 0; count < 5; count += 1) statuses.push(await post("slow", {}));
    assert.deepEqual(
      statuses.map(({ status }) => status),
      [200, 200, 200, 429, 429],
    );
    const seconds = Number(statuses[4].headers.get("retry-after"));
    assert.ok(seconds >= 1 && seconds <= 2);
    assert.equal((await post("slow", { "stripe-signature": "t=1,v1=00" })).status, 429);
    assert.equal((await post("plain", {})).status, 200);
    await waitUntil(async () => (await post("slow", {})).status === 200, gate.output);
  });

  it("answers 500 if a limit is wrong", async () => {
    for (const name of misconfigured) {
      assert.equal((await post(name, {})).status, 500, name);
    }
  });
});

/** The parameter `cursor` for a position at this time. */
function cursorAt(at) {
  const json = JSON.stringify({ at, name: "/in/stripe evt" });
  return `cursor=${Buffer.from(json).toString("base64url")}`;
}
