//! Time limits for everything that the gate waits for.

use std::time::Duration;

use futures_util::future::{Either, select};
use worker::Delay;

/// The future did not complete within its limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimedOut {
    limit: Duration,
}

impl TimedOut {
    /// The error message that says which service did not answer, such as `the queue`.
    pub(crate) fn message(self, service: &str) -> String {
        format!("{service} did not answer within {} s", self.limit.as_secs())
    }
}

/// Waits for a future until the limit has passed. The caller pins the future, with `pin!`: the state of an async function
/// would hold a future twice that is passed by value.
///
/// # Errors
///
/// [`TimedOut`], if the limit passed first. An operation that the future had started may still succeed.
pub(crate) async fn within<T>(limit: Duration, future: impl Future<Output = T> + Unpin) -> Result<T, TimedOut> {
    match select(future, Delay::from(limit)).await {
        Either::Left((output, _)) => Ok(output),
        Either::Right(_) => Err(TimedOut { limit }),
    }
}
