//! Bitbucket: code hosting.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Scheme, Unsigned};

/// Cloud and Data Center sign in the same way. The id and the type are in unsigned headers; the id's is `X-Request-UUID` in Cloud
/// and `X-Request-Id` in Data Center.
///
/// <https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/>
pub const BITBUCKET: Scheme = Scheme {
    name: "bitbucket",
    title: "Bitbucket",
    docs: "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/",
    confirmed: Confirmed::Vector,
    unsigned: Unsigned { id: &["x-request-uuid", "x-request-id"], kind: &["x-event-key"] },
    ..signed(over_body(&["x-hub-signature"], &[hex("sha256=")]))
};
