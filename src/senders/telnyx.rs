//! Telnyx: telephony.

use super::common::{signed, with_time_header};
use crate::scheme::{Algorithm, Confirmed, Encoding, Id, KeyFormat, Part, Scheme, Tag, Unit};

/// The key is the account's public key.
///
/// <https://developers.telnyx.com/development/api-fundamentals/webhooks/receiving-webhooks>
pub const TELNYX: Scheme = Scheme {
    name: "telnyx",
    title: "Telnyx",
    docs: "https://developers.telnyx.com/development/api-fundamentals/webhooks/receiving-webhooks",
    confirmed: Confirmed::Oracle,
    key: KeyFormat::Base64,
    id: Id::BodyOrDigest("/data/id"),
    kind: &["/data/event_type"],
    ..signed(with_time_header(
        &["telnyx-signature-ed25519"],
        &["telnyx-timestamp"],
        Unit::Seconds,
        &[Tag { label: "", algorithm: Algorithm::Ed25519, encoding: Encoding::Base64 }],
        &[Part::Timestamp, Part::Text("|"), Part::Body],
    ))
};
