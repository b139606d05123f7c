//! Intercom: customer messaging.

use super::common::{over_body, sha1_hex, signed};
use crate::scheme::{Id, Scheme};

/// Intercom offers only HMAC-SHA1. The key is the app's client secret.
///
/// <https://developers.intercom.com/docs/webhooks/webhook-notifications>
pub const INTERCOM: Scheme = Scheme {
    name: "intercom",
    title: "Intercom",
    docs: "https://developers.intercom.com/docs/webhooks/webhook-notifications",
    id: Id::BodyOrDigest("/id"),
    kind: &["/topic"],
    ..signed(over_body(&["x-hub-signature"], &[sha1_hex("sha1=")]))
};
