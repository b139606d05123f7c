//! Segment: customer data.

use super::common::{over_body, sha1_hex, signed};
use crate::scheme::{Id, Scheme};

/// Segment offers only HMAC-SHA1.
///
/// <https://segment.com/docs/connections/destinations/catalog/actions-webhook/>
pub const SEGMENT: Scheme = Scheme {
    name: "segment",
    title: "Segment (webhook destination)",
    docs: "https://segment.com/docs/connections/destinations/catalog/actions-webhook/",
    id: Id::BodyOrDigest("/messageId"),
    kind: &["/type"],
    ..signed(over_body(&["x-signature"], &[sha1_hex("")]))
};
