//! Fault injection for tests, in builds with the feature `faults` only. Such a build is never deployed.
//!
//! A test kills the gate at a [`CrashPoint`], or makes it trap through a route `/fault/<name>`. Deliveries take the same path
//! in both builds: a crash point is only where both await something anyway, or could. So none is between the body and its
//! verification, which await nothing; a kill there leaves the same behind as one after verification.

use worker::Env;

/// A place on an event's path at which tests kill the gate. The chaos test reads the names from this file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CrashPoint {
    /// The Worker has verified the delivery and has stored nothing yet.
    AfterVerification,
    /// R2 holds the body of a large event, and the outbox does not hold the event yet.
    AfterBodyStored,
    /// The Worker is about to ask the outbox to store the event.
    BeforeOutboxRequest,
    /// The object is about to write the event's row.
    BeforeRowWritten,
    /// The object has written the event's row and set its alarm. Its answer is still on the way.
    AfterRowWritten,
    /// The Worker knows that the event is stored.
    AfterOutboxAnswer,
    /// The Worker is about to answer the sender.
    BeforeResponse,
    /// The alarm has read a batch of pending events and is about to send it.
    BeforeBatchSent,
    /// The queue has accepted the batch, and the rows do not say so yet.
    AfterBatchSent,
    /// The consumer has read a message and is about to ask for the lease.
    BeforeLease,
    /// The consumer has the lease and has not called the handler yet.
    AfterLease,
    /// The handler has acted, and the outbox does not know it yet.
    AfterHandler,
    /// The object is about to note that the event was acted on.
    BeforeDoneWritten,
    /// The object has noted that the event was acted on. Its answer is still on the way.
    AfterDoneWritten,
    /// The outbox knows that the event was acted on, and the queue does not know it yet.
    BeforeAcknowledgement,
    /// The outbox has stored a dead letter, and the queue does not know it yet.
    AfterDeadLetterStored,
}

#[cfg(feature = "faults")]
impl CrashPoint {
    /// The name by which tests ask for this crash point.
    const fn name(self) -> &'static str {
        match self {
            Self::AfterVerification => "after-verification",
            Self::AfterBodyStored => "after-body-stored",
            Self::BeforeOutboxRequest => "before-outbox-request",
            Self::BeforeRowWritten => "before-row-written",
            Self::AfterRowWritten => "after-row-written",
            Self::AfterOutboxAnswer => "after-outbox-answer",
            Self::BeforeResponse => "before-response",
            Self::BeforeBatchSent => "before-batch-sent",
            Self::AfterBatchSent => "after-batch-sent",
            Self::BeforeLease => "before-lease",
            Self::AfterLease => "after-lease",
            Self::AfterHandler => "after-handler",
            Self::BeforeDoneWritten => "before-done-written",
            Self::AfterDoneWritten => "after-done-written",
            Self::BeforeAcknowledgement => "before-acknowledgement",
            Self::AfterDeadLetterStored => "after-dead-letter-stored",
        }
    }
}

/// Waits at a crash point until the test harness, bound as `HARNESS`, answers. The harness may kill the gate instead.
#[cfg(feature = "faults")]
pub(crate) async fn pause_at(point: CrashPoint, env: &Env) {
    if let Ok(harness) = env.service("HARNESS") {
        // The gate goes on after any answer.
        let _ = harness.fetch(format!("https://harness/{}", point.name()), None).await;
    }
}

/// Does nothing: only builds for tests wait at a crash point.
#[cfg(not(feature = "faults"))]
pub(crate) async fn pause_at(_: CrashPoint, _: &Env) {}

/// Makes the wasm instance trap: `panic`, `stack` (overflow) or `memory` (exhaustion). Any other name does nothing.
#[cfg(feature = "faults")]
#[expect(clippy::panic, clippy::arithmetic_side_effects, reason = "this function exists to trap")]
pub(crate) fn provoke(fault: &str) {
    /// Overflows the stack. The arithmetic keeps the compiler from turning the recursion into a loop.
    fn recurse(depth: u64) -> u64 {
        let frame = std::hint::black_box([depth; 64]);
        let below = if frame.contains(&u64::MAX) { 0 } else { recurse(depth + 1) };
        below ^ frame.iter().fold(0, |sum, word| sum ^ word)
    }
    match fault {
        "panic" => panic!("a test asked for this panic"),
        "stack" => {
            std::hint::black_box(recurse(0));
        }
        "memory" => {
            let mut allocations: Vec<Vec<u8>> = Vec::new();
            loop {
                allocations.push(std::hint::black_box(Vec::with_capacity(1 << 30)));
            }
        }
        _ => {}
    }
}
