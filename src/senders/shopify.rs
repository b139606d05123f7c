//! Shopify: online shops.

use super::common::{base64, over_body, signed};
use crate::scheme::{Confirmed, Scheme, Unsigned};

/// The key is the app's client secret. Only the body is signed; id, topic and time are in unsigned headers. Shopify is
/// replacing its `x-shopify-*` headers by `shopify-*`, which count first, as in Shopify's libraries.
///
/// <https://shopify.dev/docs/apps/build/webhooks/subscribe/https>
pub const SHOPIFY: Scheme = Scheme {
    name: "shopify",
    title: "Shopify",
    docs: "https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
    confirmed: Confirmed::Oracle,
    unsigned: Unsigned {
        id: &["shopify-webhook-id", "x-shopify-webhook-id"],
        kind: &["shopify-topic", "x-shopify-topic"],
    },
    ..signed(over_body(&["shopify-hmac-sha256", "x-shopify-hmac-sha256"], &[base64("")]))
};
