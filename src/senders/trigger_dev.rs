//! Trigger.dev: background jobs.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Id, Scheme};

/// The key is the secret of the alert channel.
///
/// <https://trigger.dev/docs/troubleshooting-alerts>
pub const TRIGGER_DEV: Scheme = Scheme {
    name: "trigger-dev",
    title: "Trigger.dev (alerts)",
    docs: "https://trigger.dev/docs/troubleshooting-alerts",
    confirmed: Confirmed::Oracle,
    id: Id::BodyOrDigest("/id"),
    kind: &["/type"],
    ..signed(over_body(&["x-trigger-signature-hmacsha256"], &[hex("")]))
};
