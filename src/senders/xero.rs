//! Xero: accounting.

use super::common::{base64, over_body, signed};
use crate::scheme::Scheme;

/// The key is the text of the webhooks key, although it looks like base64. A delivery may carry several events, or none.
///
/// <https://developer.xero.com/documentation/guides/webhooks/configuring-your-server/>
pub const XERO: Scheme = Scheme {
    name: "xero",
    title: "Xero",
    docs: "https://developer.xero.com/documentation/guides/webhooks/configuring-your-server/",
    kind: &["/events/0/eventCategory"],
    ..signed(over_body(&["x-xero-signature"], &[base64("")]))
};
