//! Buildkite: continuous integration.

use super::common::{TIME_DOT_BODY, hex, in_items, signed};
use crate::scheme::{Confirmed, Scheme, Unit, Unsigned};

/// For notification services that are configured to sign. The other setting sends the token itself.
///
/// <https://buildkite.com/docs/apis/webhooks/pipelines#webhook-signature>
pub const BUILDKITE: Scheme = Scheme {
    name: "buildkite",
    title: "Buildkite",
    docs: "https://buildkite.com/docs/apis/webhooks/pipelines#webhook-signature",
    confirmed: Confirmed::Vector,
    kind: &["/event"],
    unsigned: Unsigned { id: &[], kind: &["x-buildkite-event"] },
    ..signed(in_items(&["x-buildkite-signature"], "timestamp", Unit::Seconds, &[hex("signature")], TIME_DOT_BODY))
};
