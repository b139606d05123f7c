//! Slack: messaging.

use crate::scheme::{
    Algorithm, Confirmed, Encoding, Form, Format, Id, KeyFormat, Part, Place, Proof, Scheme, Signature, Tag, Timestamp,
    Unit, Unsigned,
};
use crate::time::Tolerance;

/// The Events API sends JSON; slash commands and interactive messages send forms.
///
/// <https://docs.slack.dev/authentication/verifying-requests-from-slack>
pub const SLACK: Scheme = Scheme {
    name: "slack",
    title: "Slack",
    docs: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
    confirmed: Confirmed::Vector,
    key: KeyFormat::Text,
    proof: Proof::Signature(Signature {
        header: &["x-slack-signature"],
        form: Form::Whole,
        tags: &[Tag { label: "v0=", algorithm: Algorithm::HmacSha256, encoding: Encoding::Hex }],
        content: &[Part::Text("v0:"), Part::Timestamp, Part::Text(":"), Part::Body],
        timestamp: Some(Timestamp { place: Place::Header(&["x-slack-request-timestamp"]), unit: Unit::Seconds }),
    }),
    tolerance: Tolerance::DEFAULT,
    payload: Format::JsonOrForm,
    id: Id::BodyOrDigest("/event_id"),
    kind: &["/event/type", "/type"],
    unsigned: Unsigned::NONE,
};
