//! Discord: messaging.

use super::common::{TIME_BODY, signed, with_time_header};
use crate::scheme::{
    Algorithm, Answer, Answers, Confirmed, Encoding, Handshake, KeyFormat, Response, Scheme, Tag, Unit,
};

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
        ping(&[("/type", Some("1")), ("/event", None)], Answer::Json(r#"{"type":1}"#)),
        ping(&[("/type", Some("0"))], Answer::Token),
    ],
    ..signed(with_time_header(
        &["x-signature-ed25519"],
        &["x-signature-timestamp"],
        Unit::Seconds,
        &[Tag { label: "", algorithm: Algorithm::Ed25519, encoding: Encoding::Hex }],
        TIME_BODY,
    ))
};

const fn ping(when: &'static [(&'static str, Option<&'static str>)], answer: Answer) -> Handshake {
    Handshake { when, verify_token: None, token: None, answer }
}
