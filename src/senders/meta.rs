//! Meta: Facebook, Instagram, Messenger, WhatsApp.

use super::common::{asked_in_query, hex, over_body, signed};
use crate::scheme::{Confirmed, Handshake, Scheme};

/// The key is the app secret. A delivery may carry several changes; its type is the kind of object that changed. The handshake of
/// a new address is an unsigned request that shows the verify token and asks for its challenge back.
///
/// <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>
pub const META: Scheme = Scheme {
    name: "meta",
    title: "Meta (Facebook, Instagram, WhatsApp)",
    docs: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
    confirmed: Confirmed::Vector,
    kind: &["/object"],
    handshakes: &[Handshake {
        when: &[("hub.mode", Some("subscribe"))],
        verify_token: Some("hub.verify_token"),
        ..asked_in_query("hub.challenge")
    }],
    ..signed(over_body(&["x-hub-signature-256"], &[hex("sha256=")]))
};
