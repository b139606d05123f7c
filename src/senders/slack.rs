//! Slack: messaging.

use super::common::{asked, hex, signed, with_time_header};
use crate::scheme::{Answer, Confirmed, Format, Id, Part, Scheme, Unit};

/// The Events API sends JSON; slash commands and interactive messages send forms. The handshake of a new address asks for its
/// challenge back.
///
/// <https://docs.slack.dev/authentication/verifying-requests-from-slack>
pub const SLACK: Scheme = Scheme {
    name: "slack",
    title: "Slack",
    docs: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
    confirmed: Confirmed::Vector,
    payload: Format::JsonOrForm,
    id: Id::BodyOrDigest("/event_id"),
    kind: &["/event/type", "/type"],
    handshakes: &[asked(&[("/type", Some("url_verification"))], "/challenge", Answer::Token)],
    ..signed(with_time_header(
        &["x-slack-signature"],
        &["x-slack-request-timestamp"],
        Unit::Seconds,
        &[hex("v0=")],
        &[Part::Text("v0:"), Part::Timestamp, Part::Text(":"), Part::Body],
    ))
};
