//! The pipeline: a delivery becomes verified, or is refused with a reason.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;
use core::slice;

use crate::claim::{Claim, printable, read_unproven, time_in_body};
use crate::content::{agrees_with_url, contents, is_bare_token, without_time};
use crate::delivery::Delivery;
use crate::error::{KeyError, Rejection};
use crate::event::{SignedId, Verified};
use crate::hash::{Host, HostHash, Message, sha256};
use crate::json;
use crate::key::Key;
use crate::scheme::{Id, Place, Pointer, Proof, Scheme, SharedToken, Signature, Timestamp, Token};
use crate::text::base64;
use crate::text::split::cut;
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

    /// The key at this position.
    pub(crate) fn key(&self, index: usize) -> Option<&Key> {
        self.keys.get(index)
    }

    /// Checks that one of the keys signed this delivery, then that its time lies in the window around `now`.
    ///
    /// # Errors
    ///
    /// [`Rejection`] with the first check that failed. The signature is checked before the clock, so
    /// [`Rejection::Stale`] and [`Rejection::Premature`] are about genuine deliveries.
    pub fn verify<'d>(&'d self, delivery: Delivery<'d>, now: UnixTime) -> Result<Verified<'d>, Rejection> {
        self.pipeline().verify(delivery, now)
    }

    /// The same, with the content hashed by whoever can do that faster. The verdict is the same; see [`HostHash`].
    ///
    /// # Errors
    ///
    /// Those of [`verify`](Self::verify).
    pub fn verify_with<'d>(
        &'d self,
        delivery: Delivery<'d>,
        now: UnixTime,
        host: &'d dyn HostHash,
    ) -> Result<Verified<'d>, Rejection> {
        Pipeline { host: Some(host), ..self.pipeline() }.verify(delivery, now)
    }

    pub(crate) fn pipeline(&self) -> Pipeline<'_> {
        Pipeline { scheme: &self.scheme, keys: &self.keys, tolerance: self.tolerance, host: None }
    }
}

/// What one run of the checks goes by. It is apart from [`Verifier`] so that an explanation can run them with other keys.
#[derive(Clone, Copy)]
pub(crate) struct Pipeline<'d> {
    pub(crate) scheme: &'d Scheme,
    pub(crate) keys: &'d [Key],
    pub(crate) tolerance: Tolerance,
    /// Who hashes instead of the core, where anybody does.
    pub(crate) host: Host<'d>,
}

impl<'d> Pipeline<'d> {
    pub(crate) fn verify(self, delivery: Delivery<'d>, now: UnixTime) -> Result<Verified<'d>, Rejection> {
        match &self.scheme.proof {
            Proof::Signature(signature) => self.verify_signature(signature, delivery, now),
            Proof::Token(token) => self.verify_token(token, delivery, now),
            Proof::SharedToken(place) => self.verify_shared_token(*place, delivery),
        }
    }

    fn verify_signature(
        self,
        signature: &Signature,
        delivery: Delivery<'d>,
        now: UnixTime,
    ) -> Result<Verified<'d>, Rejection> {
        let claim = Claim::read(self.scheme, signature, &delivery)?;
        let has_key_for_a_tag = claim.tags.iter().any(|tag| self.keys.iter().any(|key| key.fits(tag.algorithm)));
        if !has_key_for_a_tag {
            return Err(Rejection::UnsupportedSignature {
                problem: "none of the keys is of the kind that made the signatures (a shared secret for v1, a public key for v1a)",
            });
        }
        let key = self.find_key(|key| key.verifies_any(&claim.tags, &claim.contents, self.host))?;
        if self.scheme.tags_tokens() && claim.contents.iter().any(is_bare_token) {
            // A handshake hands out this tag to whoever asks for it.
            return Err(Rejection::SignatureMismatch);
        }
        let signed_at = match signature.timestamp {
            Some(Timestamp { place: Place::Body(pointer), unit }) => {
                Some(time_in_body(delivery.body(), pointer, unit)?)
            }
            _ => claim.signed_at,
        };
        if let Some(signed_at) = signed_at {
            self.tolerance.admit(signed_at, now)?;
        }
        if !agrees_with_url(signature.content, &claim.facts) {
            return Err(Rejection::BodyMismatch { vouched_by: "URL", field: "" });
        }
        let id = match (self.scheme.id, claim.id) {
            (Id::Header(_), Some(id)) => SignedId::Header(id),
            (Id::Digest | Id::Notice, _) if !signature.holds_body() => {
                SignedId::Digest(signed_digest(signature, &claim, self.keys.get(key)))
            }
            _ => SignedId::of_body(self.scheme.id),
        };
        Ok(Verified { signed_at, ..self.verified(delivery, key, id) })
    }

    fn verify_token(self, token: &Token, delivery: Delivery<'d>, now: UnixTime) -> Result<Verified<'d>, Rejection> {
        let bearer = Bearer::read(token, &delivery)?;
        if !self.keys.iter().any(|key| bearer.is_meant_for(key)) {
            return Err(Rejection::UnsupportedSignature {
                problem: "the token names its key (kid), and none of the keys has that name: pass { id, key }, or a JSON Web Key",
            });
        }
        let key = self.find_key(|key| bearer.was_signed_by(key))?;
        let claims = bearer.claims(token)?;
        claims.admit(token, self.tolerance, now)?;
        claims.bind(token, delivery.body(), self.host)?;
        let json = claims.agree_with(token, delivery.body())?;
        let id = match token.body {
            Some(_) => SignedId::of_body(self.scheme.id),
            None => SignedId::Digest(sha256(&[bearer.signed.as_bytes()])),
        };
        let kind: Option<String> = claims.kind.as_deref().map(ToOwned::to_owned);
        Ok(Verified { signed_at: claims.signed_at(token), kind, json, ..self.verified(delivery, key, id) })
    }

    fn verify_shared_token(self, place: SharedToken, delivery: Delivery<'d>) -> Result<Verified<'d>, Rejection> {
        let sent = sent_token(place, &delivery)?;
        let key = self.find_key(|key| key.matches_shared_token(&sent))?;
        let id = SignedId::of_body(self.scheme.id);
        Ok(self.verified(delivery, key, id))
    }

    /// What a key vouches for, as far as every kind of proof tells it.
    const fn verified(self, delivery: Delivery<'d>, key: usize, id: SignedId<'d>) -> Verified<'d> {
        Verified { scheme: self.scheme, delivery, signed_at: None, key, id, kind: None, json: None, host: self.host }
    }

    /// The first key that fits. Every key is tried, so the time it takes does not tell which one it was.
    fn find_key(self, fits: impl Fn(&Key) -> bool) -> Result<usize, Rejection> {
        let mut found = None;
        for (index, key) in self.keys.iter().enumerate() {
            let hit = fits(key).then_some(index);
            found = found.or(hit);
        }
        found.ok_or(Rejection::SignatureMismatch)
    }
}

/// The shared token, as it came.
fn sent_token<'d>(place: SharedToken, delivery: &Delivery<'d>) -> Result<Cow<'d, [u8]>, Rejection> {
    match place {
        SharedToken::Header(header) => {
            let family = delivery.family(&[header])?;
            let name = header.get(family).copied().unwrap_or_default();
            Ok(Cow::Borrowed(printable(delivery, name)?.as_bytes()))
        }
        SharedToken::Basic => basic_credentials(printable(delivery, AUTHORIZATION)?).map(Cow::Owned),
        SharedToken::Body(pointer) => token_in_body(delivery.body(), pointer),
    }
}

const AUTHORIZATION: &str = "authorization";

fn basic_credentials(value: &str) -> Result<Vec<u8>, Rejection> {
    let encoded = cut(value, " ").filter(|(word, _)| word.eq_ignore_ascii_case("basic"));
    encoded.and_then(|(_, encoded)| base64::decode(encoded)).ok_or(Rejection::MalformedHeader {
        header: AUTHORIZATION,
        problem: "it must be the word Basic, one space, and base64",
    })
}

fn token_in_body(body: &[u8], pointer: Pointer) -> Result<Cow<'_, [u8]>, Rejection> {
    let document = read_unproven(body, &[pointer], pointer)?;
    let text = document.found.first().copied().flatten().and_then(json::Value::text);
    let text = text.ok_or(Rejection::MissingHeader { header: pointer })?;
    Ok(match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    })
}

/// What tells one event from another where not the body's bytes are signed, but what it says or a part of that.
fn signed_digest(signature: &Signature, claim: &Claim<'_>, key: Option<&Key>) -> [u8; 32] {
    let time = match signature.timestamp {
        Some(Timestamp { place: Place::Body(pointer), .. }) => Some(pointer),
        _ => None,
    };
    let parts = without_time(signature.content, time);
    let contents = contents(&parts, &claim.facts, &claim.members);
    // The URL may be given to us in another spelling each time. It was signed in one.
    let is_signed = |content| key.is_some_and(|key| key.verifies_any(&claim.tags, slice::from_ref(content), None));
    let index = claim.contents.iter().position(is_signed).unwrap_or(0);
    let whole = contents.get(index).map(Message::whole).unwrap_or_default();
    sha256(&[&whole])
}
