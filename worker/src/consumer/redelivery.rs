//! Gives messages back to the queue, to be redelivered after a pause. A queue counts the redeliveries of a message and
//! finally gives it up, so each pause is longer than the last: a temporary problem must not use up the attempts.

use std::time::Duration;

use worker::{MessageExt, QueueRetryOptionsBuilder, RawMessage};

use crate::limits::{MAX_REDELIVERY_PAUSE, MIN_REDELIVERY_PAUSE};
use crate::platform::clock;

/// The pause after an attempt that the outbox counted: it doubles with each attempt.
pub(super) fn pause_by_attempt(attempt: u32) -> Duration {
    let factor = 1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
    MIN_REDELIVERY_PAUSE.saturating_mul(factor).min(MAX_REDELIVERY_PAUSE)
}

/// The pause after an attempt that was not counted: the time that the message has been on the queue, which then doubles
/// with each attempt.
pub(crate) fn pause_by_age(raw: &RawMessage) -> Duration {
    let age = clock::now_millis().saturating_sub(raw.timestamp().as_millis());
    Duration::from_millis(age).clamp(MIN_REDELIVERY_PAUSE, MAX_REDELIVERY_PAUSE)
}

/// Has a message redelivered after a pause.
pub(crate) fn retry_after(raw: &RawMessage, pause: Duration) {
    let seconds = u32::try_from(pause.min(MAX_REDELIVERY_PAUSE).as_secs()).unwrap_or(u32::MAX);
    raw.retry_with_options(&QueueRetryOptionsBuilder::new().with_delay_seconds(seconds).build());
}
