//! Purges old rows: bodies first, then keys. Events that are pending, parked or dead are never purged.

use std::time::Duration;

use worker::Result;

use super::tables::{Named, Store, millis, now};
use crate::limits::MAX_PURGED_ROWS;

impl Store {
    /// Purges a limited number of rows. Bodies are kept for `replay_window` and keys for `retention` after their event was
    /// sent. Returns whether no old rows remain.
    pub(crate) fn purge(&self, retention: Duration, replay_window: Duration) -> Result<bool> {
        let keys_before = now().saturating_sub(millis(retention));
        let bodies_before = now().saturating_sub(millis(replay_window));
        // A queued event may still be on the queue and need its body in R2.
        let bodies = self.purge_rows(
            "SELECT key AS name FROM events INDEXED BY events_kept
             WHERE message IS NOT NULL AND sent_at < ?1
               AND (state IN ('acted', 'discarded') OR state = 'queued' AND message ->> '$.dataref' IS NULL)
             ORDER BY sent_at LIMIT ?2",
            bodies_before,
            &["UPDATE events SET message = NULL WHERE key IN (SELECT value FROM json_each(?))"],
        )?;
        let keys = self.purge_rows(
            "SELECT key AS name FROM events WHERE sent_at < ?1 AND state IN ('queued', 'acted', 'discarded')
             ORDER BY sent_at LIMIT ?2",
            keys_before,
            &[
                "DELETE FROM history WHERE key IN (SELECT value FROM json_each(?))",
                "DELETE FROM events WHERE key IN (SELECT value FROM json_each(?))",
            ],
        )?;
        let done = self.purge_done(keys_before)?;
        self.run("DELETE FROM turns WHERE until < ?", vec![keys_before.into()])?;
        self.purge_handed_over()?;
        Ok([bodies, keys, done].into_iter().all(|rows| rows < MAX_PURGED_ROWS))
    }

    /// Forgets which events the consumer acted on before this time. The dead letters of these events are discarded first:
    /// nothing would stop the consumer from acting again if one were redriven. Returns the number of rows.
    fn purge_done(&self, before: i64) -> Result<i64> {
        let select = "SELECT key AS name FROM done WHERE done_at < ?1 ORDER BY done_at LIMIT ?2";
        let names: Vec<Named> = self.run(select, vec![before.into(), MAX_PURGED_ROWS.into()])?.to_array()?;
        if names.is_empty() {
            return Ok(0);
        }
        let list: Vec<&str> = names.iter().map(|row| row.name.as_str()).collect();
        let list = serde_json::to_string(&list)?;
        self.discard_letters_of(&list)?;
        self.run("DELETE FROM done WHERE key IN (SELECT value FROM json_each(?))", vec![list.into()])?;
        Ok(i64::try_from(names.len()).unwrap_or(MAX_PURGED_ROWS))
    }

    /// Purges the rows that the query `select` finds: marks their bodies in R2 for deletion and runs the statements
    /// `purge` with the list of their keys. Returns the number of rows.
    fn purge_rows(&self, select: &str, before: i64, purge: &[&str]) -> Result<i64> {
        let rows: Vec<Named> = self.run(select, vec![before.into(), MAX_PURGED_ROWS.into()])?.to_array()?;
        if rows.is_empty() {
            return Ok(0);
        }
        let keys: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        let keys = serde_json::to_string(&keys)?;
        self.run(
            "UPDATE objects SET delete_at = ? WHERE name IN (
                SELECT message ->> '$.dataref' FROM events WHERE key IN (SELECT value FROM json_each(?))
            )",
            vec![now().into(), keys.as_str().into()],
        )?;
        for statement in purge {
            self.run(statement, vec![keys.as_str().into()])?;
        }
        Ok(i64::try_from(rows.len()).unwrap_or(MAX_PURGED_ROWS))
    }
}
