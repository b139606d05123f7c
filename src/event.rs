//! What a verified delivery means. In: a [`Verified`], which only [`Verifier::verify`](crate::Verifier::verify) makes.
//! Out: the [`Event`] with its id and type, or the body read into a type of the caller's.

use alloc::borrow::{Cow, ToOwned};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};

use serde::de::DeserializeOwned;

use crate::delivery::Delivery;
use crate::error::DecodeError;
use crate::form;
use crate::hash::{Host, HostHash, body_digest};
use crate::json::{self, Document, Span, Value};
use crate::scheme::{Authenticated, Id, Pointer, Scheme};
use crate::text::hex;
use crate::time::UnixTime;

/// A delivery whose proof was made with one of the verifier's keys, within the tolerance.
///
/// Only [`Verifier::verify`](crate::Verifier::verify) makes one: its fields are private and it has no constructor.
#[derive(Clone, Debug)]
pub struct Verified<'d> {
    pub(crate) scheme: &'d Scheme,
    pub(crate) delivery: Delivery<'d>,
    pub(crate) signed_at: Option<UnixTime>,
    pub(crate) key: usize,
    pub(crate) id: SignedId<'d>,
    /// The event's type, if the proof itself contains it.
    pub(crate) kind: Option<String>,
    /// The body, if verification already parsed it as JSON.
    pub(crate) json: Option<Json<'d>>,
    pub(crate) host: Host<'d>,
}

/// The source of the event's id, with the parts of it that verification already knows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SignedId<'d> {
    /// The value of a signed header.
    Header(&'d str),
    /// A member of the body. A body without it cannot be decoded.
    Body(Pointer),
    /// A member of the body or, if it has none, a digest: of the signed content, or of the body if its bytes are signed.
    BodyOrDigest(Pointer, Option<[u8; 32]>),
    /// The body's digest, which is computed on demand.
    BodyDigest,
    /// A digest of signed content that is not the body's bytes.
    Digest([u8; 32]),
}

impl SignedId<'_> {
    /// The source of an id that is not read from a header.
    pub(crate) const fn of_body(id: Id) -> Self {
        match id {
            Id::Body(pointer) => Self::Body(pointer),
            Id::BodyOrDigest(pointer) => Self::BodyOrDigest(pointer, None),
            Id::Digest | Id::ChangeNotice | Id::Header(_) => Self::BodyDigest,
        }
    }
}

impl<'d> Verified<'d> {
    /// The body's bytes, as received.
    #[must_use]
    pub const fn body(&self) -> &'d [u8] {
        self.delivery.body()
    }

    /// The time at which the sender signed the delivery. `None` if the scheme signs no timestamp.
    #[must_use]
    pub const fn signed_at(&self) -> Option<UnixTime> {
        self.signed_at
    }

    /// The index of the key that verified the signature, counted from zero in the order given to the verifier.
    #[must_use]
    pub const fn key(&self) -> usize {
        self.key
    }

    /// Whether the proof covers the body or only the sender's identity.
    #[must_use]
    pub const fn authenticated(&self) -> Authenticated {
        self.scheme.authenticated()
    }

    /// Reads the event's id and type from where the scheme says they are.
    ///
    /// The body is parsed only if one of them is in it. A type that cannot be read is `None`.
    ///
    /// # Errors
    ///
    /// [`DecodeError`], if the scheme takes the id from the body and the body is not strict JSON or has no id there.
    pub fn decode(&self) -> Result<Event<'d>, DecodeError> {
        let mut event = self.decode_without_digest()?;
        if event.id.is_empty() {
            event.id = body_id(self.body(), self.host);
        }
        Ok(event)
    }

    /// Like [`decode`](Self::decode), but leaves an id that is a digest of the body empty.
    pub(crate) fn decode_without_digest(&self) -> Result<Event<'d>, DecodeError> {
        let id_pointer = match self.id {
            SignedId::Body(pointer) | SignedId::BodyOrDigest(pointer, _) => Some(pointer),
            _ => None,
        };
        // One pass over the body finds the type and the id. The pointer to the id comes last.
        let kinds = if self.kind.is_some() { &[] } else { self.scheme.kind };
        let mut pointers: Vec<Pointer> = kinds.to_vec();
        pointers.extend(id_pointer);
        let document = if pointers.is_empty() { None } else { Some(json::read(self.body(), &pointers)) };
        let found = match &document {
            Some(Ok(document)) => document.found.as_slice(),
            _ => &[],
        };
        let (kinds, ids) = found.split_at_checked(kinds.len()).unwrap_or_default();
        let text_of = if self.scheme.signs_members() { Value::plain_text } else { Value::text };
        let id = match (self.id, first_text(ids, text_of)) {
            (SignedId::Header(id), _) => id.to_owned(),
            (SignedId::Digest(digest), _) | (SignedId::BodyOrDigest(_, Some(digest)), None) => digest_id(&digest),
            (_, Some(id)) => id,
            (SignedId::Body(pointer), None) => {
                return Err(match document {
                    Some(Err(error)) => error,
                    _ => DecodeError::MissingId { pointer },
                });
            }
            (SignedId::BodyOrDigest(_, None) | SignedId::BodyDigest, None) => String::new(),
        };
        let kind = self.kind.clone().or_else(|| first_text(kinds, text_of));
        Ok(Event {
            source: self.scheme.name,
            id,
            kind,
            signed_at: self.signed_at,
            key: self.key,
            authenticated: self.authenticated(),
            unsigned_id: self.unsigned(self.scheme.unsigned.id),
            unsigned_kind: self.unsigned(self.scheme.unsigned.kind),
            json: match document {
                Some(document) => Some(document.map(|document| Json::new(&document))),
                None => self.json.map(Ok),
            },
            body: self.body(),
        })
    }

    /// Parses the whole body into a type: one of a sender's (see [`payload`](crate::payload)), or one of your own.
    ///
    /// # Errors
    ///
    /// [`DecodeError`], if the body is not strict JSON or does not have the shape of that type.
    pub fn decode_as<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        let json = Json::read(self.body())?;
        serde_json::from_str(json.text()).map_err(|error| DecodeError::NotJson { at: offset_of(&error, json.text()) })
    }

    fn unsigned(&self, header: Option<&'static str>) -> Option<&'d str> {
        let value = header.and_then(|name| self.delivery.header(name).ok().flatten())?;
        core::str::from_utf8(value).ok()
    }
}

/// The first of these values that has a text which is not empty.
fn first_text<'j>(values: &[Option<Value<'j>>], text_of: fn(Value<'j>) -> Option<Cow<'j, str>>) -> Option<String> {
    let mut texts = values.iter().flatten().filter_map(|value| text_of(*value));
    texts.find(|text| !text.is_empty()).map(Cow::into_owned)
}

/// The id of an event whose sender signs no id: `sha256:` and the SHA-256 of the body in hexadecimal.
pub(crate) fn body_id(body: &[u8], host: Option<&dyn HostHash>) -> String {
    digest_id(&body_digest(body, host))
}

fn digest_id(digest: &[u8]) -> String {
    format!("sha256:{}", hex::encode(digest))
}

/// An event, decoded from a verified delivery. `Debug` prints everything except the body.
#[derive(Clone)]
pub struct Event<'d> {
    /// The name of the scheme that verified the delivery, like `stripe`.
    pub source: &'static str,
    /// The id that identifies the event within its source: the sender's signed id, or `sha256:` and a digest of the
    /// signed content. A retried delivery has the same id.
    pub id: String,
    /// The sender's name for the event's type, like `invoice.paid`. `None` if nothing signed contains it.
    pub kind: Option<String>,
    /// The time at which the sender signed the delivery. `None` if the scheme signs no timestamp.
    pub signed_at: Option<UnixTime>,
    /// The index of the key that verified the signature, counted from zero.
    pub key: usize,
    /// Whether the proof covers the body or only the sender's identity.
    pub authenticated: Authenticated,
    /// The delivery's id from an unsigned header. Display it, never act on it.
    pub unsigned_id: Option<&'d str>,
    /// The event's type from an unsigned header. Display it, never act on it.
    pub unsigned_kind: Option<&'d str>,
    json: Option<Result<Json<'d>, DecodeError>>,
    body: &'d [u8],
}

impl<'d> Event<'d> {
    /// The body's bytes, as received.
    #[must_use]
    pub const fn body(&self) -> &'d [u8] {
        self.body
    }

    /// The body as strict JSON text.
    ///
    /// # Errors
    ///
    /// [`DecodeError`], if the body is not JSON, has a duplicate key, or is nested deeper than
    /// [`MAX_DEPTH`](crate::MAX_DEPTH).
    pub fn json(&self) -> Result<Json<'d>, DecodeError> {
        self.json.unwrap_or_else(|| Json::read(self.body))
    }

    /// The fields of an `application/x-www-form-urlencoded` body: names and values, decoded, in their order.
    ///
    /// # Errors
    ///
    /// [`DecodeError::NotForm`], if a percent-escape is broken or the decoded bytes are not UTF-8.
    pub fn form(&self) -> Result<Vec<(String, String)>, DecodeError> {
        form::decode(self.body).ok_or(DecodeError::NotForm)
    }

    /// The result of [`json`](Self::json) if the body was parsed already, else `None`. This method never parses.
    #[must_use]
    pub const fn json_if_read(&self) -> Option<Result<Json<'d>, DecodeError>> {
        self.json
    }
}

impl Debug for Event<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("source", &self.source)
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("signed_at", &self.signed_at)
            .field("key", &self.key)
            .field("authenticated", &self.authenticated)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// A text that was checked to be strict JSON: UTF-8, no duplicate keys, no deeper nesting than
/// [`MAX_DEPTH`](crate::MAX_DEPTH).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Json<'d> {
    text: Span<'d>,
    /// Whether the text contains an integer beyond ±(2^53 - 1), which a 64-bit floating-point number would round.
    pub has_big_integer: bool,
}

impl Debug for Json<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Json").field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}

impl<'d> Json<'d> {
    pub(crate) fn new(document: &Document<'d>) -> Self {
        Self { text: document.text, has_big_integer: document.has_big_integer }
    }

    /// Checks that bytes are strict JSON.
    pub(crate) fn read(body: &'d [u8]) -> Result<Self, DecodeError> {
        json::read(body, &[]).map(|document| Self::new(&document))
    }

    /// The text, as received.
    #[must_use]
    pub fn text(&self) -> &'d str {
        self.text.as_str()
    }
}

/// The byte offset of the line and column at which serde failed.
fn offset_of(error: &serde_json::Error, text: &str) -> usize {
    let before = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len);
    before.sum::<usize>().saturating_add(error.column().saturating_sub(1)).min(text.len())
}
