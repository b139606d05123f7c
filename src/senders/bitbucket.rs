//! Bitbucket: code hosting.

use super::common::{hex, over_body, signed};
use crate::scheme::{Scheme, Unsigned};

/// Cloud and Data Center sign in the same way. The event's type is in an unsigned header.
///
/// <https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/>
pub const BITBUCKET: Scheme = Scheme {
    name: "bitbucket",
    title: "Bitbucket",
    docs: "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/",
    unsigned: Unsigned { id: &["x-request-uuid"], kind: &["x-event-key"] },
    ..signed(over_body(&["x-hub-signature"], &[hex("sha256=")]))
};
