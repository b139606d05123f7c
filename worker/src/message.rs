//! The queue message: a versioned contract. Its attributes have the names of CloudEvents 1.0 in JSON format; the body
//! travels in base64, so that it comes out byte for byte as it went in.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use countersign::{Authenticated, Event};
use serde::{Deserialize, Serialize};

/// The version of this contract. A consumer takes the versions that it knows.
pub(crate) const VERSION: u32 = 1;
/// A queue takes 128 000 bytes with some hundred of its own; what remains is for the message.
const MAX_MESSAGE_BYTES: usize = 127_000;
/// What stands in the place of the type where the sender names none: CloudEvents need one.
const UNTYPED: &str = "countersign.untyped";

/// An event on its way through the queue.
#[derive(Clone, Deserialize, Serialize)]
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
    /// The body.
    pub(crate) data_base64: String,
}

/// The event does not fit into a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;

impl Message {
    /// The message of an event. Times are in RFC 3339.
    pub(crate) fn new(
        event: &Event<'_>,
        source: &str,
        key_name: &str,
        time: String,
        signed_time: Option<String>,
    ) -> Result<Self, TooLarge> {
        let message = Self {
            specversion: "1.0".into(),
            envelope: VERSION,
            id: event.id.clone(),
            source: format!("/in/{source}"),
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
            data_base64: BASE64_STANDARD.encode(event.body()),
        };
        if message.largest_size() > MAX_MESSAGE_BYTES { Err(TooLarge) } else { Ok(message) }
    }

    /// What tells this event from every other of every source.
    pub(crate) fn key(&self) -> String {
        format!("{} {}", self.source, self.id)
    }

    /// The body's bytes.
    pub(crate) fn body(&self) -> Option<Vec<u8>> {
        BASE64_STANDARD.decode(&self.data_base64).ok()
    }

    /// How many bytes of JSON this can become. Base64 has no letter that is escaped; any other text may be escaped
    /// throughout.
    fn largest_size(&self) -> usize {
        const NAMES_AND_FIXED_TEXTS: usize = 512;
        let Self { id, source, kind, keyid, unsignedid, unsignedtype, .. } = self;
        let texts = [id, source, kind, keyid].into_iter().chain(unsignedid).chain(unsignedtype);
        let letters = texts.fold(0_usize, |sum, text| sum.saturating_add(text.len()));
        letters.saturating_mul(6).saturating_add(self.data_base64.len()).saturating_add(NAMES_AND_FIXED_TEXTS)
    }
}

/// A header that nobody signed may be of any length; more than this helps nobody.
fn short(text: &str) -> String {
    text.chars().take(256).collect()
}
