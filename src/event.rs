//! What a verified delivery means. Reading begins here and nowhere else: only a [`Verified`] can be decoded.

use alloc::borrow::{Cow, ToOwned};
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
use crate::text::decimal::join;
use crate::text::hex;
use crate::time::UnixTime;

/// A delivery that one of the keys vouches for and that came in time. Only
/// [`Verifier::verify`](crate::Verifier::verify) makes one.
#[derive(Clone, Debug)]
pub struct Verified<'d> {
    pub(crate) scheme: &'d Scheme,
    pub(crate) delivery: Delivery<'d>,
    pub(crate) signed_at: Option<UnixTime>,
    pub(crate) key: usize,
    pub(crate) id: SignedId<'d>,
    /// The type of the event, where the proof itself says it.
    pub(crate) kind: Option<String>,
    /// The body, where it had to be read as JSON to be verified.
    pub(crate) json: Option<Json<'d>>,
    pub(crate) host: Host<'d>,
}

/// Where the event's id comes from, with what verification already knows of it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SignedId<'d> {
    Header(&'d str),
    Body(Pointer),
    BodyOrDigest(Pointer),
    BodyDigest,
    Digest([u8; 32]),
}

impl SignedId<'_> {
    /// The source of an id that is no header.
    pub(crate) const fn of_body(id: Id) -> Self {
        match id {
            Id::Body(pointer) => Self::Body(pointer),
            Id::BodyOrDigest(pointer) => Self::BodyOrDigest(pointer),
            Id::Digest | Id::Notice | Id::Header(_) => Self::BodyDigest,
        }
    }
}

impl<'d> Verified<'d> {
    /// The body's bytes, exactly as they arrived.
    #[must_use]
    pub const fn body(&self) -> &'d [u8] {
        self.delivery.body()
    }

    /// When the sender signed it, where the scheme signs a time.
    #[must_use]
    pub const fn signed_at(&self) -> Option<UnixTime> {
        self.signed_at
    }

    /// Which of the verifier's keys fits, counted from zero in the order they were given.
    #[must_use]
    pub const fn key(&self) -> usize {
        self.key
    }

    /// Whether the body itself is signed, or only its sender known.
    #[must_use]
    pub const fn authenticated(&self) -> Authenticated {
        self.scheme.authenticated()
    }

    /// Reads the event's id and type, and no more of the body than that takes.
    ///
    /// # Errors
    ///
    /// [`DecodeError`], where the id must come from the body and cannot be read there. A type that cannot be read is
    /// left out.
    pub fn decode(&self) -> Result<Event<'d>, DecodeError> {
        let mut event = self.decode_leaving_digest()?;
        if event.id.is_empty() {
            event.id = body_id(self.body(), self.host);
        }
        Ok(event)
    }

    /// Like [`decode`](Self::decode), but an id that is a digest of the body is left empty, for [`body_id`] to make it when
    /// somebody asks: for a large body it is half of the work. For the npm package, whose events do so by themselves; an
    /// event without an id is easily taken for another one.
    ///
    /// # Errors
    ///
    /// Those of [`decode`](Self::decode).
    #[doc(hidden)]
    pub fn decode_leaving_digest(&self) -> Result<Event<'d>, DecodeError> {
        let id_pointer = match self.id {
            SignedId::Body(pointer) | SignedId::BodyOrDigest(pointer) => Some(pointer),
            _ => None,
        };
        // The places of the type, and the place of the id last.
        let kinds = if self.kind.is_some() { &[] } else { self.scheme.kind };
        let mut pointers: Vec<Pointer> = kinds.to_vec();
        pointers.extend(id_pointer);
        let document = if pointers.is_empty() { None } else { Some(json::read(self.body(), &pointers)) };
        let found = match &document {
            Some(Ok(document)) => document.found.as_slice(),
            _ => &[],
        };
        let (kinds, ids) = found.split_at_checked(kinds.len()).unwrap_or_default();
        let id = match (self.id, first_text(ids)) {
            (SignedId::Header(id), _) => id.to_owned(),
            (SignedId::Digest(digest), _) => digest_id(&digest),
            (_, Some(id)) => id,
            (SignedId::Body(pointer), None) => {
                return Err(match document {
                    Some(Err(error)) => error,
                    _ => DecodeError::MissingId { pointer },
                });
            }
            (SignedId::BodyOrDigest(_) | SignedId::BodyDigest, None) => String::new(),
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
            json: match document {
                Some(document) => Some(document.map(|document| Json::new(&document))),
                None => self.json.map(Ok),
            },
            body: self.body(),
        })
    }

    /// Reads the whole body into a type: one of a sender's (see [`payload`](crate::payload)), or one of your own.
    ///
    /// # Errors
    ///
    /// [`DecodeError`], if the body is not strict JSON or not of that type.
    pub fn decode_as<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        let json = check_json(self.body())?;
        serde_json::from_str(json.text()).map_err(|error| DecodeError::NotJson { at: offset_of(&error, json.text()) })
    }

    fn unsigned(&self, header: Option<&'static str>) -> Option<&'d str> {
        let value = header.and_then(|name| self.delivery.header(name).ok().flatten())?;
        core::str::from_utf8(value).ok()
    }
}

/// The first of some values that is a text and not empty.
fn first_text(values: &[Option<Value<'_>>]) -> Option<String> {
    let mut texts = values.iter().flatten().filter_map(|value| value.text());
    texts.find(|text| !text.is_empty()).map(Cow::into_owned)
}

/// The id of an event without a signed one, where the body as it stands tells it from others: `sha256:` and its digest.
#[doc(hidden)]
#[must_use]
pub fn body_id(body: &[u8], host: Option<&dyn HostHash>) -> String {
    digest_id(&body_digest(body, host))
}

fn digest_id(digest: &[u8]) -> String {
    join(&["sha256:", &hex::encode(digest)])
}

/// What happened, at which sender. `Debug` shows everything but the body.
#[derive(Clone)]
pub struct Event<'d> {
    /// The name of the scheme it came by.
    pub source: &'static str,
    /// What tells this event from every other of the source: the sender's signed id, or `sha256:` and a digest of
    /// what was signed. A repeated delivery has the same id.
    pub id: String,
    /// The sender's name for the type of event, where something signed says it.
    pub kind: Option<String>,
    /// When the sender signed it, where the scheme signs a time.
    pub signed_at: Option<UnixTime>,
    /// Which of the verifier's keys fits, counted from zero.
    pub key: usize,
    /// Whether the body itself is signed, or only its sender known.
    pub authenticated: Authenticated,
    /// The id of the delivery that a header gives and nobody signed: for people, not for decisions.
    pub unsigned_id: Option<&'d str>,
    /// The type of event that a header gives and nobody signed: for people, not for decisions.
    pub unsigned_kind: Option<&'d str>,
    json: Option<Result<Json<'d>, DecodeError>>,
    body: &'d [u8],
}

impl<'d> Event<'d> {
    /// The body's bytes, exactly as they arrived.
    #[must_use]
    pub const fn body(&self) -> &'d [u8] {
        self.body
    }

    /// The body as JSON that every reader understands alike.
    ///
    /// # Errors
    ///
    /// [`DecodeError`], if it is not.
    pub fn json(&self) -> Result<Json<'d>, DecodeError> {
        self.json.unwrap_or_else(|| check_json(self.body))
    }

    /// The fields of a body in `application/x-www-form-urlencoded`, decoded, in their order.
    ///
    /// # Errors
    ///
    /// [`DecodeError::NotForm`], if an escape in it is broken or it is not UTF-8.
    pub fn form(&self) -> Result<Vec<(String, String)>, DecodeError> {
        form::decode(self.body).ok_or(DecodeError::NotForm)
    }

    /// What is known of the body as JSON without reading it now.
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

/// A text known to be strict JSON: no member named twice, no deep nesting, UTF-8 throughout.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Json<'d> {
    text: Span<'d>,
    /// Whether it holds an integer that a 64-bit floating-point number would round.
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

    /// The text, as it arrived.
    #[must_use]
    pub fn text(&self) -> &'d str {
        self.text.as_str()
    }
}

/// Checks that bytes are JSON that every reader understands alike. It says nothing about who sent them.
///
/// # Errors
///
/// [`DecodeError`], if they are not.
pub fn check_json(body: &[u8]) -> Result<Json<'_>, DecodeError> {
    json::read(body, &[]).map(|document| Json::new(&document))
}

/// The offset of the byte at which a typed reading failed.
fn offset_of(error: &serde_json::Error, text: &str) -> usize {
    let before = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len);
    before.sum::<usize>().saturating_add(error.column().saturating_sub(1)).min(text.len())
}
