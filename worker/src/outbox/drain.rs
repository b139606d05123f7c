//! Sends pending rows to the queue. It takes the rows of a store and leaves each of them sent, due again later, or parked.
//!
//! The oldest rows go first, in batches. If the queue rejects a batch, the rows are sent one by one to find the cause:
//!
//! - Some rows are accepted. Those that are rejected have a problem of their own. Each is sent again after a pause that
//!   doubles, and is parked for an operator after [`MAX_ROW_FAILURES`] such failures.
//! - The first [`REJECTIONS_THAT_BLAME_QUEUE`] rows are rejected and none is accepted. The queue has a problem and no row
//!   is blamed. These rows move behind the others, in case they are the cause after all.
//! - A row was the only one in its batch. Its rejection may be the row's fault or the queue's, so it waits and other rows
//!   pass it. Such rejections are counted apart and never park a row: each row that is alone during an outage has many.
//!
//! If the queue does not answer, it may have accepted the batch. The whole batch is sent again later, and the consumer
//! detects the duplicates.

use std::time::Duration;

use worker::{Env, Result};

use super::log::log_row_error;
use super::store::{PendingRow, Store};
use crate::event_queue::{SendError, send_batch};
use crate::faults::{CrashPoint, pause_at};
use crate::limits::{
    MAX_BATCH_BYTES, MAX_BATCH_MESSAGES, MAX_BATCHES_PER_ALARM, MAX_LONE_ROW_PAUSE, MAX_ROW_FAILURES, MAX_ROW_PAUSE,
    MIN_ROW_PAUSE, REJECTIONS_THAT_BLAME_QUEUE,
};

/// The rows that remain after sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drained {
    /// None remain.
    All,
    /// Rows that failed, or that were too many for one alarm. The first of them is due after this time.
    AllBut { next: Duration },
}

/// Sends pending rows, oldest first.
///
/// # Errors
///
/// The queue's error, if the queue accepts nothing at the moment.
pub(super) async fn drain(store: &Store, env: &Env) -> Result<Drained> {
    store.bring_forward()?;
    for _ in 0..MAX_BATCHES_PER_ALARM {
        let pending = store.pending(MAX_BATCH_MESSAGES)?;
        if pending.is_empty() {
            break;
        }
        let batch = fit_batch(pending);
        pause_at(CrashPoint::BeforeBatchSent, env).await;
        match send(env, &batch).await {
            Ok(()) => {
                pause_at(CrashPoint::AfterBatchSent, env).await;
                store.mark_sent(&batch)?;
            }
            Err(SendError::Rejected(_)) if batch.len() > 1 => send_one_by_one(store, env, batch).await?,
            Err(SendError::Rejected(error)) => postpone(store, &batch, &error.to_string())?,
            Err(error @ SendError::NoAnswer(_)) => return Err(error.into()),
        }
    }
    Ok(store.time_to_next_retry()?.map_or(Drained::All, |next| Drained::AllBut { next }))
}

/// Postpones a row that was rejected as the only one of its batch.
fn postpone(store: &Store, batch: &[PendingRow], problem: &str) -> Result<()> {
    for row in batch {
        let pause = pause_after(row.lone_failures).min(MAX_LONE_ROW_PAUSE);
        store.mark_failed_alone(row, problem, pause)?;
        let message = format!("{problem}; the next attempt is in {} s", pause.as_secs());
        log_row_error("queue_refused", &message, row);
    }
    Ok(())
}

/// Finds out whether the queue rejects everything or only some rows.
async fn send_one_by_one(store: &Store, env: &Env, rows: Vec<PendingRow>) -> Result<()> {
    let mut failed = Vec::new();
    let mut queue_works = false;
    for row in rows {
        let batch = [row];
        match send(env, &batch).await {
            Ok(()) => {
                queue_works = true;
                store.mark_sent(&batch)?;
            }
            Err(SendError::Rejected(error)) => {
                failed.extend(batch.map(|row| (row, error.to_string())));
                if !queue_works && failed.len() >= REJECTIONS_THAT_BLAME_QUEUE {
                    break;
                }
            }
            Err(error @ SendError::NoAnswer(_)) => return Err(error.into()),
        }
    }
    if !queue_works {
        for (row, _) in failed.iter().take(REJECTIONS_THAT_BLAME_QUEUE) {
            store.move_behind_others(row, MIN_ROW_PAUSE)?;
        }
        return Err(failed.into_iter().next().map(|(_, problem)| problem).unwrap_or_default().into());
    }
    for (row, problem) in failed {
        record_failure(store, &row, &problem)?;
    }
    Ok(())
}

/// Records the failure of a row that the queue rejected although it accepted others.
fn record_failure(store: &Store, row: &PendingRow, problem: &str) -> Result<()> {
    let failures = row.failures.saturating_add(1);
    let pause = (failures < MAX_ROW_FAILURES).then(|| pause_after(row.failures));
    store.mark_failed(row, problem, pause)?;
    if pause.is_none() {
        log_row_error("parked", problem, row);
    }
    Ok(())
}

async fn send(env: &Env, rows: &[PendingRow]) -> std::result::Result<(), SendError> {
    send_batch(env, rows.iter().map(|row| row.message.as_str())).await
}

/// The pause after a row has failed: it doubles with each failure.
fn pause_after(failures: u32) -> Duration {
    MIN_ROW_PAUSE.saturating_mul(1_u32.checked_shl(failures.min(16)).unwrap_or(u32::MAX)).min(MAX_ROW_PAUSE)
}

/// The first rows that fit into one batch, and at least one row.
fn fit_batch(pending: Vec<PendingRow>) -> Vec<PendingRow> {
    let mut bytes = 0_usize;
    let fits = |row: &PendingRow| {
        let is_first = bytes == 0;
        bytes = bytes.saturating_add(row.message.len());
        is_first || bytes <= MAX_BATCH_BYTES
    };
    pending.into_iter().take_while(fits).collect()
}
