//! The tables of one object, and every statement on them.
//!
//! Columns are only ever added, with a default, and statements name the columns that they mean: so a Worker reads what an
//! older one stored, and what a newer one stored should it be rolled back to.

use std::time::Duration;

use serde::Deserialize;
use worker::{Result, SqlCursor, SqlStorage, SqlStorageValue};

use super::{Counts, DeadLetter, Effect, Happening, Outcome, Position, Query, Record, Replayed, Story, Turn};
use crate::clock;

/// How many rows are forgotten at a time.
const PURGE_ROWS: i64 = 1000;
/// How long the consumer may act before somebody else gets the turn.
const TURN: Duration = Duration::from_mins(1);
/// How long an object in R2 waits for its event. One that the outbox could not take is on the queue only: for fourteen days
/// at most, and as many in the queue of the dead letters.
const RESERVATION: Duration = Duration::from_hours(31 * 24);
/// How much of a history is kept for one event: a sender may send a copy as often as it likes.
const HISTORY_ROWS: i64 = 100;
/// What stands for the time of deletion while an object is being deleted: no event may take it over any more.
const BEING_DELETED: i64 = 0;

/// The tables as they were first made.
const TABLES: [&str; 7] = [
    "CREATE TABLE IF NOT EXISTS events (
        key TEXT PRIMARY KEY, digest TEXT NOT NULL, message TEXT, accepted_at INTEGER NOT NULL
    )",
    "CREATE TABLE IF NOT EXISTS done (key TEXT PRIMARY KEY, done_at INTEGER NOT NULL)",
    // Until when somebody has the turn to act on an event, and how often somebody has had it.
    "CREATE TABLE IF NOT EXISTS turns (key TEXT PRIMARY KEY, until INTEGER NOT NULL, attempts INTEGER NOT NULL)",
    // Objects in R2, and when they are to be deleted: never, as long as their event needs them.
    "CREATE TABLE IF NOT EXISTS objects (name TEXT PRIMARY KEY, delete_at INTEGER)",
    // What happened to an event beyond the usual, which its own row says.
    "CREATE TABLE IF NOT EXISTS history (key TEXT NOT NULL, at INTEGER NOT NULL, what TEXT NOT NULL, detail TEXT)",
    "CREATE INDEX IF NOT EXISTS history_of ON history (key)",
    // Messages that the queue has given up. They stay until somebody decides about them.
    "CREATE TABLE IF NOT EXISTS dead_letters (
        id TEXT PRIMARY KEY, key TEXT, replay INTEGER NOT NULL, message TEXT NOT NULL, at INTEGER NOT NULL
    )",
];

/// The columns that came later: table, name, definition. The first version had no state: a message that was there was
/// pending.
const LATER_COLUMNS: [(&str, &str, &str); 10] = [
    ("events", "source", "TEXT"),
    ("events", "kind", "TEXT"),
    ("events", "state", "TEXT NOT NULL DEFAULT 'pending'"),
    ("events", "sent_at", "INTEGER"),
    ("events", "acted_at", "INTEGER"),
    ("events", "failures", "INTEGER NOT NULL DEFAULT 0"),
    ("events", "retry_at", "INTEGER NOT NULL DEFAULT 0"),
    ("events", "problem", "TEXT"),
    ("events", "replay", "INTEGER NOT NULL DEFAULT 0"),
    // Who has the turn.
    ("turns", "holder", "TEXT"),
];

/// What makes rows of the first version into rows of this one. Doing it twice is doing it once.
const MIGRATION: [&str; 2] = [
    "UPDATE events SET state = 'queued', sent_at = accepted_at WHERE message IS NULL AND state = 'pending'",
    "UPDATE events SET source = substr(key, 5, instr(key, ' ') - 5), kind = json_extract(message, '$.type')
     WHERE source IS NULL",
];

const INDEXES: [&str; 6] = [
    "CREATE INDEX IF NOT EXISTS events_pending ON events (retry_at, accepted_at) WHERE state = 'pending'",
    "CREATE INDEX IF NOT EXISTS events_parked ON events (state) WHERE state = 'parked'",
    "CREATE INDEX IF NOT EXISTS events_kept ON events (sent_at) WHERE message IS NOT NULL AND sent_at IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS events_sent ON events (sent_at) WHERE sent_at IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS events_by_age ON events (accepted_at, key)",
    "CREATE INDEX IF NOT EXISTS done_by_age ON done (done_at)",
];

/// The tables of one object.
#[derive(Debug)]
pub(super) struct Store {
    sql: SqlStorage,
}

/// A message on its way to the queue.
#[derive(Debug, Deserialize)]
pub(super) struct Pending {
    pub(super) key: String,
    pub(super) message: String,
    pub(super) replay: u32,
    pub(super) failures: u32,
}

impl Store {
    /// Makes the tables what this version needs.
    pub(super) fn open(sql: SqlStorage) -> Self {
        let store = Self { sql };
        // An error here comes back with the first statement, which is answered for.
        let _ = store.migrate();
        store
    }

    fn migrate(&self) -> Result<()> {
        for table in TABLES {
            self.run(table, Vec::new())?;
        }
        let columns: Vec<Named> = self
            .run(
                "SELECT 'events.' || name AS name FROM pragma_table_info('events')
                 UNION ALL SELECT 'turns.' || name FROM pragma_table_info('turns')",
                Vec::new(),
            )?
            .to_array()?;
        let mut is_older = false;
        for (table, name, definition) in LATER_COLUMNS {
            let full_name = format!("{table}.{name}");
            if columns.iter().all(|column| column.name != full_name) {
                self.run(&format!("ALTER TABLE {table} ADD COLUMN {name} {definition}"), Vec::new())?;
                is_older = true;
            }
        }
        if is_older {
            for statement in MIGRATION {
                self.run(statement, Vec::new())?;
            }
        }
        for index in INDEXES {
            self.run(index, Vec::new())?;
        }
        Ok(())
    }

    /// Stores an event, unless its key is known.
    pub(super) fn accept(&self, key: &str, digest: &str, message: &str) -> Result<Outcome> {
        #[derive(Deserialize)]
        struct Stored {
            digest: String,
        }
        let found: Vec<Stored> = self.run("SELECT digest FROM events WHERE key = ?", vec![key.into()])?.to_array()?;
        let outcome = match found.first() {
            // Of an event that is known from a dead letter only, the digest is not.
            Some(stored) if stored.digest == digest || stored.digest.is_empty() => Outcome::Duplicate,
            Some(_) => Outcome::Conflict,
            None => Outcome::New,
        };
        match outcome {
            Outcome::New => {
                self.run(
                    "INSERT INTO events (key, digest, message, accepted_at, source, kind)
                     SELECT ?1, ?2, ?3, ?4, substr(?3 ->> '$.source', 5), ?3 ->> '$.type'",
                    vec![key.into(), digest.into(), message.into(), now().into()],
                )?;
                self.keep_object_of(key)?;
            }
            Outcome::Duplicate => self.note(key, "duplicate", None)?,
            Outcome::Conflict => self.note(key, "conflict", None)?,
        }
        Ok(outcome)
    }

    /// Notes an object that is about to be put, unless it is just being deleted.
    pub(super) fn reserve(&self, object: &str) -> Result<bool> {
        let until = now().saturating_add(millis(RESERVATION));
        self.run(
            "INSERT INTO objects (name, delete_at) VALUES (?, ?)
             ON CONFLICT DO UPDATE SET delete_at = excluded.delete_at WHERE delete_at > ?",
            vec![object.into(), until.into(), BEING_DELETED.into()],
        )?;
        let being_deleted = "SELECT name FROM objects WHERE name = ? AND delete_at = ?";
        Ok(self.first::<Named>(being_deleted, vec![object.into(), BEING_DELETED.into()])?.is_none())
    }

    fn keep_object_of(&self, key: &str) -> Result<()> {
        self.run(
            "INSERT INTO objects (name) SELECT message ->> '$.dataref' FROM events
             WHERE key = ? AND message ->> '$.dataref' IS NOT NULL
             ON CONFLICT DO UPDATE SET delete_at = NULL",
            vec![key.into()],
        )?;
        Ok(())
    }

    /// Keeps an object that the outbox may not know of: its event came to the queue without it.
    fn note_object(&self, object: &str) -> Result<()> {
        let until = now().saturating_add(millis(RESERVATION));
        self.run(
            "INSERT INTO objects (name, delete_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
            vec![object.into(), until.into()],
        )?;
        Ok(())
    }

    /// Gives a caller the turn, if nobody else has it and nobody has acted.
    pub(super) fn begin(&self, effect: &Effect, caller: &str) -> Result<Turn> {
        #[derive(Deserialize)]
        struct Held {
            until: i64,
            attempts: u32,
            holder: Option<String>,
        }
        if let Some(object) = &effect.object {
            self.note_object(object)?;
        }
        let name = effect.name();
        if self.first::<Named>("SELECT key AS name FROM done WHERE key = ?", vec![name.as_str().into()])?.is_some() {
            return Ok(Turn::Done);
        }
        let held: Option<Held> =
            self.first("SELECT until, attempts, holder FROM turns WHERE key = ?", vec![name.as_str().into()])?;
        if let Some(held) = held.as_ref().filter(|held| held.until > now()) {
            // Whoever asks again has not heard the answer.
            let is_holder = !caller.is_empty() && held.holder.as_deref() == Some(caller);
            let millis = u64::try_from(held.until.saturating_sub(now())).unwrap_or(0);
            return Ok(if is_holder { Turn::Act { attempt: held.attempts } } else { Turn::Wait { millis } });
        }
        let attempt = held.map_or(0, |held| held.attempts).saturating_add(1);
        let until = now().saturating_add(millis(TURN));
        self.run(
            "INSERT OR REPLACE INTO turns (key, until, attempts, holder) VALUES (?, ?, ?, ?)",
            vec![name.into(), until.into(), i64::from(attempt).into(), caller.into()],
        )?;
        Ok(Turn::Act { attempt })
    }

    /// Remembers that the consumer has acted.
    pub(super) fn finish(&self, effect: &Effect) -> Result<()> {
        let name = effect.name();
        let now = now();
        self.run("INSERT OR IGNORE INTO done (key, done_at) VALUES (?, ?)", vec![name.as_str().into(), now.into()])?;
        self.run("DELETE FROM turns WHERE key = ?", vec![name.into()])?;
        // What was acted on has been on the queue, also if the queue's answer has not come yet.
        self.run(
            "UPDATE events SET state = 'acted', acted_at = ?1, sent_at = coalesce(sent_at, ?1), problem = NULL
             WHERE key = ?2 AND replay = ?3",
            vec![now.into(), effect.key.as_str().into(), i64::from(effect.replay).into()],
        )?;
        Ok(())
    }

    /// Takes the turn back, and keeps the number of attempts as long as keys are remembered.
    pub(super) fn abandon(&self, effect: &Effect) -> Result<()> {
        self.run("UPDATE turns SET until = ? WHERE key = ?", vec![now().into(), effect.name().into()])?;
        Ok(())
    }

    /// What is to be sent now, oldest first, after what has failed less often.
    pub(super) fn pending(&self, limit: i32) -> Result<Vec<Pending>> {
        self.run(
            "SELECT key, message, replay, failures FROM events
             WHERE state = 'pending' AND retry_at <= ? ORDER BY retry_at, accepted_at LIMIT ?",
            vec![now().into(), limit.into()],
        )?
        .to_array()
    }

    /// When something is to be sent again that has failed, as a time from now.
    pub(super) fn next_retry(&self) -> Result<Option<Duration>> {
        #[derive(Deserialize)]
        struct Next {
            at: Option<i64>,
        }
        let next: Option<Next> =
            self.first("SELECT min(retry_at) AS at FROM events WHERE state = 'pending'", Vec::new())?;
        let at = next.and_then(|next| next.at);
        Ok(at.map(|at| Duration::from_millis(u64::try_from(at.saturating_sub(now())).unwrap_or(0))))
    }

    /// These are on the queue. One that was asked for again meanwhile stays pending.
    pub(super) fn sent(&self, sent: &[Pending]) -> Result<()> {
        let sent: Vec<(&str, u32)> = sent.iter().map(|row| (row.key.as_str(), row.replay)).collect();
        self.run(
            "UPDATE events SET state = 'queued', sent_at = ?, problem = NULL, failures = 0
             WHERE state = 'pending' AND (key, replay) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))",
            vec![now().into(), serde_json::to_string(&sent)?.into()],
        )?;
        Ok(())
    }

    /// This one failed although the queue took others, so the fault is with it: later again, a bounded number of times.
    pub(super) fn failed(&self, row: &Pending, problem: &str, again: Option<Duration>) -> Result<()> {
        let state = if again.is_some() { "pending" } else { "parked" };
        let retry_at = now().saturating_add(again.map_or(0, millis));
        self.run(
            "UPDATE events SET state = ?, failures = failures + 1, retry_at = ?, problem = ?
             WHERE key = ? AND replay = ? AND state = 'pending'",
            vec![state.into(), retry_at.into(), problem.into(), row.key.as_str().into(), i64::from(row.replay).into()],
        )?;
        if again.is_none() {
            self.note(&row.key, "parked", Some(problem))?;
        }
        Ok(())
    }

    /// Puts this one behind the others, without blaming it.
    pub(super) fn behind_others(&self, row: &Pending, after: Duration) -> Result<()> {
        let retry_at = now().saturating_add(millis(after));
        self.run(
            "UPDATE events SET retry_at = ? WHERE key = ? AND state = 'pending'",
            vec![retry_at.into(), row.key.as_str().into()],
        )?;
        Ok(())
    }

    /// Forgets a bounded number of bodies and keys that are old enough, and says whether that was all. What is still to
    /// be sent, parked or dead is never forgotten.
    pub(super) fn purge(&self, retention: Duration, replay_window: Duration) -> Result<bool> {
        let horizon = now().saturating_sub(millis(retention));
        let window = now().saturating_sub(millis(replay_window));
        // A body in R2 is still needed while its message may stand on the queue.
        let bodies = self.purge_rows(
            "SELECT key AS name FROM events INDEXED BY events_kept
             WHERE message IS NOT NULL AND sent_at < ?1
               AND (state IN ('acted', 'discarded') OR state = 'queued' AND message ->> '$.dataref' IS NULL)
             ORDER BY sent_at LIMIT ?2",
            window,
            &["UPDATE events SET message = NULL WHERE key IN (SELECT value FROM json_each(?))"],
        )?;
        let keys = self.purge_rows(
            "SELECT key AS name FROM events WHERE sent_at < ?1 AND state IN ('queued', 'acted', 'discarded')
             ORDER BY sent_at LIMIT ?2",
            horizon,
            &[
                "DELETE FROM history WHERE key IN (SELECT value FROM json_each(?))",
                "DELETE FROM events WHERE key IN (SELECT value FROM json_each(?))",
            ],
        )?;
        let done = self.purge_rows(
            "SELECT key AS name FROM done WHERE done_at < ?1 ORDER BY done_at LIMIT ?2",
            horizon,
            &["DELETE FROM done WHERE key IN (SELECT value FROM json_each(?))"],
        )?;
        self.run("DELETE FROM turns WHERE until < ?", vec![horizon.into()])?;
        Ok([bodies, keys, done].into_iter().all(|rows| rows < PURGE_ROWS))
    }

    /// Finds rows and forgets them, with the objects in R2 of the events among them; says how many there were.
    fn purge_rows(&self, find: &str, before: i64, forget: &[&str]) -> Result<i64> {
        let found: Vec<Named> = self.run(find, vec![before.into(), PURGE_ROWS.into()])?.to_array()?;
        if found.is_empty() {
            return Ok(0);
        }
        let names: Vec<&str> = found.iter().map(|row| row.name.as_str()).collect();
        let names = serde_json::to_string(&names)?;
        self.run(
            "UPDATE objects SET delete_at = ? WHERE name IN (
                SELECT message ->> '$.dataref' FROM events WHERE key IN (SELECT value FROM json_each(?))
            )",
            vec![now().into(), names.as_str().into()],
        )?;
        for statement in forget {
            self.run(statement, vec![names.as_str().into()])?;
        }
        Ok(i64::try_from(found.len()).unwrap_or(PURGE_ROWS))
    }

    /// The objects in R2 that nobody needs; from now on no event may take them over.
    pub(super) fn objects_to_delete(&self) -> Result<Vec<String>> {
        let due: Vec<Named> = self
            .run(
                "UPDATE objects SET delete_at = ? WHERE name IN (
                    SELECT name FROM objects WHERE delete_at <= ? LIMIT ?
                 ) RETURNING name",
                vec![BEING_DELETED.into(), now().into(), PURGE_ROWS.into()],
            )?
            .to_array()?;
        Ok(due.into_iter().map(|row| row.name).collect())
    }

    /// These objects are gone.
    pub(super) fn objects_deleted(&self, objects: &[String]) -> Result<()> {
        self.run(
            "DELETE FROM objects WHERE delete_at = ? AND name IN (SELECT value FROM json_each(?))",
            vec![BEING_DELETED.into(), serde_json::to_string(objects)?.into()],
        )?;
        Ok(())
    }

    /// Keeps a message that the queue has given up.
    pub(super) fn bury(&self, letter: &DeadLetter) -> Result<()> {
        let key = letter.effect.as_ref().map(|effect| effect.key.as_str());
        let replay = i64::from(letter.effect.as_ref().map_or(0, |effect| effect.replay));
        let id = letter.id.as_str();
        self.run(
            "INSERT OR IGNORE INTO dead_letters (id, key, replay, message, at) VALUES (?, ?, ?, ?, ?)",
            vec![id.into(), text_or_null(key), replay.into(), letter.message.as_str().into(), letter.at.into()],
        )?;
        // It is kept until somebody decides, and its body with it.
        self.run(
            "INSERT INTO objects (name) SELECT ?1 ->> '$.dataref' WHERE ?1 ->> '$.dataref' IS NOT NULL
             ON CONFLICT DO UPDATE SET delete_at = NULL",
            vec![letter.message.as_str().into()],
        )?;
        if let Some(key) = key {
            // One that was acted on after all has no need of anybody.
            self.run(
                "UPDATE events SET state = 'dead' WHERE key = ? AND replay = ? AND state IN ('pending', 'queued')",
                vec![key.into(), replay.into()],
            )?;
            self.note(key, "dead", Some(id))?;
        }
        Ok(())
    }

    /// The events that are asked for, newest first.
    pub(super) fn list(&self, query: &Query) -> Result<Vec<Record>> {
        let (kind, beginning) = match query.kind.as_deref() {
            None => (None, None),
            Some(kind) => kind.strip_suffix('*').map_or((Some(kind), None), |beginning| (None, Some(beginning))),
        };
        self.run(
            "SELECT key, source, kind, state, accepted_at, sent_at, acted_at, failures, problem, replay FROM events
             WHERE (?1 IS NULL OR source = ?1) AND (?2 IS NULL OR kind = ?2)
               AND (?3 IS NULL OR substr(kind, 1, length(?3)) = ?3) AND (?4 IS NULL OR state = ?4)
               AND (?5 IS NULL OR accepted_at >= ?5) AND (?6 IS NULL OR accepted_at < ?6)
               AND (?7 IS NULL OR (accepted_at, key) < (?7, ?8))
             ORDER BY accepted_at DESC, key DESC LIMIT ?9",
            vec![
                text_or_null(query.source.as_deref()),
                text_or_null(kind),
                text_or_null(beginning),
                text_or_null(query.state.as_deref()),
                number_or_null(query.since),
                number_or_null(query.until),
                number_or_null(query.before.as_ref().map(|position| position.at)),
                text_or_null(query.before.as_ref().map(|position| position.name.as_str())),
                i64::from(query.limit).into(),
            ],
        )?
        .to_array()
    }

    /// All that is known of an event.
    pub(super) fn show(&self, key: &str) -> Result<Option<Story>> {
        #[derive(Deserialize)]
        struct Kept {
            message: Option<String>,
        }
        let record: Option<Record> = self.first(
            "SELECT key, source, kind, state, accepted_at, sent_at, acted_at, failures, problem, replay FROM events
             WHERE key = ?",
            vec![key.into()],
        )?;
        let Some(record) = record else { return Ok(None) };
        let kept: Option<Kept> = self.first("SELECT message FROM events WHERE key = ?", vec![key.into()])?;
        let history: Vec<Happening> = self
            .run("SELECT at, what, detail FROM history WHERE key = ? ORDER BY at, rowid", vec![key.into()])?
            .to_array()?;
        Ok(Some(Story { record, message: kept.and_then(|kept| kept.message), history }))
    }

    /// Has an event sent once more. One that never got onto the queue is sent for the first time.
    pub(super) fn replay(&self, key: &str) -> Result<Replayed> {
        let Some(story) = self.show(key)? else { return Ok(Replayed::Unknown) };
        if story.message.is_none() {
            return Ok(Replayed::Forgotten);
        }
        self.run(
            "UPDATE events SET failures = 0, retry_at = 0, problem = NULL, state = 'pending',
                 message = CASE WHEN state IN ('pending', 'parked') THEN message
                           ELSE json_set(message, '$.replay', replay + 1) END,
                 replay = CASE WHEN state IN ('pending', 'parked') THEN replay ELSE replay + 1 END
             WHERE key = ?",
            vec![key.into()],
        )?;
        self.note(key, "replayed", None)?;
        Ok(Replayed::Pending)
    }

    /// The messages that the queue has given up, newest first.
    pub(super) fn dead_letters(&self, before: Option<&Position>, limit: u32) -> Result<Vec<DeadLetter>> {
        let found: Vec<Buried> = self
            .run(
                "SELECT id, key, replay, message, at FROM dead_letters WHERE ?1 IS NULL OR (at, id) < (?1, ?2)
                 ORDER BY at DESC, id DESC LIMIT ?3",
                vec![
                    number_or_null(before.map(|position| position.at)),
                    text_or_null(before.map(|position| position.name.as_str())),
                    i64::from(limit).into(),
                ],
            )?
            .to_array()?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// Puts a dead letter back among what is to be sent, and says whether there is one of this id.
    pub(super) fn redrive(&self, id: &str) -> Result<bool> {
        let found: Option<Buried> =
            self.first("SELECT id, key, replay, message, at FROM dead_letters WHERE id = ?", vec![id.into()])?;
        let Some(letter) = found else { return Ok(false) };
        // A message that cannot be read goes back as it is, under a name of its own.
        let key = letter.key.unwrap_or_else(|| format!("dead letter {id}"));
        self.run(
            "INSERT INTO events (key, digest, message, accepted_at, source, kind, replay)
             VALUES (?1, '', ?2, ?3, substr(?2 ->> '$.source', 5), ?2 ->> '$.type', ?4)
             ON CONFLICT DO UPDATE SET message = excluded.message, replay = excluded.replay, state = 'pending',
                 failures = 0, retry_at = 0, problem = NULL
             WHERE state <> 'acted' AND replay <= excluded.replay",
            vec![key.as_str().into(), letter.message.into(), now().into(), i64::from(letter.replay).into()],
        )?;
        self.keep_object_of(&key)?;
        self.run("DELETE FROM dead_letters WHERE id = ?", vec![id.into()])?;
        self.note(&key, "redriven", Some(id))?;
        Ok(true)
    }

    /// Puts all dead letters back, of one source or of all, and says how many.
    pub(super) fn redrive_all(&self, source: Option<&str>) -> Result<u64> {
        let all: Vec<Named> = self
            .run(
                "SELECT id AS name FROM dead_letters WHERE ?1 IS NULL OR message ->> '$.source' = '/in/' || ?1",
                vec![text_or_null(source)],
            )?
            .to_array()?;
        all.iter().try_for_each(|letter| self.redrive(&letter.name).map(drop))?;
        Ok(u64::try_from(all.len()).unwrap_or(u64::MAX))
    }

    /// Throws a dead letter away, and says whether there was one of this id.
    pub(super) fn discard(&self, id: &str) -> Result<bool> {
        // Its event may be forgotten in time, like one that was acted on. Where the outbox has no event of it, nobody else
        // needs the body.
        self.run(
            "UPDATE objects SET delete_at = ?1 WHERE name = (
                SELECT message ->> '$.dataref' FROM dead_letters WHERE id = ?2 AND NOT EXISTS (
                    SELECT 1 FROM events WHERE events.key = dead_letters.key
                )
             )",
            vec![now().into(), id.into()],
        )?;
        self.run(
            "UPDATE events SET state = 'discarded' WHERE state = 'dead'
               AND key = (SELECT key FROM dead_letters WHERE id = ?)",
            vec![id.into()],
        )?;
        let gone: Vec<Named> =
            self.run("DELETE FROM dead_letters WHERE id = ? RETURNING id AS name", vec![id.into()])?.to_array()?;
        Ok(!gone.is_empty())
    }

    /// How much is waiting.
    pub(super) fn count(&self) -> Result<Counts> {
        let counts: Option<Counts> = self.first(
            "SELECT (SELECT count(*) FROM events WHERE state = 'pending') AS pending,
                    (SELECT count(*) FROM events WHERE state = 'parked') AS parked,
                    (SELECT count(*) FROM dead_letters) AS dead,
                    (SELECT min(accepted_at) FROM events WHERE state = 'pending') AS oldest",
            Vec::new(),
        )?;
        Ok(counts.unwrap_or_default())
    }

    /// Adds to the history of an event.
    fn note(&self, key: &str, what: &str, detail: Option<&str>) -> Result<()> {
        self.run(
            "INSERT INTO history (key, at, what, detail)
             SELECT ?1, ?2, ?3, ?4 WHERE (SELECT count(*) FROM history WHERE key = ?1) < ?5",
            vec![key.into(), now().into(), what.into(), text_or_null(detail), HISTORY_ROWS.into()],
        )?;
        Ok(())
    }

    fn first<T: for<'de> Deserialize<'de>>(&self, query: &str, bindings: Vec<SqlStorageValue>) -> Result<Option<T>> {
        Ok(self.run(query, bindings)?.to_array()?.into_iter().next())
    }

    fn run(&self, query: &str, bindings: Vec<SqlStorageValue>) -> Result<SqlCursor> {
        self.sql.exec(query, bindings)
    }
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// A row of the dead letters.
#[derive(Deserialize)]
struct Buried {
    id: String,
    key: Option<String>,
    replay: u32,
    message: String,
    at: i64,
}

impl From<Buried> for DeadLetter {
    fn from(row: Buried) -> Self {
        let effect = row.key.map(|key| Effect { key, replay: row.replay, object: None });
        Self { id: row.id, effect, message: row.message, at: row.at }
    }
}

fn number_or_null(number: Option<i64>) -> SqlStorageValue {
    number.map_or(SqlStorageValue::Null, Into::into)
}

fn text_or_null(text: Option<&str>) -> SqlStorageValue {
    text.map_or(SqlStorageValue::Null, Into::into)
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Milliseconds since 1970.
fn now() -> i64 {
    i64::try_from(clock::now_millis()).unwrap_or(i64::MAX)
}
