//! Cursor: coding agents.

use super::common::{hex, over_body, signed};
use crate::scheme::{Scheme, Unsigned};

/// The key is the secret that was passed when the agent was started.
///
/// <https://cursor.com/docs/cloud-agent/api/webhooks>
pub const CURSOR: Scheme = Scheme {
    name: "cursor",
    title: "Cursor (cloud agents)",
    docs: "https://cursor.com/docs/cloud-agent/api/webhooks",
    kind: &["/event"],
    unsigned: Unsigned { id: &["x-webhook-id"], kind: &["x-webhook-event"] },
    ..signed(over_body(&["x-webhook-signature"], &[hex("sha256=")]))
};
