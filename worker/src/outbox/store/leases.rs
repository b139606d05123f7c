//! Leases: which caller may act on an event, and which events were acted on.
//!
//! A lease ends by itself, so that another caller can act after a crash. The number of attempts stays with it.

use serde::Deserialize;
use worker::Result;

use super::tables::{Named, Store, millis, now};
use crate::effect::Effect;
use crate::limits::LEASE;
use crate::outbox::protocol::Lease;

impl Store {
    /// Gives the lease to a caller, unless another one holds it or the event was acted on.
    pub(crate) fn acquire_lease(&self, effect: &Effect, caller: &str) -> Result<Lease> {
        #[derive(Deserialize)]
        struct Held {
            until: i64,
            attempts: u32,
            holder: Option<String>,
        }
        if let Some(object) = &effect.object {
            self.record_body(object)?;
        }
        let name = effect.idempotency_key();
        if self.is_done(&name)? {
            return Ok(Lease::Done);
        }
        let held: Option<Held> =
            self.first("SELECT until, attempts, holder FROM turns WHERE key = ?", vec![name.as_str().into()])?;
        // No lease lasts longer than `latest`. One that does was given before the clock was set back, and has ended.
        let now = now();
        let latest = now.saturating_add(millis(LEASE));
        if let Some(held) = held.as_ref().filter(|held| held.until > now && held.until <= latest) {
            // A caller that asks again did not get the answer.
            let is_holder = !caller.is_empty() && held.holder.as_deref() == Some(caller);
            let millis = u64::try_from(held.until.saturating_sub(now)).unwrap_or(0);
            return Ok(if is_holder {
                Lease::Granted { attempt: held.attempts }
            } else {
                Lease::HeldByAnother { millis }
            });
        }
        let attempt = held.map_or(0, |held| held.attempts).saturating_add(1);
        self.run(
            "INSERT OR REPLACE INTO turns (key, until, attempts, holder) VALUES (?, ?, ?, ?)",
            vec![name.into(), latest.into(), i64::from(attempt).into(), caller.into()],
        )?;
        Ok(Lease::Granted { attempt })
    }

    /// Whether the consumer acted on the event with this idempotency key.
    pub(super) fn is_done(&self, name: &str) -> Result<bool> {
        Ok(self.first::<Named>("SELECT key AS name FROM done WHERE key = ?", vec![name.into()])?.is_some())
    }

    /// Records that the consumer acted on an event.
    pub(crate) fn mark_done(&self, effect: &Effect) -> Result<()> {
        let name = effect.idempotency_key();
        let now = now();
        self.run("INSERT OR IGNORE INTO done (key, done_at) VALUES (?, ?)", vec![name.as_str().into(), now.into()])?;
        self.run("DELETE FROM turns WHERE key = ?", vec![name.into()])?;
        // An event that was acted on was on the queue, even if the queue's answer has not arrived yet.
        self.run(
            "UPDATE events SET state = 'acted', acted_at = ?1, sent_at = coalesce(sent_at, ?1), problem = NULL
             WHERE key = ?2 AND replay = ?3",
            vec![now.into(), effect.key.as_str().into(), i64::from(effect.replay).into()],
        )?;
        Ok(())
    }

    /// Ends a lease and keeps its number of attempts.
    pub(crate) fn release_lease(&self, effect: &Effect) -> Result<()> {
        let name = effect.idempotency_key();
        self.run("UPDATE turns SET until = ? WHERE key = ?", vec![now().into(), name.into()])?;
        Ok(())
    }
}
