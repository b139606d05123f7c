//! Sanity: content.

use super::common::{TIME_DOT_BODY, in_items, signed};
use crate::scheme::{Algorithm, Confirmed, Encoding, Scheme, Tag, Unit, Unsigned};

/// The webhook's projection defines the body, so no field of it has a fixed meaning.
///
/// <https://www.sanity.io/docs/webhooks#secrets>
pub const SANITY: Scheme = Scheme {
    name: "sanity",
    title: "Sanity",
    docs: "https://www.sanity.io/docs/webhooks#secrets",
    confirmed: Confirmed::Vector,
    unsigned: Unsigned { id: &["idempotency-key"], kind: &[] },
    ..signed(in_items(
        &["sanity-webhook-signature"],
        "t",
        Unit::Milliseconds,
        &[Tag { label: "v1", algorithm: Algorithm::HmacSha256, encoding: Encoding::Base64Url }],
        TIME_DOT_BODY,
    ))
};
