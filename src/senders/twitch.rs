//! Twitch: live video.

use super::common::{asked, hex, signed, with_time_header};
use crate::scheme::{Answer, Id, Part, Scheme, Unit, Unsigned};
use crate::time::Tolerance;

/// Twitch asks for a tolerance of ten minutes. A retry keeps the message's id. The header with the type of the message is not
/// signed, so the handshake of a new address is recognized by the state of its subscription. Nothing separates the signed
/// parts: the body begins at the first bracket.
///
/// <https://dev.twitch.tv/docs/eventsub/handling-webhook-events/#verifying-the-event-message>
pub const TWITCH: Scheme = Scheme {
    name: "twitch",
    title: "Twitch EventSub",
    docs: "https://dev.twitch.tv/docs/eventsub/handling-webhook-events/#verifying-the-event-message",
    tolerance: Tolerance { past: 600, future: 300 },
    id: Id::Header(&["twitch-eventsub-message-id"]),
    kind: &["/subscription/type"],
    unsigned: Unsigned { id: &[], kind: &["twitch-eventsub-message-type"] },
    handshakes: &[asked(
        &[("/subscription/status", Some("webhook_callback_verification_pending"))],
        "/challenge",
        Answer::Token,
    )],
    ..signed(with_time_header(
        &["twitch-eventsub-message-signature"],
        &["twitch-eventsub-message-timestamp"],
        Unit::Rfc3339,
        &[hex("sha256=")],
        &[Part::Id, Part::Timestamp, Part::Body],
    ))
};
