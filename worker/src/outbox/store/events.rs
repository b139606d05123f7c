//! Events: storing, listing and replaying them.

use serde::Deserialize;
use worker::Result;

use super::tables::{Store, now, number_or_null, text_or_null};
use crate::effect::Effect;
use crate::outbox::protocol::{
    Bypassed, Counts, EventDetails, EventQuery, EventRecord, HistoryEntry, ReplayOutcome, StoreOutcome,
};

impl Store {
    /// Stores an event, unless its key is known.
    pub(crate) fn accept(&self, key: &str, digest: &str, message: &str) -> Result<StoreOutcome> {
        let outcome = self.compare(key, digest)?;
        match outcome {
            StoreOutcome::New => {
                self.run(
                    "INSERT INTO events (key, digest, message, accepted_at, source, kind)
                     SELECT ?1, ?2, ?3, ?4, substr(?3 ->> '$.source', 5), ?3 ->> '$.type'",
                    vec![key.into(), digest.into(), message.into(), now().into()],
                )?;
                self.keep_body_of(key)?;
            }
            StoreOutcome::Duplicate => self.add_history(key, "duplicate", None)?,
            StoreOutcome::Conflict => self.add_history(key, "conflict", None)?,
        }
        Ok(outcome)
    }

    /// Stores an event that went to the queue directly, unless its key is known or the consumer acted on it before. Returns
    /// whether the consumer may act on it: not if another body was stored under the key, because the first one counts.
    pub(crate) fn record_bypassed(&self, effect: &Effect, event: &Bypassed) -> Result<bool> {
        let key = effect.key.as_str();
        match self.compare(key, &event.digest)? {
            StoreOutcome::Conflict => {
                // Nothing needs its body, and the outbox may not know of it.
                effect.object.as_ref().map_or(Ok(()), |object| self.record_body(object))?;
                self.add_history(key, "conflict", None)?;
                return Ok(false);
            }
            StoreOutcome::New if !self.is_done(&effect.idempotency_key())? => {
                // If it is replayed, the outbox sends it. So the mark of a message that bypassed the outbox is removed.
                self.run(
                    "INSERT INTO events (key, digest, message, accepted_at, source, kind, state, sent_at, replay)
                     SELECT ?1, ?2, json_remove(?3, '$.dedupe'), ?4, substr(?3 ->> '$.source', 5), ?3 ->> '$.type',
                            'queued', ?4, ?5",
                    vec![
                        key.into(),
                        event.digest.as_str().into(),
                        event.message.as_str().into(),
                        now().into(),
                        i64::from(effect.replay).into(),
                    ],
                )?;
                self.keep_body_of(key)?;
                self.add_history(key, "bypassed_outbox", None)?;
            }
            StoreOutcome::New | StoreOutcome::Duplicate => {}
        }
        Ok(true)
    }

    /// Compares the digest of a body with the one that is stored under the key.
    pub(super) fn compare(&self, key: &str, digest: &str) -> Result<StoreOutcome> {
        #[derive(Deserialize)]
        struct Stored {
            digest: String,
        }
        let stored: Option<Stored> = self.first("SELECT digest FROM events WHERE key = ?", vec![key.into()])?;
        Ok(match stored {
            // An event that is known only from a dead letter has no digest.
            Some(stored) if stored.digest == digest || stored.digest.is_empty() => StoreOutcome::Duplicate,
            Some(_) => StoreOutcome::Conflict,
            None => StoreOutcome::New,
        })
    }

    /// Lists events, newest first.
    pub(crate) fn list(&self, query: &EventQuery) -> Result<Vec<EventRecord>> {
        let (kind, prefix) = match query.kind.as_deref() {
            None => (None, None),
            Some(kind) => kind.strip_suffix('*').map_or((Some(kind), None), |prefix| (None, Some(prefix))),
        };
        self.run(
            "SELECT key, source, kind, state, accepted_at, sent_at, acted_at,
                    failures + lone_failures AS failures, problem, replay FROM events
             WHERE (?1 IS NULL OR source = ?1) AND (?2 IS NULL OR kind = ?2)
               AND (?3 IS NULL OR substr(kind, 1, length(?3)) = ?3) AND (?4 IS NULL OR state = ?4)
               AND (?5 IS NULL OR accepted_at >= ?5) AND (?6 IS NULL OR accepted_at < ?6)
               AND (?7 IS NULL OR (accepted_at, key) < (?7, ?8))
             ORDER BY accepted_at DESC, key DESC LIMIT ?9",
            vec![
                text_or_null(query.source.as_deref()),
                text_or_null(kind),
                text_or_null(prefix),
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

    /// Reads an event with its message and its history.
    pub(crate) fn show(&self, key: &str) -> Result<Option<EventDetails>> {
        #[derive(Deserialize)]
        struct Stored {
            message: Option<String>,
        }
        let record: Option<EventRecord> = self.first(
            "SELECT key, source, kind, state, accepted_at, sent_at, acted_at,
                    failures + lone_failures AS failures, problem, replay FROM events
             WHERE key = ?",
            vec![key.into()],
        )?;
        let Some(record) = record else { return Ok(None) };
        let stored: Option<Stored> = self.first("SELECT message FROM events WHERE key = ?", vec![key.into()])?;
        let history: Vec<HistoryEntry> = self
            .run("SELECT at, what, detail FROM history WHERE key = ? ORDER BY at, rowid", vec![key.into()])?
            .to_array()?;
        Ok(Some(EventDetails { record, message: stored.and_then(|stored| stored.message), history }))
    }

    /// Makes an event pending again. If the queue never accepted it, this is not a replay but its first sending.
    pub(crate) fn replay(&self, key: &str) -> Result<ReplayOutcome> {
        let Some(event) = self.show(key)? else { return Ok(ReplayOutcome::Unknown) };
        if event.message.is_none() {
            return Ok(ReplayOutcome::BodyDeleted);
        }
        self.run(
            "UPDATE events SET failures = 0, lone_failures = 0, retry_at = 0, problem = NULL, state = 'pending',
                 message = CASE WHEN state IN ('pending', 'parked') THEN message
                           ELSE json_set(message, '$.replay', replay + 1) END,
                 replay = CASE WHEN state IN ('pending', 'parked') THEN replay ELSE replay + 1 END
             WHERE key = ?",
            vec![key.into()],
        )?;
        self.add_history(key, "replayed", None)?;
        Ok(ReplayOutcome::Pending)
    }

    /// Counts what is waiting.
    pub(crate) fn count(&self) -> Result<Counts> {
        let counts: Option<Counts> = self.first(
            "SELECT (SELECT count(*) FROM events WHERE state = 'pending') AS pending,
                    (SELECT count(*) FROM events WHERE state = 'parked') AS parked,
                    (SELECT count(*) FROM dead_letters) AS dead,
                    (SELECT min(accepted_at) FROM events WHERE state = 'pending') AS oldest",
            Vec::new(),
        )?;
        Ok(counts.unwrap_or_default())
    }
}
