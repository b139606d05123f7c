//! Segment: customer data.

use super::common::{over_body, sha1_hex, signed};
use crate::scheme::{Confirmed, Id, Scheme};

/// Segment offers only HMAC-SHA1. Of a batch it signs only the first event, so a batch is rejected: set the destination to send
/// one event in each request.
///
/// <https://segment.com/docs/connections/destinations/catalog/actions-webhook/>
pub const SEGMENT: Scheme = Scheme {
    name: "segment",
    title: "Segment (webhook destination)",
    docs: "https://segment.com/docs/connections/destinations/catalog/actions-webhook/",
    confirmed: Confirmed::Oracle,
    id: Id::BodyOrDigest("/messageId"),
    kind: &["/type"],
    ..signed(over_body(&["x-signature"], &[sha1_hex("")]))
};
