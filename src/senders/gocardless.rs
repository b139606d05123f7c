//! GoCardless: bank payments.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Id, Scheme};

/// A delivery may carry several events; its type is the resource type of the first.
///
/// <https://developer.gocardless.com/getting-started/api/staying-up-to-date-with-webhooks/>
pub const GOCARDLESS: Scheme = Scheme {
    name: "gocardless",
    title: "GoCardless",
    docs: "https://developer.gocardless.com/getting-started/api/staying-up-to-date-with-webhooks/",
    confirmed: Confirmed::Vector,
    id: Id::BodyOrDigest("/meta/webhook_id"),
    kind: &["/events/0/resource_type"],
    ..signed(over_body(&["webhook-signature"], &[hex("")]))
};
