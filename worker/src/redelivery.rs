//! Giving a message back to the queue, which hands it over again later. A queue counts how often it has done that and gives
//! a message up at last, so whoever gives one back waits longer each time: trouble that passes must not use up the tries.

use std::time::Duration;

use worker::{MessageExt, QueueRetryOptionsBuilder, RawMessage};

use crate::clock;

/// The pause after the first failure. It doubles with each, up to the longest that a queue allows.
pub(crate) const FIRST_PAUSE: Duration = Duration::from_secs(5);
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_hours(12);

/// How long a message should wait of which nobody has counted the tries: as long again as it has been there, which is twice
/// as long each time.
pub(crate) fn pause_of(raw: &RawMessage) -> Duration {
    let age = clock::now_millis().saturating_sub(raw.timestamp().as_millis());
    Duration::from_millis(age).clamp(FIRST_PAUSE, LONGEST_PAUSE)
}

/// Has a message handed over again after a pause.
pub(crate) fn give_back(raw: &RawMessage, pause: Duration) {
    let seconds = u32::try_from(pause.min(LONGEST_PAUSE).as_secs()).unwrap_or(u32::MAX);
    raw.retry_with_options(&QueueRetryOptionsBuilder::new().with_delay_seconds(seconds).build());
}
