//! Shopify: online shops.

use crate::scheme::{
    Algorithm, Confirmed, Encoding, Form, Format, Id, KeyFormat, Part, Proof, Scheme, Signature, Tag, Unsigned,
};
use crate::time::Tolerance;

/// Only the body is signed, with the app's client secret. Id, topic and time come in headers that nobody signed.
///
/// <https://shopify.dev/docs/apps/build/webhooks/subscribe/https>
pub const SHOPIFY: Scheme = Scheme {
    name: "shopify",
    title: "Shopify",
    docs: "https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
    confirmed: Confirmed::Documented,
    key: KeyFormat::Text,
    proof: Proof::Signature(Signature {
        header: &["x-shopify-hmac-sha256", "shopify-hmac-sha256"],
        form: Form::Whole,
        tags: &[Tag { label: "", algorithm: Algorithm::HmacSha256, encoding: Encoding::Base64 }],
        content: &[Part::Body],
        timestamp: None,
    }),
    tolerance: Tolerance::DEFAULT,
    payload: Format::Json,
    id: Id::Digest,
    kind: &[],
    unsigned: Unsigned { id: Some("x-shopify-webhook-id"), kind: Some("x-shopify-topic") },
};
