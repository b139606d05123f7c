//! WooCommerce: online shops.

use super::common::{base64, checked, over_body, signed};
use crate::scheme::{Answer, Handshake, HandshakeProof, Scheme, Unsigned};

/// The event's type is in an unsigned header. Saving a webhook sends an unsigned form with its number, which says nothing more.
///
/// <https://developer.woocommerce.com/docs/webhooks/>
pub const WOOCOMMERCE: Scheme = Scheme {
    name: "woocommerce",
    title: "WooCommerce",
    docs: "https://developer.woocommerce.com/docs/webhooks/",
    unsigned: Unsigned { id: &["x-wc-webhook-delivery-id"], kind: &["x-wc-webhook-topic"] },
    handshakes: &[Handshake {
        proof: HandshakeProof::Unsigned,
        token: Some("form:webhook_id"),
        ..checked(&[("header:x-wc-webhook-signature", None)], Answer::Headers(&[]))
    }],
    ..signed(over_body(&["x-wc-webhook-signature"], &[base64("")]))
};
