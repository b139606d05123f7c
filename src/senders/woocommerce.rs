//! WooCommerce: online shops.

use super::common::{base64, over_body, signed};
use crate::scheme::{Scheme, Unsigned};

/// The event's type is in an unsigned header.
///
/// <https://developer.woocommerce.com/docs/webhooks/>
pub const WOOCOMMERCE: Scheme = Scheme {
    name: "woocommerce",
    title: "WooCommerce",
    docs: "https://developer.woocommerce.com/docs/webhooks/",
    unsigned: Unsigned { id: &["x-wc-webhook-delivery-id"], kind: &["x-wc-webhook-topic"] },
    ..signed(over_body(&["x-wc-webhook-signature"], &[base64("")]))
};
