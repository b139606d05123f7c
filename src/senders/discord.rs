//! Discord: messaging.

use super::common::{TIME_BODY, checked, signed, with_time_header};
use crate::scheme::{Algorithm, Answer, Answers, Confirmed, Encoding, KeyFormat, Response, Scheme, Tag, Unit};

/// Interactions and webhook events. The key is the application's public key. The type of an interaction is a number and is left
/// to the receiver, except for PING: type 1 of interactions, and type 0 of webhook events, whose type 1 is an event. Webhook
/// events expect 204. An interaction expects its own answer, which is left to the receiver too.
///
/// <https://docs.discord.com/developers/interactions/overview#setting-up-an-endpoint-validating-security-request-headers>
pub const DISCORD: Scheme = Scheme {
    name: "discord",
    title: "Discord",
    docs: "https://docs.discord.com/developers/interactions/overview#setting-up-an-endpoint-validating-security-request-headers",
    confirmed: Confirmed::Oracle,
    key: KeyFormat::Hex,
    kind: &["/event/type"],
    answers: Answers::success(Response::empty(204)),
    handshakes: &[
        checked(&[("/type", Some("1")), ("/event", None)], Answer::Json(r#"{"type":1}"#)),
        checked(&[("/type", Some("0"))], Answer::Token),
    ],
    ..signed(with_time_header(
        &["x-signature-ed25519"],
        &["x-signature-timestamp"],
        Unit::Seconds,
        &[Tag { label: "", algorithm: Algorithm::Ed25519, encoding: Encoding::Hex }],
        TIME_BODY,
    ))
};
