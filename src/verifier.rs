//! The pipeline: a delivery becomes verified, or is refused with a reason.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::claim::{Claim, printable};
use crate::delivery::Delivery;
use crate::error::{KeyError, Rejection};
use crate::event::{SignedId, Verified};
use crate::key::{Key, sha256};
use crate::scheme::{Header, Id, Proof, Scheme, Signature, Token};
use crate::time::{Tolerance, UnixTime};
use crate::token::Bearer;

/// Decides whether deliveries of one sender are genuine and fresh.
///
/// It holds the keys in a form ready for use, so make it once and keep it. Several keys are the normal case: while a
/// secret is being replaced, both are good.
#[derive(Clone, Debug)]
pub struct Verifier {
    scheme: Scheme,
    keys: Vec<Key>,
    tolerance: Tolerance,
}

impl Verifier {
    /// A verifier for one sender and the secrets or public keys that it may sign with.
    ///
    /// # Errors
    ///
    /// [`KeyError`], if there is no key, or one that does not fit the scheme.
    pub fn new(scheme: &Scheme, keys: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Self, KeyError> {
        let keys = keys.into_iter().map(|text| Key::parse(scheme, text.as_ref())).collect::<Result<_, _>>()?;
        Self::with_keys(scheme, keys)
    }

    /// The same, for keys that were parsed before.
    ///
    /// # Errors
    ///
    /// [`KeyError::Empty`] without any key, and [`KeyError::WrongType`] for a scheme that is not
    /// [sound](Scheme::is_sound), with which no key can be used.
    pub fn with_keys(scheme: &Scheme, keys: Vec<Key>) -> Result<Self, KeyError> {
        if keys.is_empty() {
            return Err(KeyError::Empty { problem: "there is no key: pass at least one" });
        }
        if !scheme.is_sound() {
            return Err(KeyError::WrongType { problem: "the scheme is not sound, so no key can be used with it" });
        }
        Ok(Self { scheme: *scheme, keys, tolerance: scheme.tolerance })
    }

    /// Sets how far the signed time may lie from `now`. The scheme's own choice holds otherwise.
    #[must_use]
    pub fn tolerance(self, tolerance: Tolerance) -> Self {
        Self { tolerance, ..self }
    }

    /// The scheme that deliveries are read by.
    #[must_use]
    pub const fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Checks that one of the keys signed this delivery, then that its time lies in the window around `now`.
    ///
    /// # Errors
    ///
    /// [`Rejection`] with the first check that failed. The signature is checked before the clock, so
    /// [`Rejection::Stale`] and [`Rejection::Premature`] are about genuine deliveries.
    pub fn verify<'d>(&'d self, delivery: Delivery<'d>, now: UnixTime) -> Result<Verified<'d>, Rejection> {
        match &self.scheme.proof {
            Proof::Signature(signature) => self.verify_signature(signature, delivery, now),
            Proof::Token(token) => self.verify_token(token, delivery, now),
            Proof::SharedToken(header) => self.verify_shared_token(header, delivery),
        }
    }

    fn verify_signature<'d>(
        &'d self,
        signature: &Signature,
        delivery: Delivery<'d>,
        now: UnixTime,
    ) -> Result<Verified<'d>, Rejection> {
        let claim = Claim::read(&self.scheme, signature, &delivery)?;
        let has_key_for_a_tag =
            claim.tags.iter().any(|tag| self.keys.iter().any(|key| key.algorithm() == Some(tag.algorithm)));
        if !has_key_for_a_tag {
            return Err(Rejection::UnsupportedSignature {
                problem: "none of the keys is of the kind that made the signatures (a shared secret for v1, a public key for v1a)",
            });
        }
        let key = self.find_key(|key| key.made_any_of(&claim.tags, &claim.content))?;
        if let Some(signed_at) = claim.signed_at {
            self.tolerance.admit(signed_at, now)?;
        }
        let id = match (self.scheme.id, claim.id) {
            (Id::Header(_), Some(id)) => SignedId::Header(id),
            _ => SignedId::of_body(self.scheme.id),
        };
        Ok(Verified { scheme: &self.scheme, delivery, signed_at: claim.signed_at, key, id, kind: None })
    }

    fn verify_token<'d>(
        &'d self,
        token: &Token,
        delivery: Delivery<'d>,
        now: UnixTime,
    ) -> Result<Verified<'d>, Rejection> {
        let bearer = Bearer::read(token, &delivery)?;
        let key = self.find_key(|key| bearer.was_signed_by(key))?;
        let claims = bearer.claims(token)?;
        claims.admit(token, self.tolerance, now)?;
        claims.agree_with(token, delivery.body())?;
        let id = SignedId::Digest(sha256(&[bearer.signed.as_bytes()]));
        let kind: Option<String> = claims.kind.as_deref().map(ToOwned::to_owned);
        Ok(Verified { scheme: &self.scheme, delivery, signed_at: None, key, id, kind })
    }

    fn verify_shared_token<'d>(&'d self, header: Header, delivery: Delivery<'d>) -> Result<Verified<'d>, Rejection> {
        let family = delivery.family(&[header])?;
        let name = header.get(family).copied().unwrap_or_default();
        let sent = printable(&delivery, name)?;
        let key = self.find_key(|key| key.is_shared_token(sent.as_bytes()))?;
        let id = SignedId::of_body(self.scheme.id);
        Ok(Verified { scheme: &self.scheme, delivery, signed_at: None, key, id, kind: None })
    }

    /// The first key that fits. Every key is tried, so the time it takes does not tell which one it was.
    fn find_key(&self, fits: impl Fn(&Key) -> bool) -> Result<usize, Rejection> {
        let mut found = None;
        for (index, key) in self.keys.iter().enumerate() {
            let hit = fits(key).then_some(index);
            found = found.or(hit);
        }
        found.ok_or(Rejection::SignatureMismatch)
    }
}
