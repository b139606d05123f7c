//! One object of the outbox: it answers what the Worker asks, and sends when its alarm goes off.

use std::cell::Cell;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use serde_json::Value;
use worker::{Delay, DurableObject, Env, Request, Response, Result, State, durable_object};

use super::Ask;
use super::drain::Drained;
use super::store::Store;
use crate::faults::reach;
use crate::log::{Level, Line, cut};
use crate::{bodies, clock, is_successor, settings};

/// How long an event waits for others before it is sent. An alarm costs as much as storing an event, so events share it; a
/// queue's consumer waits longer than this for a batch.
const SOON: Duration = Duration::from_millis(100);
/// How long a question may wait for the queue, where no alarm may go off: the Worker does not wait long for its answer.
const BRIEFLY: Duration = Duration::from_millis(500);
/// How often an idle object looks for what can be forgotten.
const IDLE: Duration = Duration::from_hours(1);
/// The pause between two rounds of forgetting, while there is more to forget.
const PURGING: Duration = Duration::from_secs(1);
/// How often a busy object looks.
const PURGE_AGAIN_MILLIS: u64 = 60_000;
/// How late an alarm may be before it is set again.
const OVERDUE_MILLIS: u64 = 60_000;
/// The first and the longest pause after a queue has refused.
const FIRST_PAUSE_SECONDS: u64 = 1;
const LONGEST_PAUSE_SECONDS: u64 = 60;

/// One object of the outbox.
#[durable_object]
#[derive(Debug)]
pub struct Outbox {
    state: State,
    pub(super) env: Env,
    pub(super) store: Store,
    /// When the alarm will go off, as far as this instance knows.
    alarm_at: Cell<Option<u64>>,
    /// How often in a row the queue has refused.
    refusals: Cell<u32>,
    /// Whether the alarm is at work. It sets itself anew when it ends.
    is_draining: Cell<bool>,
    /// When to look again for what can be forgotten.
    purge_at: Cell<u64>,
    /// Whether an alarm may be stuck, so that none goes off: see [`is_successor`]. What is pending is sent with each
    /// question then, until an alarm has gone off.
    may_be_stuck: Cell<bool>,
}

impl DurableObject for Outbox {
    fn new(state: State, env: Env) -> Self {
        let store = Store::open(state.storage().sql());
        Self {
            state,
            env,
            store,
            alarm_at: Cell::new(None),
            refusals: Cell::new(0),
            is_draining: Cell::new(false),
            purge_at: Cell::new(0),
            may_be_stuck: Cell::new(is_successor()),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let answer = self.answer(request.json().await?).await?;
        if self.may_be_stuck.get() {
            // Cut off in the middle it may leave a copy on the queue, which the consumer tells.
            match select(pin!(self.drain()), Delay::from(BRIEFLY)).await {
                Either::Left((Err(error), _)) => complain("queue_refused", &error.to_string()),
                Either::Left((Ok(_), _)) | Either::Right(_) => {}
            }
        }
        Response::from_json(&answer)
    }

    async fn alarm(&self) -> Result<Response> {
        self.alarm_at.set(None);
        self.may_be_stuck.set(false);
        self.is_draining.set(true);
        let drained = self.drain().await;
        self.is_draining.set(false);
        let next = match drained {
            Ok(drained) => {
                self.refusals.set(0);
                let purged = self.purge().await.unwrap_or_else(|error| {
                    // More is kept than needs to be then, which harms nobody.
                    complain("purge_failed", &error.to_string());
                    IDLE
                });
                match drained {
                    Drained::All => purged,
                    Drained::AllBut { next } => purged.min(next),
                }
            }
            Err(error) => {
                let pause = self.pause();
                complain("queue_refused", &format!("{error}; the next try is in {} s", pause.as_secs()));
                pause
            }
        };
        // An event that was stored meanwhile has set an earlier alarm.
        if self.alarm_at.get().is_none() {
            self.set_alarm(next).await?;
        }
        Response::empty()
    }
}

impl Outbox {
    async fn answer(&self, ask: Ask) -> Result<Value> {
        let answer = match ask {
            Ask::Accept { key, digest, message } => {
                let outcome = self.store.accept(&key, &digest, &message)?;
                // Nothing is awaited between the row and the alarm, so both are one transaction. A copy sets the alarm
                // too, should that have failed when the event was stored.
                self.wake().await?;
                reach("K5", &self.env).await;
                serde_json::to_value(outcome)?
            }
            Ask::Reserve { object } => {
                let is_free = self.store.reserve(&object)?;
                self.wake().await?;
                is_free.into()
            }
            Ask::Begin { effect, caller } => serde_json::to_value(self.store.begin(&effect, &caller)?)?,
            Ask::Finish(effect) => serde_json::to_value(self.store.finish(&effect)?)?,
            Ask::Abandon(effect) => serde_json::to_value(self.store.abandon(&effect)?)?,
            Ask::Bury(letter) => serde_json::to_value(self.store.bury(&letter)?)?,
            Ask::List(query) => serde_json::to_value(self.store.list(&query)?)?,
            Ask::Show { key } => serde_json::to_value(self.store.show(&key)?)?,
            Ask::Replay { key } => {
                let replayed = self.store.replay(&key)?;
                self.wake().await?;
                serde_json::to_value(replayed)?
            }
            Ask::ListDead { before, limit } => serde_json::to_value(self.store.dead_letters(before.as_ref(), limit)?)?,
            Ask::Redrive { id } => {
                let is_there = self.store.redrive(&id)?;
                self.wake().await?;
                is_there.into()
            }
            Ask::RedriveAll { source } => {
                let redriven = self.store.redrive_all(source.as_deref())?;
                self.wake().await?;
                redriven.into()
            }
            Ask::Discard { id } => self.store.discard(&id)?.into(),
            Ask::Count => serde_json::to_value(self.store.count()?)?,
        };
        Ok(answer)
    }

    /// Has the alarm go off soon. While the queue refuses, one that is set or at work comes when it is time.
    async fn wake(&self) -> Result<()> {
        let will_come = self.alarm_at.get().is_some() || self.is_draining.get();
        if self.refusals.get() > 0 && will_come { Ok(()) } else { self.set_alarm(SOON).await }
    }

    /// Sets the alarm, unless it goes off earlier anyway.
    async fn set_alarm(&self, after: Duration) -> Result<()> {
        let now = clock::now_millis();
        let at = now.saturating_add(u64::try_from(after.as_millis()).unwrap_or(u64::MAX));
        // An alarm that should have gone off long ago is not waited for.
        let is_due = |earlier: u64| earlier <= at && earlier >= now.saturating_sub(OVERDUE_MILLIS);
        if self.alarm_at.get().is_some_and(is_due) {
            return Ok(());
        }
        self.alarm_at.set(Some(at));
        let set = self.state.storage().set_alarm(after).await;
        if set.is_err() {
            self.alarm_at.set(None);
        }
        set
    }

    /// Forgets what is no longer needed, a bounded number of rows, and says when to go on. An object that is busy does not
    /// look each time.
    async fn purge(&self) -> Result<Duration> {
        let now = clock::now_millis();
        if now < self.purge_at.get() {
            return Ok(IDLE);
        }
        let settings = settings::load(&self.env)?;
        let is_done = self.store.purge(settings.retention(), settings.replay_window())?;
        let objects = self.store.objects_to_delete()?;
        if !objects.is_empty() {
            bodies::delete(&self.env, objects.clone()).await?;
            self.store.objects_deleted(&objects)?;
        }
        if is_done {
            self.purge_at.set(now.saturating_add(PURGE_AGAIN_MILLIS));
        }
        Ok(if is_done { IDLE } else { PURGING })
    }

    /// How long to wait after another refusal: twice as long each time, up to a bound, and not quite like the others.
    fn pause(&self) -> Duration {
        let refusals = self.refusals.get();
        self.refusals.set(refusals.saturating_add(1));
        let seconds = FIRST_PAUSE_SECONDS.checked_shl(refusals.min(16)).unwrap_or(LONGEST_PAUSE_SECONDS);
        let pause = Duration::from_secs(seconds.min(LONGEST_PAUSE_SECONDS));
        // Objects that were refused together should not all come back together.
        pause.saturating_add(pause.mul_f64(js_sys::Math::random() / 4.0))
    }
}

/// Writes a line about what went wrong in an object.
pub(super) fn complain(outcome: &'static str, message: &str) {
    Line { at: "outbox", outcome, message: Some(cut(message)), ..Line::default() }.write(Level::Error);
}
