//! Dead letters: storing, listing, redriving and discarding them.

use serde::Deserialize;
use worker::Result;

use super::tables::{Named, Store, now, number_or_null, text_or_null};
use crate::effect::Effect;
use crate::outbox::protocol::{DeadLetter, Position, StoreOutcome};

impl Store {
    /// Stores a dead letter, unless it is stored already. Returns false if it need not be stored: the consumer acted on its
    /// event before, and would act again if the letter were redriven after the outbox has forgotten that.
    pub(crate) fn store_dead_letter(&self, letter: &DeadLetter) -> Result<bool> {
        let key = letter.effect.as_ref().map(|effect| effect.key.as_str());
        let replay = i64::from(letter.effect.as_ref().map_or(0, |effect| effect.replay));
        let id = letter.id.as_str();
        let digest = letter.digest.as_deref();
        if let Some(effect) = &letter.effect
            && self.is_done(&effect.idempotency_key())?
        {
            self.add_history(&effect.key, "dead_copy", Some(id))?;
            return Ok(false);
        }
        self.run(
            "INSERT OR IGNORE INTO dead_letters (id, key, replay, message, at, digest) VALUES (?, ?, ?, ?, ?, ?)",
            vec![
                id.into(),
                text_or_null(key),
                replay.into(),
                letter.message.as_str().into(),
                letter.at.into(),
                text_or_null(digest),
            ],
        )?;
        // Its body in R2 is kept as long as the letter.
        self.run(
            "INSERT INTO objects (name) SELECT ?1 ->> '$.dataref' WHERE ?1 ->> '$.dataref' IS NOT NULL
             ON CONFLICT DO UPDATE SET delete_at = NULL",
            vec![letter.message.as_str().into()],
        )?;
        let Some(key) = key else { return Ok(true) };
        if digest.map_or(Ok(StoreOutcome::Duplicate), |digest| self.compare(key, digest))? == StoreOutcome::Conflict {
            // It bypassed the outbox. The event with another body, which the outbox has, is not affected.
            self.add_history(key, "conflict", Some(id))?;
        } else {
            // An event that was acted on after all stays `acted`.
            self.run(
                "UPDATE events SET state = 'dead' WHERE key = ? AND replay = ? AND state IN ('pending', 'queued')",
                vec![key.into(), replay.into()],
            )?;
            self.add_history(key, "dead", Some(id))?;
        }
        Ok(true)
    }

    /// Lists dead letters, newest first.
    pub(crate) fn dead_letters(&self, before: Option<&Position>, limit: u32) -> Result<Vec<DeadLetter>> {
        let rows: Vec<LetterRow> = self
            .run(
                "SELECT id, key, replay, message, at, digest FROM dead_letters WHERE ?1 IS NULL OR (at, id) < (?1, ?2)
                 ORDER BY at DESC, id DESC LIMIT ?3",
                vec![
                    number_or_null(before.map(|position| position.at)),
                    text_or_null(before.map(|position| position.name.as_str())),
                    i64::from(limit).into(),
                ],
            )?
            .to_array()?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Makes the event of a dead letter pending, or discards the letter if the event was acted on. Returns whether the letter
    /// exists. One transaction moves it, so that it is always in one of the two tables.
    pub(crate) fn redrive(&self, id: &str) -> Result<bool> {
        let row: Option<LetterRow> =
            self.first("SELECT id, key, replay, message, at, digest FROM dead_letters WHERE id = ?", vec![id.into()])?;
        let Some(letter) = row else { return Ok(false) };
        if self.is_letter_done(&letter)? {
            // The consumer would only acknowledge it now, and would act again once the outbox has forgotten the event.
            return self.discard(id);
        }
        // A message that cannot be read is sent unchanged, under a key of its own. One that bypassed the outbox loses its mark:
        // this time the outbox sends it.
        let key = letter.key.unwrap_or_else(|| format!("dead letter {id}"));
        self.run(
            "INSERT INTO events (key, digest, message, accepted_at, source, kind, replay)
             VALUES (?1, coalesce(?5, ''), iif(?2 ->> '$.dedupe' IS NULL, ?2, json_remove(?2, '$.dedupe')), ?3,
                     substr(?2 ->> '$.source', 5), ?2 ->> '$.type', ?4)
             ON CONFLICT DO UPDATE SET message = excluded.message, digest = coalesce(?5, digest),
                 kind = excluded.kind, replay = excluded.replay, state = 'pending', failures = 0, lone_failures = 0, retry_at = 0, problem = NULL
             WHERE state <> 'acted' AND replay <= excluded.replay",
            vec![
                key.as_str().into(),
                letter.message.into(),
                now().into(),
                i64::from(letter.replay).into(),
                text_or_null(letter.digest.as_deref()),
            ],
        )?;
        self.keep_body_of(&key)?;
        self.run("DELETE FROM dead_letters WHERE id = ?", vec![id.into()])?;
        self.add_history(&key, "redriven", Some(id))?;
        Ok(true)
    }

    /// Whether the consumer acted on the event of a letter.
    fn is_letter_done(&self, letter: &LetterRow) -> Result<bool> {
        let effect = letter.key.clone().map(|key| Effect { key, replay: letter.replay, object: None });
        effect.map_or(Ok(false), |effect| self.is_done(&effect.idempotency_key()))
    }

    /// Redrives the dead letters of one source, or of all. Returns their number.
    pub(crate) fn redrive_all(&self, source: Option<&str>) -> Result<u64> {
        let letters: Vec<Named> = self
            .run(
                "SELECT id AS name FROM dead_letters WHERE ?1 IS NULL OR message ->> '$.source' = '/in/' || ?1",
                vec![text_or_null(source)],
            )?
            .to_array()?;
        letters.iter().try_for_each(|letter| self.redrive(&letter.name).map(drop))?;
        Ok(u64::try_from(letters.len()).unwrap_or(u64::MAX))
    }

    /// Discards the dead letters of events that the consumer acted on after all, given as a JSON list of idempotency keys.
    pub(super) fn discard_letters_of(&self, names: &str) -> Result<()> {
        let letters: Vec<Named> = self
            .run(
                "SELECT id AS name FROM dead_letters
                 WHERE iif(replay = 0, key, 'replay ' || replay || ' ' || key) IN (SELECT value FROM json_each(?))",
                vec![names.into()],
            )?
            .to_array()?;
        letters.iter().try_for_each(|letter| self.discard(&letter.name).map(drop))
    }

    /// Deletes a dead letter. Returns whether it existed.
    pub(crate) fn discard(&self, id: &str) -> Result<bool> {
        // If the outbox has the event with this body, both are purged together. If not, nothing else needs the body.
        self.run(
            "UPDATE objects SET delete_at = ?1 WHERE name = (
                SELECT message ->> '$.dataref' FROM dead_letters WHERE id = ?2 AND NOT EXISTS (
                    SELECT 1 FROM events WHERE events.key = dead_letters.key
                        AND events.message ->> '$.dataref' IS dead_letters.message ->> '$.dataref'
                )
             )",
            vec![now().into(), id.into()],
        )?;
        self.run(
            "UPDATE events SET state = 'discarded' WHERE state = 'dead'
               AND key = (SELECT key FROM dead_letters WHERE id = ?1)
               AND digest IN ('', (SELECT coalesce(digest, events.digest) FROM dead_letters WHERE id = ?1))",
            vec![id.into()],
        )?;
        let deleted: Vec<Named> =
            self.run("DELETE FROM dead_letters WHERE id = ? RETURNING id AS name", vec![id.into()])?.to_array()?;
        Ok(!deleted.is_empty())
    }
}

/// A row of the table `dead_letters`.
#[derive(Deserialize)]
struct LetterRow {
    id: String,
    key: Option<String>,
    replay: u32,
    message: String,
    at: i64,
    digest: Option<String>,
}

impl From<LetterRow> for DeadLetter {
    fn from(row: LetterRow) -> Self {
        let effect = row.key.map(|key| Effect { key, replay: row.replay, object: None });
        Self { id: row.id, effect, digest: row.digest, message: row.message, at: row.at }
    }
}
