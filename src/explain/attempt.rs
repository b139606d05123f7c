//! Verifying an altered delivery, or the same delivery with altered keys: the tool with which mistakes are found.

use alloc::format;
use alloc::string::String;

use super::budget::Budget;
use crate::delivery::Delivery;
use crate::key::Key;
use crate::scheme::{Authenticated, Scheme};
use crate::time::{Tolerance, UnixTime};
use crate::verifier::{Pipeline, Verifier};

/// A tolerance that accepts every time: attempts are about the signature.
const ANY_TIME: Tolerance = Tolerance::symmetric(u32::MAX);

/// A delivery to be explained.
pub(super) struct Attempt<'a> {
    pub(super) verifier: &'a Verifier,
    pub(super) delivery: Delivery<'a>,
    pub(super) now: UnixTime,
    /// The texts of the verifier's secrets.
    pub(super) secrets: &'a [&'a str],
    pub(super) budget: Budget,
}

/// The result of an attempt whose signature matched.
#[derive(Clone, Copy)]
pub(super) struct Signed {
    /// The index of the key that made the signature.
    pub(super) key: usize,
    /// The signed time.
    pub(super) at: Option<UnixTime>,
}

impl<'a> Attempt<'a> {
    pub(super) fn scheme(&self) -> &'a Scheme {
        self.verifier.scheme()
    }

    /// Whether the scheme signs the body.
    pub(super) fn signs_body(&self) -> bool {
        self.scheme().authenticated() == Authenticated::Content
    }

    /// Verifies the delivery as it arrived, whatever its time. The budget is for alterations.
    pub(super) fn verify_unaltered(&self) -> Option<Signed> {
        verify(&self.verifier.pipeline(), &self.delivery, self.now)
    }

    /// Whether this body is the signed one.
    pub(super) fn is_signed(&self, body: &[u8]) -> bool {
        self.verify(&self.delivery.clone().with_body(body)).is_some()
    }

    /// Verifies a delivery with the verifier's scheme and keys, whatever its time.
    pub(super) fn verify(&self, delivery: &Delivery<'_>) -> Option<Signed> {
        self.verify_by(&self.verifier.pipeline(), delivery)
    }

    /// Verifies a delivery with a different scheme or different keys, whatever its time. `None` as well if the budget is spent.
    pub(super) fn verify_by(&self, pipeline: &Pipeline<'_>, delivery: &Delivery<'_>) -> Option<Signed> {
        if self.budget.spend_on(pipeline, delivery) { verify(pipeline, delivery, self.now) } else { None }
    }
}

/// Verifies a delivery, whatever its time.
fn verify(pipeline: &Pipeline<'_>, delivery: &Delivery<'_>, now: UnixTime) -> Option<Signed> {
    let verified = Pipeline { tolerance: ANY_TIME, ..*pipeline }.verify(delivery.clone(), now).ok()?;
    Some(Signed { key: verified.key, at: verified.signed_at })
}

/// Describes the key that made a signature: by its name, or by its position, counted from one.
pub(super) fn describe_key(verifier: &Verifier, signed: Signed) -> String {
    let keys = verifier.pipeline().keys;
    match keys.get(signed.key).and_then(Key::id) {
        Some(name) => format!("key `{name}`"),
        None => format!("key {} of {}", signed.key.saturating_add(1), keys.len()),
    }
}
