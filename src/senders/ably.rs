//! Ably: realtime messaging.

use super::common::{base64, over_body, signed};
use crate::scheme::Scheme;

/// The key is the secret of the API key that the integration names: the part of `app.key:secret` after the colon. A delivery may be a batch; its type is that of the first item.
///
/// <https://ably.com/docs/platform/integrations/webhooks#security>
pub const ABLY: Scheme = Scheme {
    name: "ably",
    title: "Ably",
    docs: "https://ably.com/docs/platform/integrations/webhooks#security",
    kind: &["/items/0/name"],
    ..signed(over_body(&["x-ably-signature"], &[base64("")]))
};
