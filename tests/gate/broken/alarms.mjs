// Broken gates: an alarm is lost or comes too often, or a clock that is set back confuses the object. Each is an edit of the
// sources.

const LEASES = "worker/src/outbox/store/leases.rs";
const RETENTION = "worker/src/outbox/store/retention.rs";
const SENDING = "worker/src/outbox/store/sending.rs";
const OBJECT = "worker/src/outbox/object.rs";
const CLIENT = "worker/src/outbox/client.rs";
const LIB = "worker/src/lib.rs";

/** @type {import("./edit.mjs").BrokenGate[]} */
export default [
  {
    name: "lost alarms are not found",
    noticedBy: "alarms.test.mjs",
    file: OBJECT,
    find: "if let Err(error) = self.recover_alarm().await {",
    replace: "if let Err(error) = { let _ = Self::recover_alarm; Ok::<(), worker::Error>(()) } {",
  },
  {
    name: "the Cron Trigger does nothing",
    noticedBy: "alarms.test.mjs",
    file: LIB,
    find: "outbox::visit_all(&env).await",
    replace: "{ let _ = &env; Vec::<worker::Error>::new() }",
  },
  {
    name: "an object that fails keeps the Cron Trigger from the others",
    noticedBy: "alarms.test.mjs",
    file: CLIENT,
    find: "&OutboxRequest::Count).await.err());",
    replace: `&OutboxRequest::Count).await.err());
        if !errors.is_empty() { break; }`,
  },
  {
    name: "new events hurry the alarm of an object whose queue rejects everything",
    noticedBy: "queue-faults.test.mjs",
    file: OBJECT,
    find: "if self.rejections.get() > 0 && will_fire {",
    replace: "if self.rejections.get() > 0 && will_fire && false {",
  },
  {
    name: "events wait behind an alarm that is stuck",
    noticedBy: "crash.test.mjs",
    file: OBJECT,
    find: "Cell::new(instance::replaces_trapped_instance())",
    replace: "Cell::new(instance::replaces_trapped_instance() && false)",
  },
  {
    name: "a busy object looks for old rows at each alarm",
    noticedBy: "alarms.test.mjs",
    file: OBJECT,
    find: "if (1..=BUSY_PURGE_INTERVAL_MILLIS).contains(",
    replace: "if false && (1..=BUSY_PURGE_INTERVAL_MILLIS).contains(",
  },
  {
    name: "old rows wait for the time before a clock step",
    noticedBy: "alarms.test.mjs",
    file: OBJECT,
    find: "(1..=BUSY_PURGE_INTERVAL_MILLIS)",
    replace: "(1..=u64::MAX.min(BUSY_PURGE_INTERVAL_MILLIS.saturating_mul(1 << 40)))",
  },
  {
    name: "rejected events wait for the time before a clock step",
    noticedBy: "alarms.test.mjs",
    file: SENDING,
    find: "WHERE state = 'pending' AND retry_at > ?2",
    replace: "WHERE 0 AND state = 'pending' AND retry_at > ?2",
  },
  {
    name: "the age of an event from before a clock step is zero",
    noticedBy: "alarms.test.mjs",
    file: SENDING,
    find: "SET accepted_at = ?1 WHERE state",
    replace: "SET accepted_at = ?1 WHERE 0 AND state",
  },
  {
    name: "a lease from before a clock step lasts until then",
    noticedBy: "alarms.test.mjs",
    file: LEASES,
    find: "&& held.until <= latest",
    replace: "&& (held.until <= latest || true)",
  },
  {
    name: "rows beyond the first thousand wait an hour for the purge",
    noticedBy: "retention.test.mjs",
    file: RETENTION,
    find: "rows < MAX_PURGED_ROWS",
    replace: "rows <= MAX_PURGED_ROWS",
  },
];
