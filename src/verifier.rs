//! Verification. In: a delivery, one sender's scheme, keys, and the time. Out: [`Verified`], or the first check that
//! failed as a [`Rejection`].
//!
//! There is one function for each kind of proof, and each is a list of steps in a fixed order: parse what the delivery
//! claims, find the key that verifies the signature, check the time, and bind the body. The signature comes before the
//! clock, so "too old" is said only about genuine deliveries, and nothing unsigned decides anything.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;
use core::slice;

use crate::ambiguity::check_reading;
use crate::claim::{Claim, printable_header, read_unverified_body, timestamp_in_body};
use crate::content::{SignedValues, is_signable_challenge, matches_digest_in_url, signed_messages};
use crate::delivery::Delivery;
use crate::error::{KeyError, Rejection};
use crate::event::{SignedId, Verified};
use crate::hash::{Host, HostHash, Message, sha256};
use crate::json;
use crate::key::Key;
use crate::scheme::{Id, Place, Pointer, Proof, Scheme, SharedToken, Signature, Timestamp, Token};
use crate::text::base64;
use crate::time::{Tolerance, UnixTime};
use crate::token::ReceivedToken;

/// Verifies the deliveries of one sender.
///
/// It holds the keys in parsed form, so make it once and keep it. Pass several keys while a secret is being rotated: a
/// delivery signed with any of them is accepted.
///
/// ```
/// use countersign::{Delivery, Rejection, UnixTime, Verifier, senders::GITHUB};
///
/// let verifier = Verifier::new(&GITHUB, ["It's a Secret to Everybody"])?;
/// let headers = [("X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")];
/// let now = UnixTime::from_secs(1_700_000_000);
///
/// assert!(verifier.verify(Delivery::new(headers, b"Hello, World!"), now).is_ok());
/// let altered = verifier.verify(Delivery::new(headers, b"Hello, World?"), now);
/// assert_eq!(altered.err(), Some(Rejection::SignatureMismatch));
/// # Ok::<(), countersign::KeyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Verifier {
    scheme: Scheme,
    keys: Vec<Key>,
    tolerance: Tolerance,
}

impl Verifier {
    /// A verifier for one sender's scheme, with the texts of one or more secrets or public keys.
    ///
    /// # Errors
    ///
    /// [`KeyError`], if no key is passed, or if one of them cannot be used with the scheme.
    pub fn new(scheme: &Scheme, keys: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Self, KeyError> {
        let keys = keys.into_iter().map(|text| Key::parse(scheme, text.as_ref())).collect::<Result<_, _>>()?;
        Self::with_keys(scheme, keys)
    }

    /// A verifier with keys that were parsed before, such as [named](Key::named) ones.
    ///
    /// # Errors
    ///
    /// [`KeyError::Empty`] without a key, and [`KeyError::WrongType`] if the scheme is not [sound](Scheme::is_sound).
    pub fn with_keys(scheme: &Scheme, keys: Vec<Key>) -> Result<Self, KeyError> {
        if keys.is_empty() {
            return Err(KeyError::Empty { problem: "no key was passed: pass at least one" });
        }
        if !scheme.is_sound() {
            return Err(KeyError::WrongType { problem: "the scheme is not sound, so it accepts no keys" });
        }
        Ok(Self { scheme: *scheme, keys, tolerance: scheme.tolerance })
    }

    /// Sets the tolerance for the signed timestamp. Without this call the scheme's own tolerance applies.
    #[must_use]
    pub fn tolerance(self, tolerance: Tolerance) -> Self {
        Self { tolerance, ..self }
    }

    /// The scheme that deliveries are verified by.
    #[must_use]
    pub const fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// The key with this index.
    pub(crate) fn key(&self, index: usize) -> Option<&Key> {
        self.keys.get(index)
    }

    /// Verifies a delivery: one of the keys signed it, and its timestamp is within the tolerance around `now`.
    ///
    /// # Errors
    ///
    /// [`Rejection`] with the first check that failed. The signature is checked before the timestamp, so
    /// [`Rejection::Stale`] and [`Rejection::Premature`] are about genuine deliveries.
    pub fn verify<'d>(&'d self, delivery: Delivery<'d>, now: UnixTime) -> Result<Verified<'d>, Rejection> {
        self.pipeline().verify(delivery, now)
    }

    /// Like [`verify`](Self::verify), with a host that may hash large bodies faster. The verdict is the same; see
    /// [`HostHash`].
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

/// The parameters of one verification. An explanation runs it again with other keys, another scheme or any tolerance.
#[derive(Clone, Copy)]
pub(crate) struct Pipeline<'d> {
    pub(crate) scheme: &'d Scheme,
    pub(crate) keys: &'d [Key],
    pub(crate) tolerance: Tolerance,
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
        if !self.keys.iter().any(|key| claim.signatures.iter().any(|received| key.supports(received.algorithm))) {
            return Err(Rejection::UnsupportedSignature {
                problem: "none of the keys is of the kind that made the signatures (a shared secret for v1, a public key for v1a)",
            });
        }
        let key = self.find_key(|key| key.verifies_any(&claim.signatures, &claim.messages, self.host))?;
        // Anyone can get such a signature from the sender's handshake, so it proves nothing about a delivery.
        if self.scheme.signs_challenges() && claim.messages.iter().any(is_signable_challenge) {
            return Err(Rejection::SignatureMismatch);
        }
        let signed_at = match signature.timestamp {
            Some(Timestamp { place: Place::Body(pointer), unit }) => {
                Some(timestamp_in_body(delivery.body(), pointer, unit)?)
            }
            _ => claim.signed_at,
        };
        if let Some(signed_at) = signed_at {
            self.tolerance.check(signed_at, now)?;
        }
        check_reading(self.scheme, signature, &claim.values)?;
        if !matches_digest_in_url(signature.content, &claim.values) {
            return Err(Rejection::BodyMismatch { vouched_by: "URL", field: "" });
        }
        let id = match (self.scheme.id, claim.id) {
            (Id::Header(_), Some(id)) => SignedId::Header(id),
            (Id::Digest | Id::ChangeNotice, _) if !signature.signs_body_bytes() => {
                SignedId::Digest(digest_of_signed(signature, &claim, self.keys.get(key)))
            }
            // The body's own digest would change with bytes that nobody signed.
            (Id::BodyOrDigest(pointer), _) if !signature.signs_body_bytes() => {
                SignedId::BodyOrDigest(pointer, Some(digest_of_signed(signature, &claim, self.keys.get(key))))
            }
            _ => SignedId::of_body(self.scheme.id),
        };
        Ok(Verified { signed_at, ..self.verified(delivery, key, id) })
    }

    fn verify_token(self, token: &Token, delivery: Delivery<'d>, now: UnixTime) -> Result<Verified<'d>, Rejection> {
        let received = ReceivedToken::read(token, &delivery)?;
        if !self.keys.iter().any(|key| received.may_be_signed_by(key)) {
            return Err(Rejection::UnsupportedSignature {
                problem: "the token names its key (kid), and none of the keys has that name: pass { id, key }, or a JSON Web Key",
            });
        }
        let key = self.find_key(|key| received.is_signed_by(key))?;
        let claims = received.claims(token)?;
        claims.check_time(token, self.tolerance, now)?;
        claims.check_body_digest(token, delivery.body(), self.host)?;
        let json = claims.check_agreement(token, delivery.body())?;
        let id = match token.body {
            Some(_) => SignedId::of_body(self.scheme.id),
            None => SignedId::Digest(sha256(&[received.signed.as_bytes()])),
        };
        let kind: Option<String> = claims.kind.as_deref().map(ToOwned::to_owned);
        Ok(Verified { signed_at: claims.signed_at(token), kind, json, ..self.verified(delivery, key, id) })
    }

    fn verify_shared_token(self, place: SharedToken, delivery: Delivery<'d>) -> Result<Verified<'d>, Rejection> {
        let sent = received_shared_token(place, &delivery)?;
        let key = self.find_key(|key| key.matches_shared_token(&sent))?;
        let id = SignedId::of_body(self.scheme.id);
        Ok(self.verified(delivery, key, id))
    }

    /// The fields of [`Verified`] that every kind of proof sets. The others are empty.
    const fn verified(self, delivery: Delivery<'d>, key: usize, id: SignedId<'d>) -> Verified<'d> {
        Verified { scheme: self.scheme, delivery, signed_at: None, key, id, kind: None, json: None, host: self.host }
    }

    /// The index of the first key that verifies the proof. Every key is tried, so the time taken does not depend on which
    /// one succeeds.
    fn find_key(self, verifies: impl Fn(&Key) -> bool) -> Result<usize, Rejection> {
        let mut first = None;
        for (index, key) in self.keys.iter().enumerate() {
            let candidate = verifies(key).then_some(index);
            first = first.or(candidate);
        }
        first.ok_or(Rejection::SignatureMismatch)
    }
}

/// The shared token that the sender sent, decoded from its place.
fn received_shared_token<'d>(place: SharedToken, delivery: &Delivery<'d>) -> Result<Cow<'d, [u8]>, Rejection> {
    match place {
        SharedToken::Header(header) => {
            let family = delivery.family(&[header])?;
            let name = header.get(family).copied().unwrap_or_default();
            Ok(Cow::Borrowed(printable_header(delivery, name)?.as_bytes()))
        }
        SharedToken::Basic => basic_credentials(printable_header(delivery, AUTHORIZATION)?).map(Cow::Owned),
        SharedToken::Body(pointer) => token_in_body(delivery.body(), pointer),
    }
}

const AUTHORIZATION: &str = "authorization";

fn basic_credentials(value: &str) -> Result<Vec<u8>, Rejection> {
    let encoded = value.split_once(' ').filter(|(word, _)| word.eq_ignore_ascii_case("basic"));
    encoded.and_then(|(_, encoded)| base64::decode(encoded)).ok_or(Rejection::MalformedHeader {
        header: AUTHORIZATION,
        problem: "it must be the word Basic, one space, and base64",
    })
}

fn token_in_body(body: &[u8], pointer: Pointer) -> Result<Cow<'_, [u8]>, Rejection> {
    let document = read_unverified_body(body, &[pointer], pointer)?;
    let text = document.found.first().copied().flatten().and_then(json::Value::text);
    let text = text.ok_or(Rejection::MissingHeader { header: pointer })?;
    Ok(match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    })
}

/// The digest that identifies an event whose sender signs parts of the body but not its bytes: the SHA-256 of the signed
/// message without the timestamp, so that a retry has the same digest.
fn digest_of_signed(signature: &Signature, claim: &Claim<'_>, key: Option<&Key>) -> [u8; 32] {
    // An empty pointer leads to no member.
    let members = claim.members.clone().without(signature.timestamp_pointer().unwrap_or_default());
    let values = SignedValues { timestamp: "", ..claim.values };
    let messages = signed_messages(signature.content, &values, &members);
    // The caller may pass the URL in a different spelling each time. The sender signed one of them.
    let is_signed =
        |message| key.is_some_and(|key| key.verifies_any(&claim.signatures, slice::from_ref(message), None));
    let index = claim.messages.iter().position(is_signed).unwrap_or(0);
    let whole = messages.get(index).map(Message::whole).unwrap_or_default();
    sha256(&[&whole])
}
