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
use crate::hash::{Host, HostHash, body_digest, sha256};
use crate::json::{self, Document, Span, Value};
use crate::scheme::{Authenticated, Format, Header, Id, Pointer, Proof, Scheme};
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
    /// The text inside the body, if the body wraps it.
    pub(crate) payload: Option<String>,
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
    /// The body is parsed only if one of them is in it. A body that the sender signed as a whole is read strictly on the way
    /// to them: a duplicate key elsewhere, or deep nesting, does not prevent decoding. Any other body is read strictly from
    /// end to end. A type that is missing, ambiguous or not text is `None`.
    ///
    /// # Errors
    ///
    /// [`DecodeError`], if the scheme takes the id from the body and the body is not JSON or has no id there, or if a key on
    /// the way to the id or the type occurs twice in its object, in any spelling.
    pub fn decode(&self) -> Result<Event<'d>, DecodeError> {
        let mut event = self.decode_without_digest()?;
        if event.id.is_empty() {
            event.id = body_id(self.body(), self.host);
        }
        Ok(event)
    }

    /// Like [`decode`](Self::decode), but leaves an id that is a digest of the body empty.
    pub(crate) fn decode_without_digest(&self) -> Result<Event<'d>, DecodeError> {
        let payload = self.payload.as_ref().map_or(self.body(), |payload| payload.as_bytes());
        let id_pointer = match self.id {
            SignedId::Body(pointer) | SignedId::BodyOrDigest(pointer, _) => Some(pointer),
            _ => None,
        };
        // One pass over the body finds the type and the id. The pointer to the id comes last.
        let kinds = if self.kind.is_some() { &[] } else { self.scheme.kind };
        let mut pointers: Vec<Pointer> = kinds.to_vec();
        pointers.extend(id_pointer);
        let is_form = matches!(self.scheme.payload, Format::Form);
        let is_json = !pointers.is_empty() && !is_form;
        let is_signed_whole = self.authenticated() == Authenticated::Content;
        let read: for<'j> fn(&'j [u8], &[&str]) -> Result<Document<'j>, DecodeError> =
            if is_signed_whole { json::find } else { json::read };
        let is_wrapped = self.payload.is_some();
        let document = (is_json && !is_wrapped).then(|| read(self.body(), &pointers));
        let document_inside = (is_json && is_wrapped).then(|| read(payload, &pointers));
        let either = document.as_ref().or(document_inside.as_ref());
        // A body that is not JSON has no id and no type. One with a duplicate key on the way has an id or a type that parsers
        // disagree about.
        if let Some(Err(error @ (DecodeError::DuplicateKey { .. } | DecodeError::TooDeep { .. }))) = either
            && is_signed_whole
        {
            return Err(*error);
        }
        let text_of = if self.scheme.signs_members() { Value::plain_text } else { Value::text };
        let found = match either {
            Some(Ok(document)) => document.found.iter().map(|value| value.and_then(text_of)).collect(),
            _ if is_form => form::find(payload, &pointers).map(|fields| fields.texts()).unwrap_or_default(),
            _ => Vec::new(),
        };
        let (kinds, ids) = found.split_at_checked(kinds.len()).unwrap_or_default();
        let id = match (self.id, first_text(ids)) {
            (SignedId::Header(id), _) => id.to_owned(),
            (SignedId::Digest(digest), _) | (SignedId::BodyOrDigest(_, Some(digest)), None) => digest_id(&digest),
            (_, Some(id)) => id,
            (SignedId::Body(pointer), None) => {
                return Err(match either {
                    Some(Err(error)) => *error,
                    _ => DecodeError::MissingId { pointer },
                });
            }
            (SignedId::BodyOrDigest(_, None) | SignedId::BodyDigest, None) if self.signs_payload() => {
                digest_id(&sha256(&[payload]))
            }
            (SignedId::BodyOrDigest(_, None) | SignedId::BodyDigest, None) => String::new(),
        };
        let kind = self.kind.clone().or_else(|| first_text(kinds));
        Ok(Event {
            source: self.scheme.name,
            id,
            kind,
            signed_at: self.signed_at,
            key: self.key,
            authenticated: self.authenticated(),
            unsigned_id: self.unsigned(self.scheme.unsigned.id),
            unsigned_kind: self.unsigned(self.scheme.unsigned.kind),
            reading: match (document, document_inside) {
                // The text inside a body belongs to the event, which reads it again.
                (None, Some(inside)) => way(inside),
                (Some(document), _) if is_signed_whole => way(document),
                (Some(document), _) => Reading::Whole(document.map(|document| Json::new(&document))),
                (None, None) => self.json.map_or(Reading::None, |json| Reading::Whole(Ok(json))),
            },
            payload: self.payload.clone(),
            body: self.body(),
        })
    }

    /// Parses the whole body into a type: one of a sender's (see [`payload`](crate::payload)), or one of your own. The body is
    /// read strictly from end to end.
    ///
    /// # Errors
    ///
    /// [`DecodeError`], if the body is not strict JSON or does not have the shape of that type.
    pub fn decode_as<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        let json = Json::read(self.payload.as_ref().map_or(self.body(), |payload| payload.as_bytes()))?;
        serde_json::from_str(json.text()).map_err(|error| DecodeError::NotJson { at: offset_of(&error, json.text()) })
    }

    /// Whether the sender signed the text inside the body, and not the body that wraps it.
    fn signs_payload(&self) -> bool {
        let Proof::Signature(signature) = self.scheme.proof else { return false };
        self.payload.is_some() && signature.signs_payload()
    }

    fn unsigned(&self, header: Header) -> Option<&'d str> {
        let value = header.iter().find_map(|name| self.delivery.header(name).ok().flatten())?;
        core::str::from_utf8(value).ok()
    }
}

/// The first of these values that is a non-empty string.
fn first_text(texts: &[Option<Cow<'_, str>>]) -> Option<String> {
    texts.iter().flatten().find(|text| !text.is_empty()).map(|text| text.clone().into_owned())
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
    reading: Reading<'d>,
    payload: Option<String>,
    body: &'d [u8],
}

/// The result of reading the body as JSON so far.
#[derive(Clone, Copy)]
enum Reading<'d> {
    /// The body was not read.
    None,
    /// The body was read strictly on the way to the id and type only. If it is JSON: whether it has a big integer.
    Way(Result<bool, DecodeError>),
    /// The body was read strictly from end to end.
    Whole(Result<Json<'d>, DecodeError>),
}

/// What a reading on the way to the id and type has found out.
fn way<'d>(document: Result<Document<'_>, DecodeError>) -> Reading<'d> {
    Reading::Way(document.map(|document| document.has_big_integer))
}

impl<'d> Event<'d> {
    /// The body's bytes, as received.
    #[must_use]
    pub const fn body(&self) -> &'d [u8] {
        self.body
    }

    /// The text inside a body that wraps it: the JSON in the field of a form, or the text that was compressed. For a delivery by
    /// `GET`, the query of its URL. `None` if the body itself is the text.
    #[must_use]
    pub fn wrapped_text(&self) -> Option<&str> {
        self.payload.as_deref()
    }

    /// The body, or the text inside it, as strict JSON text. An event that was decoded may have a body that is not strict JSON.
    ///
    /// # Errors
    ///
    /// [`DecodeError`], if the body is not JSON, has a duplicate key anywhere, or is nested deeper than
    /// [`MAX_DEPTH`](crate::MAX_DEPTH).
    pub fn json(&self) -> Result<Json<'_>, DecodeError> {
        let payload = self.payload.as_ref().map_or(self.body, |payload| payload.as_bytes());
        self.json_if_read().unwrap_or_else(|| Json::read(payload))
    }

    /// The fields of an `application/x-www-form-urlencoded` body: names and values, decoded, in their order. A delivery by `GET`
    /// has its fields in the query of its URL.
    ///
    /// # Errors
    ///
    /// [`DecodeError::NotForm`], if a percent-escape is broken or the decoded bytes are not UTF-8.
    pub fn form(&self) -> Result<Vec<(String, String)>, DecodeError> {
        let query = self.payload.as_ref().filter(|_| self.body.is_empty());
        form::decode(query.map_or(self.body, |query| query.as_bytes())).ok_or(DecodeError::NotForm)
    }

    /// The result of [`json`](Self::json) if the whole body was parsed strictly already, else `None`. This method never parses.
    #[must_use]
    pub const fn json_if_read(&self) -> Option<Result<Json<'d>, DecodeError>> {
        match self.reading {
            Reading::Whole(json) => Some(json),
            Reading::None | Reading::Way(_) => None,
        }
    }

    /// The result of reading the body as JSON so far: whether it has a big integer, or why it was rejected. `None` if the
    /// body was not read.
    pub(crate) fn has_big_integer(&self) -> Option<Result<bool, DecodeError>> {
        match self.reading {
            Reading::None => None,
            Reading::Way(json) => Some(json),
            Reading::Whole(json) => Some(json.map(|json| json.has_big_integer)),
        }
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
