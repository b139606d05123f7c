// Broken gates: a dead letter changes an event that it is not about, or is redriven or discarded wrongly. Each is an edit of the
// sources.

const EVENTS = "worker/src/outbox/store/events.rs";
const LIB = "worker/src/lib.rs";
const LETTERS = "worker/src/outbox/store/dead_letters.rs";
const CONSUMED = "worker/src/consumer/dead_letters.rs";

/** @type {import("./edit.mjs").BrokenGate[]} */
export default [
  {
    name: "a letter with another body marks the event dead",
    noticedBy: "rows.test.mjs",
    file: LETTERS,
    find: "== StoreOutcome::Conflict {",
    replace: "== StoreOutcome::Conflict && false {",
  },
  {
    name: "the dead letter of an older replay marks the event dead",
    noticedBy: "rows.test.mjs",
    file: LETTERS,
    find: "SET state = 'dead' WHERE key = ? AND replay = ? AND",
    replace: "SET state = 'dead' WHERE key = ? AND ? >= 0 AND",
  },
  {
    name: "the history of an event does not say that it is dead",
    noticedBy: "rows.test.mjs",
    file: LETTERS,
    find: `self.add_history(key, "dead", Some(id))?;`,
    replace: "",
  },
  {
    name: "the history of an event does not mention a dead copy",
    noticedBy: "retention.test.mjs",
    file: LETTERS,
    find: `self.add_history(&effect.key, "dead_copy", Some(id))?;`,
    replace: "let _ = effect;",
  },
  {
    name: "a redrive of an older message undoes a newer replay",
    noticedBy: "rows.test.mjs",
    file: LETTERS,
    find: "WHERE state <> 'acted' AND replay <= excluded.replay",
    replace: "WHERE state <> 'acted'",
  },
  {
    name: "a redriven event still says that it bypassed the outbox",
    noticedBy: "rows.test.mjs",
    file: LETTERS,
    find: "iif(?2 ->> '$.dedupe' IS NULL, ?2, json_remove(?2, '$.dedupe'))",
    replace: "?2",
  },
  {
    name: "a redriven event keeps the digest of another body",
    noticedBy: "rows.test.mjs",
    file: LETTERS,
    find: "digest = coalesce(?5, digest),",
    replace: "digest = iif(?5 IS NULL, digest, digest),",
  },
  {
    name: "a redrive is not added to the history",
    noticedBy: "rows.test.mjs",
    file: LETTERS,
    find: `self.add_history(&key, "redriven", Some(id))?;`,
    replace: "",
  },
  {
    name: "an event without a digest is taken for a conflict",
    noticedBy: "rows.test.mjs",
    file: EVENTS,
    find: "|| stored.digest.is_empty()",
    replace: "|| stored.digest.is_empty() && false",
  },
  {
    name: "a redrive of one source takes the letters of all",
    noticedBy: "api.test.mjs",
    file: LETTERS,
    find: "?1 IS NULL OR message ->> '$.source' = '/in/' || ?1",
    replace: "?1 IS NULL OR message IS NOT NULL OR ?1",
  },
  {
    name: "each page of dead letters begins with the last letter of the page before",
    noticedBy: "api.test.mjs",
    file: LETTERS,
    find: "(at, id) < (?1, ?2)",
    replace: "(at, id) <= (?1, ?2)",
  },
  {
    name: "the event of a discarded letter stays dead",
    noticedBy: "rows.test.mjs",
    file: LETTERS,
    find: "SET state = 'discarded' WHERE state = 'dead'",
    replace: "SET state = 'discarded' WHERE 0 AND state = 'dead'",
  },
  {
    name: "discarding a letter with another body discards the event",
    noticedBy: "rows.test.mjs",
    file: LETTERS,
    find: "AND digest IN ('', (SELECT coalesce(digest, events.digest) FROM dead_letters WHERE id = ?1))",
    replace: "AND ?1 IS NOT NULL",
  },
  {
    name: "dead letters of replays stay when the event is forgotten",
    noticedBy: "retention.test.mjs",
    file: LETTERS,
    find: "iif(replay = 0, key, 'replay ' || replay || ' ' || key)",
    replace: "key",
  },
  {
    name: "the dead-letter queue is consumed like the other",
    noticedBy: "api.test.mjs",
    file: LIB,
    find: "if batch.queue() == settings.dead_letter_queue",
    replace: "if batch.queue() == settings.dead_letter_queue && false",
  },
  {
    name: "a dead letter that was stored is not acknowledged",
    noticedBy: "api.test.mjs",
    file: CONSUMED,
    find: "raw.ack();",
    replace: "",
  },
];
