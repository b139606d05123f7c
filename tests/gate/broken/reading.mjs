// Broken gates: operators see something wrong, or secrets that senders hand over are kept wrongly. Each is an edit of the
// sources.

const EVENTS = "worker/src/outbox/store/events.rs";
const HANDED = "worker/src/outbox/store/handed_over.rs";
const RETENTION = "worker/src/outbox/store/retention.rs";
const CLIENT = "worker/src/outbox/client.rs";
const TABLES = "worker/src/outbox/store/tables.rs";

/** @type {import("./edit.mjs").BrokenGate[]} */
export default [
  {
    name: "pending events are not counted",
    noticedBy: "alarms.test.mjs",
    file: EVENTS,
    find: "WHERE state = 'pending') AS pending",
    replace: "WHERE state = 'x') AS pending",
  },
  {
    name: "parked events are not counted",
    noticedBy: "queue-faults.test.mjs",
    file: EVENTS,
    find: "WHERE state = 'parked') AS parked",
    replace: "WHERE state = 'x') AS parked",
  },
  {
    name: "dead letters are not counted",
    noticedBy: "api.test.mjs",
    file: EVENTS,
    find: "FROM dead_letters) AS dead",
    replace: "FROM dead_letters WHERE 0) AS dead",
  },
  {
    name: "the oldest pending event is not found",
    noticedBy: "alarms.test.mjs",
    file: EVENTS,
    find: "WHERE state = 'pending') AS oldest",
    replace: "WHERE state = 'x') AS oldest",
  },
  {
    name: "lists ignore the status",
    noticedBy: "api.test.mjs",
    file: EVENTS,
    find: "(?4 IS NULL OR state = ?4)",
    replace: "(?4 IS NULL OR state = ?4 OR 1)",
  },
  {
    name: "lists ignore the source",
    noticedBy: "api.test.mjs",
    file: EVENTS,
    find: "(?1 IS NULL OR source = ?1)",
    replace: "(?1 IS NULL OR source = ?1 OR 1)",
  },
  {
    name: "each page of events begins with the last event of the page before",
    noticedBy: "api.test.mjs",
    file: EVENTS,
    find: "(accepted_at, key) < (?7, ?8)",
    replace: "(accepted_at, key) <= (?7, ?8)",
  },
  {
    name: "lists show the events of one object after the other",
    noticedBy: "api.test.mjs",
    file: CLIENT,
    find: "records.sort_by(|one, other| (other.accepted_at, &other.key).cmp(&(one.accepted_at, &one.key)));",
    replace: "",
  },
  {
    name: "conflicts are not added to the history",
    noticedBy: "api.test.mjs",
    file: EVENTS,
    find: `StoreOutcome::Conflict => self.add_history(key, "conflict", None)?,`,
    replace: "StoreOutcome::Conflict => {}",
  },
  {
    name: "the history of an event has no bound",
    noticedBy: "rows.test.mjs",
    file: TABLES,
    find: "WHERE key = ?1) < ?5",
    replace: "WHERE key = ?1) < ?5 + 1000000",
  },
  {
    name: "a secret that is handed over is not kept",
    noticedBy: "set-up.test.mjs",
    file: HANDED,
    find: "handed_over (source, at, address, secret) VALUES (?, ?, ?, ?)",
    replace: "handed_over (source, at, address, secret) SELECT ?, ?, ?, ? WHERE 0",
  },
  {
    name: "a secret that is handed over twice is kept twice",
    noticedBy: "set-up.test.mjs",
    file: HANDED,
    find: "WHERE source = ? AND secret = ?",
    replace: "WHERE source = ? AND secret = ? AND 0",
  },
  {
    name: "any number of secrets is kept",
    noticedBy: "set-up.test.mjs",
    file: HANDED,
    find: "LIMIT ?2",
    replace: "LIMIT max(?2, 1000)",
  },
  {
    name: "a secret can be read twice",
    noticedBy: "set-up.test.mjs",
    file: HANDED,
    find: `"DELETE FROM handed_over WHERE source = ?"`,
    replace: `"DELETE FROM handed_over WHERE source = ? AND 0"`,
  },
  {
    name: "operators get secrets that are older than a day",
    noticedBy: "set-up.test.mjs",
    file: HANDED,
    find: "WHERE at < ?",
    replace: "WHERE at < ? AND 0",
  },
  {
    name: "the purge leaves secrets that are older than a day",
    noticedBy: "set-up.test.mjs",
    file: RETENTION,
    find: "self.purge_handed_over()?;",
    replace: "",
  },
  {
    name: "the rows of the first version count as pending",
    noticedBy: "upgrade.test.mjs",
    file: TABLES,
    find: "WHERE message IS NULL AND state = 'pending'",
    replace: "WHERE 0 AND message IS NULL AND state = 'pending'",
  },
  {
    name: "the rows of the first version have no source and no type",
    noticedBy: "upgrade.test.mjs",
    file: TABLES,
    find: `WHERE source IS NULL"`,
    replace: `WHERE source IS NULL AND 0"`,
  },
  {
    name: "columns that came later are not added",
    noticedBy: "upgrade.test.mjs",
    file: TABLES,
    find: "if columns.iter().all(",
    replace: "if false && columns.iter().all(",
  },
];
