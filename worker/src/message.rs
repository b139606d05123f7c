//! The queue message: a versioned contract. Its attributes have the names of CloudEvents 1.0 in JSON format; the body
//! travels in base64, so that it comes out byte for byte as it went in. A body that is too long for that stands in R2,
//! and the message names it: the claim check of CloudEvents.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use countersign::{Authenticated, Event};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use crate::outbox::Effect;

/// The path that a source's deliveries come in by, up to its name.
const PATH: &str = "/in/";
/// The version of a message that holds its body.
const INLINE: u32 = 1;
/// The version of a message that names its body. Consumers that know only [`INLINE`] cannot read it, and are told so.
const POINTER: u32 = 2;
/// A message that would be larger than this names its body instead, which goes to R2, if there is a bucket. In base64 that
/// is a body of some 89 000 bytes.
pub(crate) const COMFORTABLE_BYTES: usize = 120_000;
/// A queue takes 128 000 bytes with some hundred of its own; what remains is for the message.
pub(crate) const MAX_BYTES: usize = 127_000;
/// What stands in the place of the type where the sender names none: CloudEvents need one.
const UNTYPED: &str = "countersign.untyped";

/// An event on its way through the queue.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Message {
    pub(crate) specversion: String,
    /// The version of this contract.
    pub(crate) envelope: u32,
    /// What tells this event from every other of its source.
    pub(crate) id: String,
    /// The path that the event came in by: `/in/<source>`.
    pub(crate) source: String,
    /// The sender's name for the type of event.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// When the gate took the event in.
    pub(crate) time: String,
    /// The scheme it was verified by.
    pub(crate) scheme: String,
    /// The name of the secret that fits.
    pub(crate) keyid: String,
    /// `content`, or `sender` where the body is not signed.
    pub(crate) authenticated: String,
    /// When the sender signed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) signedtime: Option<String>,
    /// The id of the delivery by a header that nobody signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unsignedid: Option<String>,
    /// The type of the event by a header that nobody signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unsignedtype: Option<String>,
    /// `consumer`, where the gate could not tell copies apart and the consumer has to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dedupe: Option<String>,
    /// Which replay this is, counted from one, where an operator asked for it: it is to be acted on again.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) replay: u32,
    /// The body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) data_base64: Option<String>,
    /// The name of the object in R2 that holds the body; behind the slash stands the body's SHA-256.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dataref: Option<String>,
    /// The length of the body that `dataref` names, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) datasize: Option<usize>,
}

impl Message {
    /// The message of an event, without its body yet. Times are in RFC 3339.
    pub(crate) fn new(
        event: &Event<'_>,
        source: &str,
        key_name: &str,
        time: String,
        signed_time: Option<String>,
    ) -> Self {
        Self {
            specversion: "1.0".into(),
            envelope: INLINE,
            id: event.id.clone(),
            source: format!("{PATH}{source}"),
            kind: event.kind.clone().unwrap_or_else(|| UNTYPED.into()),
            time,
            scheme: event.source.into(),
            keyid: key_name.into(),
            authenticated: match event.authenticated {
                Authenticated::Content => "content".into(),
                Authenticated::Sender => "sender".into(),
            },
            signedtime: signed_time,
            unsignedid: event.unsigned_id.map(short),
            unsignedtype: event.unsigned_kind.map(short),
            dedupe: None,
            replay: 0,
            data_base64: None,
            dataref: None,
            datasize: None,
        }
    }

    /// The message with the body in it.
    pub(crate) fn holding(self, body: &[u8]) -> Self {
        Self { data_base64: Some(BASE64_STANDARD.encode(body)), ..self }
    }

    /// The message of a body that stands in R2.
    pub(crate) fn pointing_to(self, object: String, body_bytes: usize) -> Self {
        Self { envelope: POINTER, dataref: Some(object), datasize: Some(body_bytes), ..self }
    }

    /// Whether this version is known here, and the message is whole in it.
    pub(crate) fn check(&self) -> Result<(), String> {
        match self.envelope {
            INLINE if self.data_base64.as_deref().and_then(decoded).is_none() => {
                Err("data_base64 is not base64".into())
            }
            POINTER if self.dataref.is_none() || self.datasize.is_none() => {
                Err("dataref or datasize is missing".into())
            }
            INLINE | POINTER => Ok(()),
            other => Err(format!("envelope {other} is not known here: deploy a newer Worker")),
        }
    }

    /// What tells this event from every other of every source.
    pub(crate) fn key(&self) -> String {
        format!("{} {}", self.source, self.id)
    }

    /// The name of the source that the event came by.
    pub(crate) fn source_name(&self) -> &str {
        self.source.strip_prefix(PATH).unwrap_or(&self.source)
    }

    /// What the consumer is to do about it, once.
    pub(crate) fn effect(&self) -> Effect {
        Effect { key: self.key(), replay: self.replay, object: self.dataref.clone() }
    }

    /// The body's bytes, where the message holds them.
    pub(crate) fn body(&self) -> Option<Vec<u8>> {
        decoded(self.data_base64.as_deref()?)
    }

    /// How many bytes of JSON this can become with a body of so many bytes. Base64 has no letter that is escaped; any
    /// other text may be escaped throughout.
    pub(crate) fn largest_size(&self, body_bytes: usize) -> usize {
        const NAMES_AND_FIXED_TEXTS: usize = 512;
        let Self { id, source, kind, keyid, unsignedid, unsignedtype, .. } = self;
        let texts = [id, source, kind, keyid].into_iter().chain(unsignedid).chain(unsignedtype);
        let letters = texts.fold(0_usize, |sum, text| sum.saturating_add(text.len()));
        let base64 = body_bytes.div_ceil(3).saturating_mul(4);
        letters.saturating_mul(6).saturating_add(base64).saturating_add(NAMES_AND_FIXED_TEXTS)
    }
}

/// The body of a queue message as JSON, whatever it is.
pub(crate) fn json_of(body: &JsValue) -> Option<String> {
    // What is no JSON, like `undefined`, comes back as no text.
    js_sys::JSON::stringify(body).ok().and_then(|json| JsValue::from(json).as_string())
}

fn decoded(base64: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(base64).ok()
}

/// A header that nobody signed may be of any length; more than this helps nobody.
fn short(text: &str) -> String {
    text.chars().take(256).collect()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}
