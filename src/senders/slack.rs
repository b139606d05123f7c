//! Slack: messaging.

use super::common::{asked, hex, signed, with_time_header};
use crate::scheme::{Answer, Answers, Confirmed, Format, Id, Part, Response, Scheme, Unit};

/// The Events API sends JSON. Interactive messages are forms with JSON in their one field, and slash commands are forms. The handshake of a new address asks for its
/// challenge back. Slack shows the body of an answer to a command in the channel and reads that to an interaction, so answers
/// are empty.
///
/// <https://docs.slack.dev/authentication/verifying-requests-from-slack>
pub const SLACK: Scheme = Scheme {
    name: "slack",
    title: "Slack",
    docs: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
    confirmed: Confirmed::Vector,
    payload: Format::JsonOrField("payload"),
    id: Id::BodyOrDigest("/event_id"),
    kind: &["/event/type", "/type"],
    answers: Answers::success(Response::empty(200)),
    handshakes: &[asked(&[("/type", Some("url_verification"))], "/challenge", Answer::Token)],
    ..signed(with_time_header(
        &["x-slack-signature"],
        &["x-slack-request-timestamp"],
        Unit::Seconds,
        &[hex("v0=")],
        &[Part::Text("v0:"), Part::Timestamp, Part::Text(":"), Part::Body],
    ))
};
