// Broken gates: the object stores, counts and remembers something wrong. Each is an edit of the sources.

const CLIENT = "worker/src/outbox/client.rs";
const EVENTS = "worker/src/outbox/store/events.rs";
const LEASES = "worker/src/outbox/store/leases.rs";
const BODIES = "worker/src/outbox/store/bodies.rs";

const KNOWN = `Some(stored) if stored.digest == digest || stored.digest.is_empty() => StoreOutcome::Duplicate,`;
const INSERT = `"INSERT INTO events (key, digest, message, accepted_at, source, kind)`;
const VALUES = `SELECT ?1, ?2, ?3, ?4, substr(?3 ->> '$.source', 5), ?3 ->> '$.type'"`;

/** @type {import("./edit.mjs").BrokenGate[]} */
export default [
  {
    name: "1 % of duplicates are taken as new",
    noticedBy: "chaos",
    edits: [
      {
        file: EVENTS,
        find: KNOWN,
        replace: `Some(_) if js_sys::Math::random() < 0.01 => StoreOutcome::New, ${KNOWN}`,
      },
      { file: EVENTS, find: INSERT, replace: INSERT.replace("INSERT", "INSERT OR REPLACE") },
    ],
  },
  {
    name: "every duplicate is taken as new",
    noticedBy: "gate.test.mjs",
    edits: [
      { file: EVENTS, find: KNOWN, replace: "Some(_) if true => StoreOutcome::New," },
      { file: EVENTS, find: INSERT, replace: INSERT.replace("INSERT", "INSERT OR REPLACE") },
    ],
  },
  {
    name: "a second body under a known id is taken for a duplicate",
    noticedBy: "gate.test.mjs",
    file: EVENTS,
    find: "Some(_) => StoreOutcome::Conflict,",
    replace: "Some(_) => StoreOutcome::Duplicate,",
  },
  {
    name: "the row of an event is not written",
    noticedBy: "gate.test.mjs",
    file: EVENTS,
    find: VALUES,
    replace: VALUES.replace(/"$/, ` WHERE 0"`),
  },
  {
    name: "the rows of 1 % of events are not written",
    noticedBy: "chaos",
    file: EVENTS,
    find: VALUES,
    replace: VALUES.replace(/"$/, ` WHERE abs(random()) % 100 > 0"`),
  },
  {
    name: "an accepted event does not claim its body in R2",
    noticedBy: "crash.test.mjs",
    file: EVENTS,
    find: `self.keep_body_of(key)?;
            }
            StoreOutcome::Duplicate`,
    replace: `}
            StoreOutcome::Duplicate`,
  },
  {
    name: "duplicates are not added to the history",
    noticedBy: "api.test.mjs",
    file: EVENTS,
    find: `StoreOutcome::Duplicate => self.add_history(key, "duplicate", None)?,`,
    replace: "StoreOutcome::Duplicate => {}",
  },
  {
    name: "a replay does not make the event pending",
    noticedBy: "api.test.mjs",
    file: EVENTS,
    find: "retry_at = 0, problem = NULL, state = 'pending',",
    replace: "retry_at = 0, problem = NULL,",
  },
  {
    name: "a replay keeps the number of the original event",
    noticedBy: "api.test.mjs",
    file: EVENTS,
    find: "ELSE json_set(message, '$.replay', replay + 1) END",
    replace: "ELSE message END",
  },
  {
    name: "the lease that another caller holds is ignored",
    noticedBy: "consumer.test.mjs",
    file: LEASES,
    find: "held.until > now && held",
    replace: "held.until > i64::MAX - 1 && held",
  },
  {
    name: "`done` is ignored",
    noticedBy: "consumer.test.mjs",
    file: LEASES,
    find: "if self.is_done(&name)? {",
    replace: "if self.is_done(&name)? && false {",
  },
  {
    name: "`done` is never written",
    noticedBy: "consumer.test.mjs",
    file: LEASES,
    find: "done (key, done_at) VALUES (?, ?)",
    replace: "done (key, done_at) SELECT ?, ? WHERE 0",
  },
  {
    name: "an event that was acted on stays queued",
    noticedBy: "api.test.mjs",
    file: LEASES,
    find: "UPDATE events SET state = 'acted',",
    replace: "UPDATE events SET",
  },
  {
    name: "acting on a message marks its event, whatever its replay",
    noticedBy: "replay-races.test.mjs",
    file: LEASES,
    find: "WHERE key = ?2 AND replay = ?3",
    replace: "WHERE key = ?2 AND ?3 IS NOT NULL",
  },
  {
    name: "the lease stays after the event was acted on",
    noticedBy: "rows.test.mjs",
    file: LEASES,
    find: "DELETE FROM turns WHERE key = ?",
    replace: "DELETE FROM turns WHERE key = ? AND 0",
  },
  {
    name: "a lease is not released",
    noticedBy: "consumer.test.mjs",
    file: LEASES,
    find: "UPDATE turns SET until = ? WHERE",
    replace: "UPDATE turns SET until = max(until, ?) WHERE",
  },
  {
    name: "the attempts to act on an event are not counted",
    noticedBy: "consumer.test.mjs",
    file: LEASES,
    find: "held.map_or(0, |held| held.attempts).saturating_add(1)",
    replace: "held.map_or(0, |held| held.attempts).max(1)",
  },
  {
    name: "a caller that asks again for its own lease does not get it",
    noticedBy: "outbox-faults.test.mjs",
    file: LEASES,
    find: "!caller.is_empty() && held",
    replace: "false && held",
  },
  {
    name: "a body in R2 is not recorded before it is stored",
    noticedBy: "crash.test.mjs",
    file: BODIES,
    find: `"INSERT INTO objects (name, delete_at) VALUES (?, ?)
             ON CONFLICT DO UPDATE SET delete_at = excluded.delete_at WHERE delete_at > ?"`,
    replace: `"INSERT INTO objects (name, delete_at) SELECT ?, ? WHERE ? > 0"`,
  },
  {
    name: "bodies that no event needs stay in R2",
    noticedBy: "retention.test.mjs",
    file: BODIES,
    find: "WHERE delete_at <= ? LIMIT",
    replace: "WHERE delete_at <= ? AND 0 LIMIT",
  },
  {
    name: "a replay of an event whose body was purged is accepted",
    noticedBy: "retention.test.mjs",
    file: EVENTS,
    find: "if event.message.is_none() {",
    replace: "if event.message.is_none() && false {",
  },
  {
    name: "a replay of a parked event counts as another event",
    noticedBy: "rows.test.mjs",
    edits: [
      {
        file: EVENTS,
        find: "CASE WHEN state IN ('pending', 'parked') THEN message",
        replace: "CASE WHEN state IN ('pending') THEN message",
      },
      {
        file: EVENTS,
        find: "CASE WHEN state IN ('pending', 'parked') THEN replay",
        replace: "CASE WHEN state IN ('pending') THEN replay",
      },
    ],
  },
  {
    name: "a replay of a pending event counts as another event",
    noticedBy: "rows.test.mjs",
    edits: [
      {
        file: EVENTS,
        find: "CASE WHEN state IN ('pending', 'parked') THEN message",
        replace: "CASE WHEN state IN ('parked') THEN message",
      },
      {
        file: EVENTS,
        find: "CASE WHEN state IN ('pending', 'parked') THEN replay",
        replace: "CASE WHEN state IN ('parked') THEN replay",
      },
    ],
  },
  {
    name: "a replayed event keeps the count of its rejections",
    noticedBy: "rows.test.mjs",
    file: EVENTS,
    find: "SET failures = 0, lone_failures = 0, retry_at = 0,",
    replace: "SET retry_at = 0,",
  },
  {
    name: "a replayed event waits for the pause after its last rejection",
    noticedBy: "rows.test.mjs",
    file: EVENTS,
    find: "lone_failures = 0, retry_at = 0,",
    replace: "lone_failures = 0,",
  },
  {
    name: "a replay is not added to the history",
    noticedBy: "rows.test.mjs",
    file: EVENTS,
    find: `self.add_history(key, "replayed", None)?;`,
    replace: "",
  },
  {
    name: "a lease is not written",
    noticedBy: "consumer.test.mjs",
    file: LEASES,
    find: "(key, until, attempts, holder) VALUES (?, ?, ?, ?)",
    replace: "(key, until, attempts, holder) SELECT ?, ?, ?, ? WHERE 0",
  },
  {
    name: "all callers have the same name",
    noticedBy: "consumer.test.mjs",
    file: CLIENT,
    find: "js_sys::Math::random().to_string()",
    replace: `String::from("caller")`,
  },
  {
    name: "an event that was acted on has no time of sending",
    noticedBy: "rows.test.mjs",
    file: LEASES,
    find: "sent_at = coalesce(sent_at, ?1), ",
    replace: "",
  },
  {
    name: "an event that was acted on has no time of acting",
    noticedBy: "rows.test.mjs",
    file: LEASES,
    find: "acted_at = ?1, ",
    replace: "",
  },
  {
    name: "an event that was acted on keeps its last problem",
    noticedBy: "rows.test.mjs",
    file: LEASES,
    find: "sent_at = coalesce(sent_at, ?1), problem = NULL",
    replace: "sent_at = coalesce(sent_at, ?1)",
  },
];
