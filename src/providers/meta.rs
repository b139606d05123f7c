//! Meta: Facebook, Instagram, Messenger, WhatsApp.

use super::common::{hex, over_body, signed};
use crate::scheme::Scheme;

/// The key is the app secret. One delivery may carry several changes; its type is the kind of object that changed.
///
/// <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>
pub const META: Scheme = Scheme {
    name: "meta",
    title: "Meta (Facebook, Instagram, WhatsApp)",
    docs: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
    kind: &["/object"],
    ..signed(over_body(&["x-hub-signature-256"], &[hex("sha256=")]))
};
