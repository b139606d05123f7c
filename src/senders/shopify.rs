//! Shopify: online shops.

use super::common::{base64, over_body, signed};
use crate::scheme::{Confirmed, Scheme, Unsigned};

/// The key is the app's client secret. Only the body is signed; id, topic and time are in unsigned headers. Shopify is
/// replacing its `x-shopify-*` headers by `shopify-*`.
///
/// <https://shopify.dev/docs/apps/build/webhooks/subscribe/https>
pub const SHOPIFY: Scheme = Scheme {
    name: "shopify",
    title: "Shopify",
    docs: "https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
    confirmed: Confirmed::Oracle,
    unsigned: Unsigned {
        id: &["x-shopify-webhook-id", "shopify-webhook-id"],
        kind: &["x-shopify-topic", "shopify-topic"],
    },
    ..signed(over_body(&["x-shopify-hmac-sha256", "shopify-hmac-sha256"], &[base64("")]))
};
