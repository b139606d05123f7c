//! The rate limit of a source, counted in each isolate separately.

use std::cell::Cell;

use serde::Deserialize;

/// The most deliveries of a source: `per_second` on average, `burst` at once.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateLimit {
    pub(crate) per_second: u32,
    pub(crate) burst: u32,
}

/// A token bucket: it refills as time passes, and each delivery takes one token.
#[derive(Debug)]
pub(crate) struct TokenBucket {
    limit: RateLimit,
    /// The content in thousandths of a token: `n` tokens per second are `n` thousandths per millisecond.
    level: Cell<u64>,
    filled_at: Cell<u64>,
}

/// One token, in thousandths.
const TOKEN: u64 = 1000;

impl TokenBucket {
    /// A full bucket.
    pub(crate) const fn new(limit: RateLimit) -> Self {
        Self { limit, level: Cell::new(u64::MAX), filled_at: Cell::new(0) }
    }

    /// Takes a token at the time `now_millis`, in milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// The number of seconds, at least 1, until the bucket has a token.
    pub(crate) fn take(&self, now_millis: u64) -> Result<(), u64> {
        let rate = u64::from(self.limit.per_second);
        let elapsed = now_millis.saturating_sub(self.filled_at.replace(now_millis));
        let full = u64::from(self.limit.burst).saturating_mul(TOKEN);
        let level = self.level.get().saturating_add(elapsed.saturating_mul(rate)).min(full);
        let remaining = level.checked_sub(TOKEN);
        self.level.set(remaining.unwrap_or(level));
        match remaining {
            Some(_) => Ok(()),
            None => Err(TOKEN.saturating_sub(level).div_ceil(rate.max(1)).div_ceil(1000).max(1)),
        }
    }
}
