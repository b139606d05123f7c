//! The queue message: a versioned contract. Its attributes have the names of CloudEvents 1.0 in JSON format. The body is
//! in base64, so that the consumer gets it byte for byte. A body that is too large is in R2 and the message names the
//! object, which CloudEvents calls a claim check.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use countersign::{Authenticated, Event};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wasm_bindgen::JsValue;

use crate::effect::Effect;
use crate::limits::MAX_UNSIGNED_TEXT_CHARS;
use crate::platform::digest::sha256_hex;
use crate::platform::log::{Line, truncate};

/// The path of every source, up to the source's name.
const PATH: &str = "/in/";
/// The version of a message that holds its body.
const INLINE: u32 = 1;
/// The version of a message that names its body's object. A consumer that knows only [`INLINE`] reports that it cannot
/// read the message.
const POINTER: u32 = 2;
/// The value of `dedupe` in a message that bypassed the outbox.
pub(crate) const DEDUPE_BY_CONSUMER: &str = "consumer";
/// The type of an event whose sender gives none. CloudEvents require a type.
const UNTYPED: &str = "countersign.untyped";

/// An event on the queue.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Message {
    pub(crate) specversion: String,
    /// The version of this contract.
    pub(crate) envelope: u32,
    /// The event's id, unique within its source.
    pub(crate) id: String,
    /// The path of the source: `/in/<source>`.
    pub(crate) source: String,
    /// The sender's name for the type of event.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// When the gate received the event, as RFC 3339.
    pub(crate) time: String,
    /// The name of the scheme that verified it.
    pub(crate) scheme: String,
    /// The name of the secret that verified the signature.
    pub(crate) keyid: String,
    /// `content`, or `sender` if the signature does not cover the body.
    pub(crate) authenticated: String,
    /// The signed timestamp, as RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) signedtime: Option<String>,
    /// The delivery's id from an unsigned header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unsignedid: Option<String>,
    /// The event's type from an unsigned header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unsignedtype: Option<String>,
    /// The query of a delivery by GET, as it was signed. Its parameters are the fields of the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) query: Option<String>,
    /// `consumer`, if the outbox failed and the consumer has to detect duplicates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dedupe: Option<String>,
    /// The number of the replay that an operator asked for, counted from one. The consumer acts on each replay.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) replay: u32,
    /// The body, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) data_base64: Option<String>,
    /// The name of the object in R2 that holds the body. The part after the slash is the body's SHA-256.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dataref: Option<String>,
    /// The length in bytes of the body that `dataref` names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) datasize: Option<usize>,
}

impl Message {
    /// The message of an event, still without its body. `source` and `key_name` are names, times are RFC 3339.
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
            unsignedid: event.unsigned_id.map(truncate_unsigned),
            unsignedtype: event.unsigned_kind.map(truncate_unsigned),
            query: None,
            dedupe: None,
            replay: 0,
            data_base64: None,
            dataref: None,
            datasize: None,
        }
    }

    /// Adds the body itself.
    pub(crate) fn with_body(self, body: &[u8]) -> Self {
        Self { data_base64: Some(BASE64_STANDARD.encode(body)), ..self }
    }

    /// Adds the name of the object in R2 that holds the body, and the body's length.
    pub(crate) fn with_body_in_bucket(self, object: String, body_bytes: usize) -> Self {
        Self { envelope: POINTER, dataref: Some(object), datasize: Some(body_bytes), ..self }
    }

    /// Checks that this version of the Worker knows the message's version and that the message is complete.
    pub(crate) fn check(&self) -> Result<(), String> {
        match self.envelope {
            INLINE if self.data_base64.as_deref().and_then(decode_base64).is_none() => {
                Err("data_base64 is missing or is not base64".into())
            }
            POINTER if self.dataref.is_none() || self.datasize.is_none() => {
                Err("dataref or datasize is missing".into())
            }
            INLINE | POINTER => Ok(()),
            other => Err(format!("this Worker does not know envelope {other}: deploy a newer one")),
        }
    }

    /// The event's key, unique across all sources.
    pub(crate) fn key(&self) -> String {
        format!("{} {}", self.source, self.id)
    }

    /// The name of the event's source.
    pub(crate) fn source_name(&self) -> &str {
        name_of(&self.source)
    }

    /// The effect that the consumer has to produce once for this message.
    pub(crate) fn effect(&self) -> Effect {
        Effect { key: self.key(), replay: self.replay, object: self.dataref.clone() }
    }

    /// The body's bytes, if the message holds them.
    pub(crate) fn body(&self) -> Option<Vec<u8>> {
        decode_base64(self.data_base64.as_deref()?)
    }

    /// Whether the message bypassed the outbox, so that the outbox may not know its event.
    pub(crate) fn bypassed_outbox(&self) -> bool {
        self.dedupe.as_deref() == Some(DEDUPE_BY_CONSUMER)
    }

    /// The SHA-256 of the body.
    pub(crate) fn digest(&self) -> Option<String> {
        match &self.dataref {
            Some(object) => object.split_once('/').map(|(_, digest)| digest.to_owned()),
            None => self.body().map(sha256_hex),
        }
    }

    /// The most bytes of JSON that this message can have with a body of this length. JSON never escapes base64, and may
    /// escape every byte of the other texts to six.
    pub(crate) fn max_json_bytes(&self, body_bytes: usize) -> usize {
        const NAMES_AND_FIXED_TEXTS: usize = 512;
        let Self { id, source, kind, keyid, unsignedid, unsignedtype, query, .. } = self;
        let texts = [id, source, kind, keyid].into_iter().chain(unsignedid).chain(unsignedtype).chain(query);
        let text_bytes = texts.fold(0_usize, |sum, text| sum.saturating_add(text.len()));
        let base64_bytes = body_bytes.div_ceil(3).saturating_mul(4);
        text_bytes.saturating_mul(6).saturating_add(base64_bytes).saturating_add(NAMES_AND_FIXED_TEXTS)
    }
}

/// The content of any queue message as JSON text; `None` for a value that JSON does not have, such as `undefined`.
pub(crate) fn to_json(body: &JsValue) -> Option<String> {
    // `JSON.stringify` returns `undefined` instead of a text then.
    js_sys::JSON::stringify(body).ok().and_then(|json| JsValue::from(json).as_string())
}

/// The part of a log line that names the event of a queue message: its source, id and type, as far as the message's JSON has
/// them. The message may be of a version that this Worker does not know.
pub(crate) fn describe(json: Option<&str>) -> Line {
    let message: Value = json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let text = |name: &str| message.get(name).and_then(Value::as_str);
    Line {
        source: text("source").map(name_of).map(truncate).unwrap_or_default(),
        id: text("id").map(truncate),
        kind: text("type").map(truncate),
        ..Line::default()
    }
}

/// The name of the source with this path.
fn name_of(path: &str) -> &str {
    path.strip_prefix(PATH).unwrap_or(path)
}

fn decode_base64(base64: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(base64).ok()
}

fn truncate_unsigned(text: &str) -> String {
    text.chars().take(MAX_UNSIGNED_TEXT_CHARS).collect()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}
