//! Pending rows: which to send next, and what happened to those that were sent.

use std::time::Duration;

use serde::Deserialize;
use worker::Result;

use super::tables::{Store, millis, now};
use crate::limits::{MAX_LONE_ROW_PAUSE, MAX_ROW_PAUSE};

/// A row that is to be sent to the queue.
#[derive(Debug, Deserialize)]
pub(crate) struct PendingRow {
    pub(crate) key: String,
    /// The queue message as JSON.
    pub(crate) message: String,
    pub(crate) replay: u32,
    /// The number of times that the queue rejected it and accepted others of its batch.
    pub(crate) failures: u32,
    /// The number of times that the queue rejected it while it was the only one in its batch.
    pub(crate) lone_failures: u32,
}

impl Store {
    /// The rows that are due, ordered by when they are due and then by age.
    pub(crate) fn pending(&self, limit: i32) -> Result<Vec<PendingRow>> {
        self.run(
            "SELECT key, message, replay, failures, lone_failures FROM events
             WHERE state = 'pending' AND retry_at <= ? ORDER BY retry_at, accepted_at LIMIT ?",
            vec![now().into(), limit.into()],
        )?
        .to_array()
    }

    /// Makes pending rows due whose time is further ahead than any pause: the clock was set back after it was written. Such
    /// a row counts as accepted now, so that its age is not taken for zero until the clock has caught up.
    pub(crate) fn bring_forward(&self) -> Result<()> {
        let now = now();
        let latest = now.saturating_add(millis(MAX_LONE_ROW_PAUSE));
        self.run(
            "UPDATE events SET retry_at = ?1
             WHERE state = 'pending' AND retry_at > ?2 AND (failures = 0 OR retry_at > ?3)",
            vec![now.into(), latest.into(), now.saturating_add(millis(MAX_ROW_PAUSE)).into()],
        )?;
        self.run(
            "UPDATE events SET accepted_at = ?1 WHERE state = 'pending' AND accepted_at > ?2",
            vec![now.into(), latest.into()],
        )?;
        Ok(())
    }

    /// The time until the next pending row is due; `None` without pending rows.
    pub(crate) fn time_to_next_retry(&self) -> Result<Option<Duration>> {
        #[derive(Deserialize)]
        struct Next {
            at: Option<i64>,
        }
        let next: Option<Next> =
            self.first("SELECT min(retry_at) AS at FROM events WHERE state = 'pending'", Vec::new())?;
        let at = next.and_then(|next| next.at);
        Ok(at.map(|at| Duration::from_millis(u64::try_from(at.saturating_sub(now())).unwrap_or(0))))
    }

    /// Records that the queue accepted these rows. A row that an operator replayed in the meantime stays pending.
    pub(crate) fn mark_sent(&self, rows: &[PendingRow]) -> Result<()> {
        let rows: Vec<(&str, u32)> = rows.iter().map(|row| (row.key.as_str(), row.replay)).collect();
        self.run(
            "UPDATE events SET state = 'queued', sent_at = ?, problem = NULL, failures = 0, lone_failures = 0
             WHERE state = 'pending' AND (key, replay) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))",
            vec![now().into(), serde_json::to_string(&rows)?.into()],
        )?;
        Ok(())
    }

    /// Records that a row failed although the queue accepted others of its batch. It is due again after the pause, or parked
    /// if there is none.
    pub(crate) fn mark_failed(&self, row: &PendingRow, problem: &str, pause: Option<Duration>) -> Result<()> {
        let state = if pause.is_some() { "pending" } else { "parked" };
        let retry_at = now().saturating_add(pause.map_or(0, millis));
        self.run(
            "UPDATE events SET state = ?, failures = failures + 1, retry_at = ?, problem = ?
             WHERE key = ? AND replay = ? AND state = 'pending'",
            vec![state.into(), retry_at.into(), problem.into(), row.key.as_str().into(), i64::from(row.replay).into()],
        )?;
        if pause.is_none() {
            self.add_history(&row.key, "parked", Some(problem))?;
        }
        Ok(())
    }

    /// Records that a row failed as the only one of its batch. It is due again after the pause.
    pub(crate) fn mark_failed_alone(&self, row: &PendingRow, problem: &str, pause: Duration) -> Result<()> {
        let retry_at = now().saturating_add(millis(pause));
        self.run(
            "UPDATE events SET lone_failures = lone_failures + 1, retry_at = ?, problem = ?
             WHERE key = ? AND replay = ? AND state = 'pending'",
            vec![retry_at.into(), problem.into(), row.key.as_str().into(), i64::from(row.replay).into()],
        )?;
        Ok(())
    }

    /// Moves a row behind the others without recording a failure.
    pub(crate) fn move_behind_others(&self, row: &PendingRow, pause: Duration) -> Result<()> {
        let retry_at = now().saturating_add(millis(pause));
        self.run(
            "UPDATE events SET retry_at = ? WHERE key = ? AND state = 'pending'",
            vec![retry_at.into(), row.key.as_str().into()],
        )?;
        Ok(())
    }
}
