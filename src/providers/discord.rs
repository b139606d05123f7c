//! Discord: messaging.

use super::common::{TIME_BODY, signed, with_time_header};
use crate::scheme::{Algorithm, Confirmed, Encoding, KeyFormat, Scheme, Tag, Unit};

/// Interactions and webhook events. The key is the application's public key. An interaction's type is a number and is
/// left to the receiver.
///
/// <https://docs.discord.com/developers/interactions/overview#setting-up-an-endpoint-validating-security-request-headers>
pub const DISCORD: Scheme = Scheme {
    name: "discord",
    title: "Discord",
    docs: "https://docs.discord.com/developers/interactions/overview#setting-up-an-endpoint-validating-security-request-headers",
    confirmed: Confirmed::Oracle,
    key: KeyFormat::Hex,
    kind: &["/event/type"],
    ..signed(with_time_header(
        &["x-signature-ed25519"],
        &["x-signature-timestamp"],
        Unit::Seconds,
        &[Tag { label: "", algorithm: Algorithm::Ed25519, encoding: Encoding::Hex }],
        TIME_BODY,
    ))
};
