//! Sendbird: chat.

use super::common::{hex, over_body, signed};
use crate::scheme::Scheme;

/// The key is the master API token.
///
/// <https://sendbird.com/docs/chat/platform-api/v3/webhook/webhook-overview>
pub const SENDBIRD: Scheme = Scheme {
    name: "sendbird",
    title: "Sendbird",
    docs: "https://sendbird.com/docs/chat/platform-api/v3/webhook/webhook-overview",
    kind: &["/category"],
    ..signed(over_body(&["x-sendbird-signature"], &[hex("")]))
};
