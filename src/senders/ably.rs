//! Ably: realtime messaging.

use super::common::{base64, over_body, signed};
use crate::scheme::Scheme;

/// Signed with the API key that the integration names. One delivery may carry a batch; its type is the first item's.
///
/// <https://ably.com/docs/platform/integrations/webhooks#security>
pub const ABLY: Scheme = Scheme {
    name: "ably",
    title: "Ably",
    docs: "https://ably.com/docs/platform/integrations/webhooks#security",
    kind: &["/items/0/name"],
    ..signed(over_body(&["x-ably-signature"], &[base64("")]))
};
