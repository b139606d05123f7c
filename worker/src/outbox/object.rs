//! One object of the outbox: answers the Worker's requests, and sends pending events when its alarm fires.

use std::cell::Cell;
use std::pin::pin;
use std::time::Duration;

use serde_json::Value;
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

use super::drain::{Drained, drain};
use super::log::log_error;
use super::protocol::{Lease, OutboxRequest};
use super::store::Store;
use crate::faults::{CrashPoint, pause_at};
use crate::limits::{
    BUSY_PURGE_INTERVAL_MILLIS, IDLE_PURGE_INTERVAL, MAX_ALARM_DELAY_MILLIS, MAX_QUEUE_PAUSE, MAX_SEND_DURING_REQUEST,
    MIN_QUEUE_PAUSE, PURGE_PAUSE, SEND_DELAY,
};
use crate::platform::timeout::within;
use crate::platform::{clock, instance};
use crate::{bucket, settings};

/// One object of the outbox.
#[durable_object]
#[derive(Debug)]
pub struct Outbox {
    state: State,
    env: Env,
    store: Store,
    /// When the alarm fires, as far as this instance knows.
    alarm_at: Cell<Option<u64>>,
    /// The number of successive times that the queue rejected everything.
    rejections: Cell<u32>,
    /// Whether the alarm is running. It sets the next alarm when it ends.
    is_draining: Cell<bool>,
    /// When to look again for rows to purge.
    purge_at: Cell<u64>,
    /// Whether an alarm may be stuck so that none fires: see [`instance::replaces_trapped_instance`]. Each request then
    /// sends pending events too, until an alarm has fired.
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
            rejections: Cell::new(0),
            is_draining: Cell::new(false),
            purge_at: Cell::new(0),
            may_be_stuck: Cell::new(instance::replaces_trapped_instance()),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let answer = self.answer(request.json().await?).await?;
        if let Err(error) = self.recover_alarm().await {
            // The answer is right all the same, and the next request tries again.
            log_error("alarm_failed", &error.to_string());
        }
        if self.may_be_stuck.get() {
            // If the time limit interrupts it, a batch may be sent twice. The consumer detects the duplicates.
            if let Ok(Err(error)) = within(MAX_SEND_DURING_REQUEST, pin!(drain(&self.store, &self.env))).await {
                log_error("queue_refused", &error.to_string());
            }
        }
        Response::from_json(&answer)
    }

    async fn alarm(&self) -> Result<Response> {
        self.alarm_at.set(None);
        self.may_be_stuck.set(false);
        self.is_draining.set(true);
        let drained = drain(&self.store, &self.env).await;
        self.is_draining.set(false);
        let next = match drained {
            Ok(drained) => {
                self.rejections.set(0);
                let next_purge = self.purge().await.unwrap_or_else(|error| {
                    // Old rows stay longer than needed, which does no harm.
                    log_error("purge_failed", &error.to_string());
                    IDLE_PURGE_INTERVAL
                });
                match drained {
                    Drained::All => next_purge,
                    Drained::AllBut { next } => next_purge.min(next),
                }
            }
            Err(error) => {
                let pause = self.pause_after_rejection();
                log_error("queue_refused", &format!("{error}; the next attempt is in {} s", pause.as_secs()));
                pause
            }
        };
        // An event that was stored in the meantime has set an earlier alarm.
        if self.alarm_at.get().is_none() {
            self.set_alarm(next).await?;
        }
        Response::empty()
    }
}

impl Outbox {
    async fn answer(&self, request: OutboxRequest) -> Result<Value> {
        let answer = match request {
            OutboxRequest::Accept { key, digest, message } => {
                pause_at(CrashPoint::BeforeRowWritten, &self.env).await;
                let outcome = self.store.accept(&key, &digest, &message)?;
                // The row and the alarm are one transaction, because nothing is awaited between them. A duplicate sets the
                // alarm too, in case that failed when the event was stored.
                self.wake().await?;
                pause_at(CrashPoint::AfterRowWritten, &self.env).await;
                serde_json::to_value(outcome)?
            }
            OutboxRequest::ReserveBody { object } => {
                let may_be_stored = self.store.reserve_body(&object)?;
                self.wake().await?;
                may_be_stored.into()
            }
            OutboxRequest::AcquireLease { effect, caller, bypassed } => serde_json::to_value(match bypassed {
                Some(event) if !self.store.record_bypassed(&effect, &event)? => Lease::Conflict,
                _ => self.store.acquire_lease(&effect, &caller)?,
            })?,
            OutboxRequest::MarkDone(effect) => {
                pause_at(CrashPoint::BeforeDoneWritten, &self.env).await;
                self.store.mark_done(&effect)?;
                pause_at(CrashPoint::AfterDoneWritten, &self.env).await;
                Value::Null
            }
            OutboxRequest::ReleaseLease(effect) => serde_json::to_value(self.store.release_lease(&effect)?)?,
            OutboxRequest::StoreDeadLetter(letter) => {
                if self.store.store_dead_letter(&letter)? {
                    Value::Null
                } else {
                    true.into()
                }
            }
            OutboxRequest::List(query) => serde_json::to_value(self.store.list(&query)?)?,
            OutboxRequest::Show { key } => serde_json::to_value(self.store.show(&key)?)?,
            OutboxRequest::Replay { key } => {
                let outcome = self.store.replay(&key)?;
                self.wake().await?;
                serde_json::to_value(outcome)?
            }
            OutboxRequest::ListDeadLetters { before, limit } => {
                serde_json::to_value(self.store.dead_letters(before.as_ref(), limit)?)?
            }
            OutboxRequest::Redrive { id } => {
                let exists = self.store.redrive(&id)?;
                self.wake().await?;
                exists.into()
            }
            OutboxRequest::RedriveAll { source } => {
                let redriven = self.store.redrive_all(source.as_deref())?;
                self.wake().await?;
                redriven.into()
            }
            OutboxRequest::Discard { id } => self.store.discard(&id)?.into(),
            OutboxRequest::Count => serde_json::to_value(self.store.count()?)?,
            OutboxRequest::KeepHandedOver { source, secret } => {
                self.store.keep_handed_over(&source, &secret)?;
                // The alarm purges the secret when it has waited too long.
                self.wake().await?;
                Value::Null
            }
            OutboxRequest::TakeHandedOver { source } => serde_json::to_value(self.store.take_handed_over(&source)?)?,
        };
        Ok(answer)
    }

    /// Makes sure that the alarm fires soon.
    async fn wake(&self) -> Result<()> {
        self.wake_within(SEND_DELAY).await
    }

    /// Makes sure that the alarm fires within this time. While the queue rejects everything, an alarm that is set or running
    /// keeps its own time.
    async fn wake_within(&self, after: Duration) -> Result<()> {
        let longest_pause = MAX_QUEUE_PAUSE.saturating_mul(2);
        let will_fire = self.is_draining.get() || self.fires_within(longest_pause);
        if self.rejections.get() > 0 && will_fire { Ok(()) } else { self.set_alarm(after).await }
    }

    /// Sets the alarm if events are pending and no alarm will send them in time: the platform has lost it, or the clock was
    /// set back after it was set.
    async fn recover_alarm(&self) -> Result<()> {
        if self.is_draining.get() || self.fires_within(SEND_DELAY) {
            return Ok(());
        }
        self.store.bring_forward()?;
        match self.store.time_to_next_retry()? {
            // Not at the time of the next retry: the platform ignores an alarm for the very time whose alarm it has lost.
            Some(next) if !self.fires_within(next) => self.wake().await,
            _ => Ok(()),
        }
    }

    /// Whether the alarm is set and fires within this time. An alarm that should have fired long ago is lost.
    fn fires_within(&self, limit: Duration) -> bool {
        let now = clock::now_millis();
        let latest = now.saturating_add(u64::try_from(limit.as_millis()).unwrap_or(u64::MAX));
        let earliest = now.saturating_sub(MAX_ALARM_DELAY_MILLIS);
        self.alarm_at.get().is_some_and(|at| (earliest..=latest).contains(&at))
    }

    /// Sets the alarm, unless it fires earlier anyway.
    async fn set_alarm(&self, after: Duration) -> Result<()> {
        if self.fires_within(after) {
            return Ok(());
        }
        let millis = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
        self.alarm_at.set(Some(clock::now_millis().saturating_add(millis)));
        let result = self.state.storage().set_alarm(after).await;
        if result.is_err() {
            self.alarm_at.set(None);
        }
        result
    }

    /// Purges a limited number of old rows and deletes their bodies in R2. Returns the time until the next round. A busy
    /// object does not look for old rows at each alarm.
    async fn purge(&self) -> Result<Duration> {
        let now = clock::now_millis();
        // A wait longer than the interval is from before the clock was set back.
        if (1..=BUSY_PURGE_INTERVAL_MILLIS).contains(&self.purge_at.get().saturating_sub(now)) {
            return Ok(IDLE_PURGE_INTERVAL);
        }
        let settings = settings::load(&self.env)?;
        let is_complete = self.store.purge(settings.retention(), settings.replay_window())?;
        let objects = self.store.take_unneeded_bodies()?;
        if !objects.is_empty() {
            bucket::delete(&self.env, objects.clone()).await?;
            self.store.mark_bodies_deleted(&objects)?;
        }
        if is_complete {
            self.purge_at.set(now.saturating_add(BUSY_PURGE_INTERVAL_MILLIS));
        }
        Ok(if is_complete { IDLE_PURGE_INTERVAL } else { PURGE_PAUSE })
    }

    /// The pause after one more rejection: exponential up to a bound, with jitter so that objects do not retry together.
    fn pause_after_rejection(&self) -> Duration {
        let rejections = self.rejections.get();
        self.rejections.set(rejections.saturating_add(1));
        let factor = 1_u32.checked_shl(rejections.min(16)).unwrap_or(u32::MAX);
        let pause = MIN_QUEUE_PAUSE.saturating_mul(factor).min(MAX_QUEUE_PAUSE);
        pause.saturating_add(pause.mul_f64(js_sys::Math::random() / 4.0))
    }
}
