// Broken gates: the object forgets too much, too soon or too little, or loses dead letters. Each is an edit of the sources.

const RETENTION = "worker/src/outbox/store/retention.rs";
const LETTERS = "worker/src/outbox/store/dead_letters.rs";

const PURGED = "sent_at < ?1 AND state IN ('queued', 'acted', 'discarded')";

/** @type {import("./edit.mjs").BrokenGate[]} */
export default [
  {
    name: "the purge forgets redriven events that are pending",
    noticedBy: "retention.test.mjs",
    file: RETENTION,
    find: PURGED,
    replace: PURGED.replace("'queued'", "'queued', 'pending'"),
  },
  {
    name: "the purge forgets dead events",
    noticedBy: "retention.test.mjs",
    file: RETENTION,
    find: PURGED,
    replace: PURGED.replace("'queued'", "'queued', 'dead'"),
  },
  {
    name: "the purge forgets parked events",
    noticedBy: "retention.test.mjs",
    file: RETENTION,
    find: PURGED,
    replace: PURGED.replace("'queued'", "'queued', 'parked'"),
  },
  {
    name: "`done` is forgotten at once",
    noticedBy: "retention.test.mjs",
    file: RETENTION,
    find: "self.purge_done(keys_before)?",
    replace: "self.purge_done(now())?",
  },
  {
    name: "`done` is never forgotten",
    noticedBy: "retention.test.mjs",
    file: RETENTION,
    find: "self.purge_done(keys_before)?",
    replace: "self.purge_done(0)?",
  },
  {
    name: "keys are forgotten together with bodies",
    noticedBy: "retention.test.mjs",
    file: RETENTION,
    find: "saturating_sub(millis(retention))",
    replace: "saturating_sub(millis(replay_window).min(millis(retention)))",
  },
  {
    name: "the bodies of events that were acted on are never purged",
    noticedBy: "retention.test.mjs",
    file: RETENTION,
    find: "state IN ('acted', 'discarded') OR",
    replace: "state IN ('discarded') OR",
  },
  {
    name: "the purge deletes bodies in R2 of events that are still on the queue",
    noticedBy: "retention.test.mjs",
    file: RETENTION,
    find: "OR state = 'queued' AND message ->> '$.dataref' IS NULL)",
    replace: "OR state = 'queued')",
  },
  {
    name: "the purge leaves the history of forgotten events",
    noticedBy: "retention.test.mjs",
    file: RETENTION,
    find: "DELETE FROM history WHERE",
    replace: "DELETE FROM history WHERE 0 AND",
  },
  {
    name: "the purge leaves old leases",
    noticedBy: "retention.test.mjs",
    file: RETENTION,
    find: "DELETE FROM turns WHERE",
    replace: "DELETE FROM turns WHERE 0 AND",
  },
  {
    name: "dead letters stay when the event that was acted on is forgotten",
    noticedBy: "retention.test.mjs",
    file: RETENTION,
    find: "self.discard_letters_of(&list)?;",
    replace: "",
  },
  {
    name: "a dead copy of an event that was acted on is stored",
    noticedBy: "retention.test.mjs",
    file: LETTERS,
    find: "&& self.is_done(&effect.idempotency_key())?",
    replace: "&& self.is_done(&effect.idempotency_key())? && false",
  },
  {
    name: "a dead letter is acknowledged and not stored",
    noticedBy: "api.test.mjs",
    file: LETTERS,
    find: "dead_letters (id, key, replay, message, at, digest) VALUES (?, ?, ?, ?, ?, ?)",
    replace: "dead_letters (id, key, replay, message, at, digest) SELECT ?, ?, ?, ?, ?, ? WHERE 0",
  },
  {
    name: "the event of a dead letter stays queued",
    noticedBy: "api.test.mjs",
    file: LETTERS,
    find: "UPDATE events SET state = 'dead' WHERE",
    replace: "UPDATE events SET state = 'dead' WHERE 0 AND",
  },
  {
    name: "a dead letter does not keep its body in R2",
    noticedBy: "rows.test.mjs",
    file: LETTERS,
    find: "SELECT ?1 ->> '$.dataref' WHERE",
    replace: "SELECT ?1 ->> '$.dataref' WHERE 0 AND",
  },
  {
    name: "a redrive deletes the letter and sends nothing",
    noticedBy: "api.test.mjs",
    file: LETTERS,
    find: "WHERE state <> 'acted' AND replay <= excluded.replay",
    replace: "WHERE 0",
  },
  {
    name: "a redrive leaves the letter",
    noticedBy: "api.test.mjs",
    file: LETTERS,
    find: `"DELETE FROM dead_letters WHERE id = ?"`,
    replace: `"DELETE FROM dead_letters WHERE id = ? AND 0"`,
  },
  {
    name: "a redrive sends an event that was acted on",
    noticedBy: "retention.test.mjs",
    file: LETTERS,
    find: "if self.is_letter_done(&letter)? {",
    replace: "if self.is_letter_done(&letter)? && false {",
  },
  {
    name: "a discarded letter stays",
    noticedBy: "api.test.mjs",
    file: LETTERS,
    find: "DELETE FROM dead_letters WHERE id = ? RETURNING",
    replace: "DELETE FROM dead_letters WHERE id = ? AND 0 RETURNING",
  },
  {
    name: "purged bodies stay in the rows",
    noticedBy: "retention.test.mjs",
    file: RETENTION,
    find: "UPDATE events SET message = NULL WHERE key",
    replace: "UPDATE events SET message = NULL WHERE 0 AND key",
  },
  {
    name: "keys are never forgotten",
    noticedBy: "retention.test.mjs",
    file: RETENTION,
    find: "DELETE FROM events WHERE key",
    replace: "DELETE FROM events WHERE 0 AND key",
  },
];
