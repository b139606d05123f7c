//! Twitch: live video.

use super::common::{hex, signed, with_time_header};
use crate::scheme::{Id, Part, Scheme, Unit, Unsigned};
use crate::time::Tolerance;

/// Twitch asks for a window of ten minutes. A retry keeps the message's id.
///
/// <https://dev.twitch.tv/docs/eventsub/handling-webhook-events/#verifying-the-event-message>
pub const TWITCH: Scheme = Scheme {
    name: "twitch",
    title: "Twitch EventSub",
    docs: "https://dev.twitch.tv/docs/eventsub/handling-webhook-events/#verifying-the-event-message",
    tolerance: Tolerance { past: 600, future: 300 },
    id: Id::Header(&["twitch-eventsub-message-id"]),
    kind: &["/subscription/type"],
    unsigned: Unsigned { id: None, kind: Some("twitch-eventsub-message-type") },
    ..signed(with_time_header(
        &["twitch-eventsub-message-signature"],
        &["twitch-eventsub-message-timestamp"],
        Unit::Rfc3339,
        &[hex("sha256=")],
        &[Part::Id, Part::Timestamp, Part::Body],
    ))
};
