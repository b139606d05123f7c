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
use crate::claim::{Claim, SECOND_ITEM, printable_header, read_unverified_body, second_item, timestamp_in_body};
use crate::content::{SignedValues, bytes, is_signable_challenge, matches_digest_in_url, signed_messages};
use crate::delivery::Delivery;
use crate::envelope;
use crate::error::{KeyError, Rejection};
use crate::event::{SignedId, Verified};
use crate::hash::{Host, HostHash, Message, sha256};
use crate::json::{self, Tree};
use crate::key::{Key, is_affordable};
use crate::scheme::{Id, Place, Pointer, Proof, Scheme, SharedToken, Signature, Timestamp, Token};
use crate::text::base64;
use crate::time::{Tolerance, UnixTime};
use crate::token::ReceivedToken;
use crate::url;

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
    /// [`KeyError::Empty`] without a key, and [`KeyError::WrongType`] if the scheme is not [sound](Scheme::is_sound) or a key
    /// is one that the sender publishes for its test messages.
    pub fn with_keys(scheme: &Scheme, keys: Vec<Key>) -> Result<Self, KeyError> {
        if keys.is_empty() {
            return Err(KeyError::Empty { problem: "no key was passed: pass at least one" });
        }
        if !scheme.is_sound() {
            return Err(KeyError::WrongType { problem: "the scheme is not sound, so it accepts no keys" });
        }
        if keys.iter().any(|key| is_published(scheme, key)) {
            return Err(KeyError::WrongType {
                problem: "this is the key that the sender publishes for its test messages, and anyone can sign with it: pass the secret of your own webhook",
            });
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
        if !is_affordable(self.keys, &claim.signatures, &claim.messages) {
            return Err(Rejection::TooManySignatures { header: claim.place });
        }
        let key = self.find_key(|key| key.verifies_any(&claim.signatures, &claim.messages, self.host))?;
        // Anyone can get such a signature from the sender's handshake, so it proves nothing about a delivery.
        if self.scheme.signs_challenges() && claim.messages.iter().any(is_signable_challenge) {
            return Err(Rejection::SignatureMismatch);
        }
        let signed_at = match signature.timestamp {
            Some(Timestamp { place: Place::Body(pointer), unit }) => Some(timestamp_in_body(&claim, pointer, unit)?),
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
            // The body's own digest would change with unsigned bytes.
            (Id::BodyOrDigest(pointer), _) if !signature.signs_body_bytes() => {
                SignedId::BodyOrDigest(pointer, Some(digest_of_signed(signature, &claim, self.keys.get(key))))
            }
            _ => SignedId::of_body(self.scheme.id),
        };
        Ok(Verified { signed_at, ..self.verified(delivery, key, id) })
    }

    fn verify_token(self, token: &Token, delivery: Delivery<'d>, now: UnixTime) -> Result<Verified<'d>, Rejection> {
        let received = ReceivedToken::read(token, &delivery)?;
        let wanted = received.wanted_key_id(self.keys);
        if !self.keys.iter().any(|key| wanted.admits(key)) {
            return Err(Rejection::UnsupportedSignature {
                problem: "the token names its key (kid), and the keys have other names: pass the key of that name, or a key without a name",
            });
        }
        let key = self.find_key(|key| wanted.admits(key) && received.is_signed_by(key))?;
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
        let mut first = None;
        for sent in received_shared_tokens(place, &delivery)? {
            let key = self.find_key(|key| key.matches_shared_token(&sent))?;
            first = first.or(Some(key));
        }
        let key = first.ok_or(Rejection::SignatureMismatch)?;
        let id = SignedId::of_body(self.scheme.id);
        Ok(self.verified(delivery, key, id))
    }

    /// The fields of [`Verified`] that every kind of proof sets. The others are empty.
    fn verified(self, delivery: Delivery<'d>, key: usize, id: SignedId<'d>) -> Verified<'d> {
        let payload = envelope::open(self.scheme.payload, delivery.body());
        // A delivery by GET is a form in the URL. Verification has shown that the sender signed this URL.
        let payload = if self.scheme.takes_get() && delivery.body().is_empty() {
            Some(url::query(&delivery.signed_url(true)).to_owned())
        } else {
            payload
        };
        Verified {
            scheme: self.scheme,
            delivery,
            signed_at: None,
            key,
            id,
            kind: None,
            json: None,
            payload,
            host: self.host,
        }
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

/// Whether a key is one that the sender publishes for its test messages.
fn is_published(scheme: &Scheme, key: &Key) -> bool {
    let Proof::Signature(Signature { tags: [tag, ..], .. }) = scheme.proof else { return false };
    let sample = |key: &Key| key.sign(tag.algorithm, &Message::of(b"sample"));
    let mut published = scheme.test_keys().filter_map(|text| Key::parse(scheme, text).ok());
    published.any(|published| sample(&published).is_some_and(|made| Some(made) == sample(key)))
}

/// The shared tokens that the sender sent, decoded from their place. Each of them must be a secret.
fn received_shared_tokens<'d>(place: SharedToken, delivery: &Delivery<'d>) -> Result<Vec<Cow<'d, [u8]>>, Rejection> {
    let token = match place {
        SharedToken::Header(header) => {
            let family = delivery.family(&[header])?;
            let name = header.get(family).copied().unwrap_or_default();
            Cow::Borrowed(printable_header(delivery, name)?.as_bytes())
        }
        SharedToken::Basic => Cow::Owned(basic_credentials(printable_header(delivery, AUTHORIZATION)?)?),
        SharedToken::Body(pointer) if pointer.as_bytes().contains(&b'*') => {
            return tokens_in_items(delivery.body(), pointer);
        }
        SharedToken::Body(pointer) => token_in_body(delivery.body(), pointer)?,
    };
    Ok(Vec::from([token]))
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
    let second_item = second_item(pointer);
    let mut pointers = Vec::from([pointer]);
    pointers.extend(second_item.as_deref());
    let document = read_unverified_body(body, &pointers, pointer)?;
    let mut found = document.found.iter().copied();
    let text = found.next().flatten().and_then(json::Value::text);
    if found.next().is_some_and(|second| second.is_some()) {
        return Err(Rejection::MalformedHeader { header: pointer, problem: SECOND_ITEM });
    }
    text.map(bytes).ok_or(Rejection::MissingHeader { header: pointer })
}

/// The token in every item of a list: the texts to which a pointer with a `*` leads.
fn tokens_in_items(body: &[u8], pointer: Pointer) -> Result<Vec<Cow<'_, [u8]>>, Rejection> {
    let missing = || Rejection::MissingHeader { header: pointer };
    // The strict pass has checked the encoding, too.
    let text = read_unverified_body(body, &[], pointer)?.text.as_str();
    let root = json::tree(text).map_err(|_| missing())?;
    let mut found = Vec::from([root]);
    for step in pointer.split('/').skip(1) {
        let mut next = Vec::new();
        for tree in found {
            match tree {
                Tree::Array(items) if step == "*" => next.extend(items),
                Tree::Object(members) => {
                    let member = members.into_iter().find(|(name, _)| name == step);
                    next.push(member.ok_or_else(missing)?.1);
                }
                _ => return Err(missing()),
            }
        }
        found = next;
    }
    let token = |tree| match tree {
        Tree::String(text) => Ok(bytes(text)),
        _ => Err(missing()),
    };
    let tokens: Vec<_> = found.into_iter().map(token).collect::<Result<_, _>>()?;
    if tokens.is_empty() { Err(missing()) } else { Ok(tokens) }
}

/// The digest that identifies an event whose sender signs parts of the body but not its bytes: the SHA-256 of the signed
/// message without the timestamp, so that a retry has the same digest.
fn digest_of_signed(signature: &Signature, claim: &Claim<'_>, key: Option<&Key>) -> [u8; 32] {
    // An empty pointer leads to no member.
    let members = claim.members.clone().without(signature.timestamp_pointer().unwrap_or_default());
    let values = SignedValues { timestamp: "", ..claim.values.clone() };
    let messages = signed_messages(signature.content, &values, &members);
    // The caller may pass the URL in a different spelling each time. The sender signed one of them.
    let is_signed =
        |message| key.is_some_and(|key| key.verifies_any(&claim.signatures, slice::from_ref(message), None));
    let index = claim.messages.iter().position(is_signed).unwrap_or(0);
    let whole = messages.get(index).map(Message::whole).unwrap_or_default();
    sha256(&[&whole])
}
