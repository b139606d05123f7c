//! The record of the bodies in R2: which of them an event needs, and when the others are to be deleted.

use worker::Result;

use super::tables::{Named, Store, millis, now};
use crate::limits::{BODY_RESERVATION, MAX_PURGED_ROWS};

/// The value of `delete_at` while an object is being deleted. An event cannot claim the object any more.
const BEING_DELETED: i64 = 0;

impl Store {
    /// Records a body that is about to be stored. Returns false if an object of this name is being deleted.
    pub(crate) fn reserve_body(&self, object: &str) -> Result<bool> {
        let until = now().saturating_add(millis(BODY_RESERVATION));
        self.run(
            "INSERT INTO objects (name, delete_at) VALUES (?, ?)
             ON CONFLICT DO UPDATE SET delete_at = excluded.delete_at WHERE delete_at > ?",
            vec![object.into(), until.into(), BEING_DELETED.into()],
        )?;
        let being_deleted = "SELECT name FROM objects WHERE name = ? AND delete_at = ?";
        Ok(self.first::<Named>(being_deleted, vec![object.into(), BEING_DELETED.into()])?.is_none())
    }

    /// Keeps the body that the event with this key needs.
    pub(super) fn keep_body_of(&self, key: &str) -> Result<()> {
        self.run(
            "INSERT INTO objects (name) SELECT message ->> '$.dataref' FROM events
             WHERE key = ? AND message ->> '$.dataref' IS NOT NULL
             ON CONFLICT DO UPDATE SET delete_at = NULL",
            vec![key.into()],
        )?;
        Ok(())
    }

    /// Records a body that the outbox may not know, because its event went to the queue directly.
    pub(super) fn record_body(&self, object: &str) -> Result<()> {
        let until = now().saturating_add(millis(BODY_RESERVATION));
        self.run(
            "INSERT INTO objects (name, delete_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
            vec![object.into(), until.into()],
        )?;
        Ok(())
    }

    /// The bodies that no event needs, by name. From now on no event can claim them.
    pub(crate) fn take_unneeded_bodies(&self) -> Result<Vec<String>> {
        let due: Vec<Named> = self
            .run(
                "UPDATE objects SET delete_at = ? WHERE name IN (
                    SELECT name FROM objects WHERE delete_at <= ? LIMIT ?
                 ) RETURNING name",
                vec![BEING_DELETED.into(), now().into(), MAX_PURGED_ROWS.into()],
            )?
            .to_array()?;
        Ok(due.into_iter().map(|row| row.name).collect())
    }

    /// Records that R2 has deleted these bodies.
    pub(crate) fn mark_bodies_deleted(&self, objects: &[String]) -> Result<()> {
        self.run(
            "DELETE FROM objects WHERE delete_at = ? AND name IN (SELECT value FROM json_each(?))",
            vec![BEING_DELETED.into(), serde_json::to_string(objects)?.into()],
        )?;
        Ok(())
    }
}
