//! Sending what is pending. A row that the queue does not take never stands in the way of the others.

use std::mem::take;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use worker::{Delay, QueueContentType, RawMessageBuilder, Result};

use super::QUEUE;
use super::object::{Outbox, complain};
use super::store::Pending;
use crate::faults::reach;

/// A batch of a queue holds 100 messages and 256 000 bytes; some of that is the queue's own.
const BATCH_MESSAGES: i32 = 100;
const BATCH_BYTES: usize = 240_000;
/// How long a queue may take to answer: it takes milliseconds when it is well.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many batches are sent by one alarm: an invocation has its limits, and what is old wants to be forgotten too.
const MOST_BATCHES: u32 = 50;
/// How often a row is tried before it is parked, and the pause after its first failure, which doubles with each: two hours
/// and some. A queue that takes some and refuses others, whichever they are, is well again by then.
const TRIES: u32 = 14;
const ROW_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// After so many refusals in a row, with nothing taken, it is the queue that is not well and no row.
const REFUSALS_OF_A_QUEUE: usize = 3;

/// What is left after sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drained {
    /// Nothing.
    All,
    /// Rows that failed by themselves, or that are too many for one alarm; the first of them is due after this time.
    AllBut { next: Duration },
}

/// Why a batch was not sent.
enum Refusal {
    /// The queue said no. It may have been because of one row.
    Refused(worker::Error),
    /// No answer came: the queue may have the batch. It is sent again, and the consumer tells.
    Silent,
}

impl From<Refusal> for worker::Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Refused(error) => error,
            Refusal::Silent => format!("the queue did not answer within {} s", PATIENCE.as_secs()).into(),
        }
    }
}

impl Outbox {
    /// Sends what is pending, oldest first. An error means that the queue takes nothing now.
    pub(super) async fn drain(&self) -> Result<Drained> {
        for _ in 0..MOST_BATCHES {
            let pending = self.store.pending(BATCH_MESSAGES)?;
            if pending.is_empty() {
                break;
            }
            let batch = batch_of(pending);
            reach("K8", &self.env).await;
            match self.send(&batch).await {
                Ok(()) => {
                    reach("K9", &self.env).await;
                    self.store.sent(&batch)?;
                }
                Err(Refusal::Refused(_)) if batch.len() > 1 => self.send_one_by_one(batch).await?,
                Err(Refusal::Refused(error)) => self.await_company(&batch, &error.to_string())?,
                Err(Refusal::Silent) => return Err(Refusal::Silent.into()),
            }
        }
        Ok(self.store.next_retry()?.map_or(Drained::All, |next| Drained::AllBut { next }))
    }

    /// A row that was refused alone tells nothing about the queue. It waits, longer each time, and holds up nobody who
    /// comes meanwhile; in their company it will be found out whose fault it is.
    fn await_company(&self, alone: &[Pending], problem: &str) -> Result<()> {
        for row in alone {
            let pause = pause_after(row.failures).min(LONGEST_PAUSE);
            self.store.failed(row, problem, Some(pause))?;
            complain("queue_refused", &format!("{problem}; the next try is in {} s", pause.as_secs()));
        }
        Ok(())
    }

    /// Finds out whether the queue refuses everything or some rows only. Those that failed while others were taken are
    /// at fault themselves.
    async fn send_one_by_one(&self, rows: Vec<Pending>) -> Result<()> {
        let mut failed = Vec::new();
        let mut is_well = false;
        for row in rows {
            let row = [row];
            match self.send(&row).await {
                Ok(()) => {
                    is_well = true;
                    self.store.sent(&row)?;
                }
                Err(Refusal::Refused(error)) => {
                    failed.extend(row.map(|row| (row, error.to_string())));
                    if !is_well && failed.len() >= REFUSALS_OF_A_QUEUE {
                        break;
                    }
                }
                Err(Refusal::Silent) => return Err(Refusal::Silent.into()),
            }
        }
        if !is_well {
            let (rows, problems): (Vec<Pending>, Vec<String>) = take(&mut failed).into_iter().unzip();
            self.give_way(&rows)?;
            return Err(problems.into_iter().next().unwrap_or_default().into());
        }
        for (row, problem) in failed {
            self.blame(&row, &problem)?;
        }
        Ok(())
    }

    /// The queue took others and not this one: it is tried again later, and parked at last.
    fn blame(&self, row: &Pending, problem: &str) -> Result<()> {
        let failures = row.failures.saturating_add(1);
        let again = (failures < TRIES).then(|| pause_after(row.failures));
        self.store.failed(row, problem, again)?;
        if again.is_none() {
            complain("parked", &format!("{}: {problem}", row.key));
        }
        Ok(())
    }

    /// Lets others go first next time, in case these are at fault after all.
    fn give_way(&self, rows: &[Pending]) -> Result<()> {
        rows.iter().take(REFUSALS_OF_A_QUEUE).try_for_each(|row| self.store.behind_others(row, ROW_PAUSE))
    }

    async fn send(&self, rows: &[Pending]) -> std::result::Result<(), Refusal> {
        let mut messages = Vec::with_capacity(rows.len());
        for row in rows {
            let message = js_sys::JSON::parse(&row.message).map_err(|error| Refusal::Refused(error.into()))?;
            messages.push(RawMessageBuilder::new(message).build_with_content_type(QueueContentType::Json));
        }
        let queue = self.env.queue(QUEUE).map_err(Refusal::Refused)?;
        let sending = pin!(queue.send_raw_batch(messages));
        match select(sending, Delay::from(PATIENCE)).await {
            Either::Left((sent, _)) => sent.map_err(Refusal::Refused),
            Either::Right(_) => Err(Refusal::Silent),
        }
    }
}

/// Twice as long each time.
fn pause_after(failures: u32) -> Duration {
    ROW_PAUSE.saturating_mul(1_u32.checked_shl(failures.min(16)).unwrap_or(u32::MAX))
}

/// As many of these as fit into one batch, and at least one.
fn batch_of(pending: Vec<Pending>) -> Vec<Pending> {
    let mut bytes = 0_usize;
    let fits = |row: &Pending| {
        let is_first = bytes == 0;
        bytes = bytes.saturating_add(row.message.len());
        is_first || bytes <= BATCH_BYTES
    };
    pending.into_iter().take_while(fits).collect()
}
