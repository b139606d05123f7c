//! What a verified delivery means. Reading begins here and nowhere else: only a [`Verified`] can be decoded.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::de::DeserializeOwned;

use crate::delivery::Delivery;
use crate::error::DecodeError;
use crate::json::{self, Document, Value};
use crate::key::sha256;
use crate::scheme::{Authenticated, Id, Pointer, Scheme};
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
            Id::Digest | Id::Header(_) => Self::BodyDigest,
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
        let id_pointer = match self.id {
            SignedId::Body(pointer) | SignedId::BodyOrDigest(pointer) => Some(pointer),
            _ => None,
        };
        let kind_pointers = if self.kind.is_some() { &[] } else { self.scheme.kind };
        let pointers: Vec<Pointer> = id_pointer.iter().chain(kind_pointers).copied().collect();
        let document = if pointers.is_empty() { None } else { Some(json::read(self.body(), &pointers)) };
        let text_at = |wanted: &[Pointer]| {
            let found = document.as_ref()?.as_ref().ok()?.found.iter().zip(&pointers);
            let mut texts = found
                .filter(|(_, pointer)| wanted.contains(pointer))
                .filter_map(|(value, _)| value.and_then(Value::text));
            texts.find(|text| !text.is_empty()).map(alloc::borrow::Cow::into_owned)
        };
        let digest = |digest: [u8; 32]| format!("sha256:{}", base16ct::HexDisplay(&digest));
        let body_id = id_pointer.and_then(|pointer| text_at(&[pointer]));
        let id = match (self.id, body_id) {
            (SignedId::Header(id), _) => id.to_owned(),
            (SignedId::Digest(bytes), _) => digest(bytes),
            (_, Some(id)) => id,
            (SignedId::Body(pointer), None) => {
                return Err(match document {
                    Some(Err(error)) => error,
                    _ => DecodeError::MissingId { pointer },
                });
            }
            (SignedId::BodyOrDigest(_) | SignedId::BodyDigest, None) => digest(sha256(&[self.body()])),
        };
        let kind = self.kind.clone().or_else(|| text_at(kind_pointers));
        Ok(Event {
            source: self.scheme.name,
            id,
            kind,
            signed_at: self.signed_at,
            key: self.key,
            authenticated: self.authenticated(),
            unsigned_id: self.unsigned(self.scheme.unsigned.id),
            unsigned_kind: self.unsigned(self.scheme.unsigned.kind),
            json: document.map(|document| document.map(|document| Json::new(self.body(), &document))),
            body: self.body(),
        })
    }

    /// Reads the whole body into a type of your own.
    ///
    /// # Errors
    ///
    /// [`DecodeError`], if the body is not strict JSON or not of that type.
    pub fn decode_as<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        let json = check_json(self.body())?;
        serde_json::from_str(json.text).map_err(|error| DecodeError::NotJson { at: offset_of(&error, json.text) })
    }

    fn unsigned(&self, header: Option<&'static str>) -> Option<&'d str> {
        let value = header.and_then(|name| self.delivery.header(name).ok().flatten())?;
        core::str::from_utf8(value).ok()
    }
}

/// What happened, at which sender.
#[derive(Clone, Debug)]
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

    /// What is known of the body as JSON without reading it now.
    #[must_use]
    pub const fn json_if_read(&self) -> Option<Result<Json<'d>, DecodeError>> {
        self.json
    }
}

/// A text known to be strict JSON: no member named twice, no deep nesting, UTF-8 throughout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Json<'d> {
    /// The text, as it arrived.
    pub text: &'d str,
    /// Whether it holds an integer that a 64-bit floating-point number would round.
    pub has_big_integer: bool,
}

impl<'d> Json<'d> {
    fn new(body: &'d [u8], document: &Document<'d>) -> Self {
        // The document was read from these bytes, so they are text.
        Self { text: core::str::from_utf8(body).unwrap_or_default(), has_big_integer: document.has_big_integer }
    }
}

/// Checks that bytes are JSON that every reader understands alike. It says nothing about who sent them.
///
/// # Errors
///
/// [`DecodeError`], if they are not.
pub fn check_json(body: &[u8]) -> Result<Json<'_>, DecodeError> {
    json::read(body, &[]).map(|document| Json::new(body, &document))
}

/// The offset of the byte at which a typed reading failed.
fn offset_of(error: &serde_json::Error, text: &str) -> usize {
    let before = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len);
    before.sum::<usize>().saturating_add(error.column().saturating_sub(1)).min(text.len())
}
