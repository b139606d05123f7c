//! The work that one explanation may do. In: the deliveries that it wants to verify. Out: whether there is work left for them.
//!
//! Work is counted in bytes: those that are hashed, written or parsed. An attempt with a public key is counted as the bytes that could
//! be hashed in the same time. Whatever the body, the keys and the signatures are, the sum of all attempts stays within
//! [`MAX_EXPLAIN_WORK`].

use core::cell::Cell;

use crate::claim::Claim;
use crate::delivery::Delivery;
use crate::key::Key;
use crate::limits::{ATTEMPT_WORK, MAX_EXPLAIN_WORK, MAX_TOKEN_BYTES, PUBLIC_KEY_WORK};
use crate::scheme::{Algorithm, Proof};
use crate::verifier::Pipeline;

/// The work that is left.
pub(super) struct Budget {
    left: Cell<usize>,
    was_exceeded: Cell<bool>,
}

impl Budget {
    pub(super) const fn new() -> Self {
        Self { left: Cell::new(MAX_EXPLAIN_WORK), was_exceeded: Cell::new(false) }
    }

    /// Takes an amount of work from the budget. If there is less, it takes nothing and returns `false`.
    pub(super) fn spend(&self, work: usize) -> bool {
        let left = self.left.get().checked_sub(work);
        match left {
            Some(left) => self.left.set(left),
            None => self.give_up(),
        }
        left.is_some()
    }

    /// Remembers that something was not tried.
    pub(super) fn give_up(&self) {
        self.was_exceeded.set(true);
    }

    /// Whether something was not tried.
    pub(super) fn was_exceeded(&self) -> bool {
        self.was_exceeded.get()
    }

    /// Takes the work of verifying a delivery from the budget.
    pub(super) fn spend_on(&self, pipeline: &Pipeline<'_>, delivery: &Delivery<'_>) -> bool {
        // Counting the signatures parses the headers and, for some schemes, the body.
        let parsed = match pipeline.scheme.proof {
            Proof::Signature(signature) if signature.signs_body_bytes() => 0,
            _ => delivery.body().len(),
        };
        self.spend(parsed.saturating_add(ATTEMPT_WORK)) && self.spend(work(pipeline, delivery))
    }
}

/// The work of verifying a delivery. One that cannot be parsed is rejected before any work.
fn work(pipeline: &Pipeline<'_>, delivery: &Delivery<'_>) -> usize {
    let body = delivery.body().len();
    match &pipeline.scheme.proof {
        Proof::Signature(signature) => {
            let Ok(claim) = Claim::read(pipeline.scheme, signature, delivery) else { return 0 };
            let by_key = |key: &Key| {
                let checks = claim.signatures.iter().filter(|received| is_public(key, received.algorithm)).count();
                let bytes = body.saturating_add(if checks == 0 { 0 } else { PUBLIC_KEY_WORK });
                bytes.saturating_mul(checks.max(1)).saturating_mul(claim.messages.len())
            };
            total(pipeline.keys, by_key)
        }
        Proof::Token(token) => {
            let is_slow = |key: &Key| token.algorithms.iter().any(|algorithm| is_public(key, *algorithm));
            let by_key = |key: &Key| if is_slow(key) { PUBLIC_KEY_WORK } else { MAX_TOKEN_BYTES };
            total(pipeline.keys, by_key).saturating_add(body)
        }
        Proof::SharedToken(_) => 0,
    }
}

fn total(keys: &[Key], work: impl Fn(&Key) -> usize) -> usize {
    keys.iter().fold(0, |sum, key| sum.saturating_add(work(key)))
}

fn is_public(key: &Key, algorithm: Algorithm) -> bool {
    !algorithm.is_symmetric() && key.supports(algorithm)
}
