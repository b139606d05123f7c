// Broken gates: an event that bypassed the outbox is stored wrongly, or the outbox is asked wrongly. Each is an edit of the
// sources.

const EVENTS = "worker/src/outbox/store/events.rs";
const CLIENT = "worker/src/outbox/client.rs";
const CONSUMER = "worker/src/consumer/mod.rs";
const METRICS = "worker/src/metrics.rs";

/** @type {import("./edit.mjs").BrokenGate[]} */
export default [
  {
    name: "events that bypassed the outbox are not stored",
    noticedBy: "bypass.test.mjs",
    file: EVENTS,
    find: `'queued', ?4, ?5"`,
    replace: `'queued', ?4, ?5 WHERE 0"`,
  },
  {
    name: "an event that bypassed the outbox is stored with its mark",
    noticedBy: "bypass.test.mjs",
    file: EVENTS,
    find: "json_remove(?3, '$.dedupe')",
    replace: "?3",
  },
  {
    name: "an event that bypassed the outbox counts as not sent",
    noticedBy: "bypass.test.mjs",
    file: EVENTS,
    find: `'queued', ?4, ?5"`,
    replace: `'queued', NULL, ?5"`,
  },
  {
    name: "the second of two bodies that bypassed the outbox is acted on",
    noticedBy: "bypass.test.mjs",
    file: EVENTS,
    find: "return Ok(false);",
    replace: "return Ok(true);",
  },
  {
    name: "the conflict of two bodies that bypassed the outbox is not noted",
    noticedBy: "bypass.test.mjs",
    file: EVENTS,
    find: `self.add_history(key, "conflict", None)?;
                return`,
    replace: "return",
  },
  {
    name: "the body of an event that bypassed the outbox and is a conflict is not recorded",
    noticedBy: "bypass.test.mjs",
    file: EVENTS,
    find: "effect.object.as_ref().map_or(Ok(()), |object| self.record_body(object))?;",
    replace: "",
  },
  {
    name: "an event that bypassed the outbox is stored again after it was forgotten",
    noticedBy: "bypass.test.mjs",
    file: EVENTS,
    find: "if !self.is_done(&effect.idempotency_key())? =>",
    replace: "if !self.is_done(&effect.idempotency_key())? || true =>",
  },
  {
    name: "an event that bypassed the outbox does not keep its body",
    noticedBy: "bypass.test.mjs",
    file: EVENTS,
    find: `self.keep_body_of(key)?;
                self.add_history(key, "bypassed_outbox", None)?;`,
    replace: `self.add_history(key, "bypassed_outbox", None)?;`,
  },
  {
    name: "the history does not say that an event bypassed the outbox",
    noticedBy: "bypass.test.mjs",
    file: EVENTS,
    find: `self.add_history(key, "bypassed_outbox", None)?;`,
    replace: "",
  },
  {
    name: "the consumer does not tell the outbox about events that bypassed it",
    noticedBy: "bypass.test.mjs",
    file: CONSUMER,
    find: "bypassed(&message, json)).await",
    replace: "{ let _ = bypassed; None }).await",
  },
  {
    name: "an object that broke is not asked again",
    noticedBy: "outbox-faults.test.mjs",
    file: CLIENT,
    find: "pauses.next().filter(|_| !is_overloaded(&error))",
    replace: "pauses.next().filter(|_| is_overloaded(&error) && false)",
  },
  {
    name: "an overloaded object is asked again",
    noticedBy: "outbox-faults.test.mjs",
    file: CLIENT,
    find: ".filter(|_| !is_overloaded(&error))",
    replace: ".filter(|_| !is_overloaded(&error) || true)",
  },
  {
    name: "an object that hangs is waited for",
    noticedBy: "outbox-faults.test.mjs",
    file: CLIENT,
    find: "within(OUTBOX_TIMEOUT, pin",
    replace: "within(OUTBOX_TIMEOUT.saturating_mul(20), pin",
  },
  {
    name: "each request for metrics asks the outbox",
    noticedBy: "outbox-faults.test.mjs",
    file: METRICS,
    find: "Question::Answered { at, counts } if now.abs_diff(at) < MAX_COUNTS_AGE_MILLIS",
    replace: "Question::Answered { at, counts } if now.abs_diff(at) == u64::MAX",
  },
  {
    name: "requests for metrics that arrive at the same time each ask the outbox",
    noticedBy: "outbox-faults.test.mjs",
    file: METRICS,
    find: "Question::Asked { at } if now.abs_diff(at) < MAX_COUNTS_AGE_MILLIS",
    replace: "Question::Asked { at } if now.abs_diff(at) == u64::MAX",
  },
];
