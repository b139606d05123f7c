//! Bitbucket: code hosting.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Scheme, Unsigned};

/// Cloud and Data Center sign in the same way. The event's type is in an unsigned header. The id's header is that of Cloud; Data
/// Center's is `X-Request-Id`.
///
/// <https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/>
pub const BITBUCKET: Scheme = Scheme {
    name: "bitbucket",
    title: "Bitbucket",
    docs: "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/",
    confirmed: Confirmed::Vector,
    unsigned: Unsigned { id: &["x-request-uuid"], kind: &["x-event-key"] },
    ..signed(over_body(&["x-hub-signature"], &[hex("sha256=")]))
};
