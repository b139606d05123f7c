//! Slack: messaging.

use super::common::{hex, signed, with_time_header};
use crate::scheme::{Confirmed, Format, Id, Part, Scheme, Unit};

/// The Events API sends JSON; slash commands and interactive messages send forms.
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
    ..signed(with_time_header(
        &["x-slack-signature"],
        &["x-slack-request-timestamp"],
        Unit::Seconds,
        &[hex("v0=")],
        &[Part::Text("v0:"), Part::Timestamp, Part::Text(":"), Part::Body],
    ))
};
