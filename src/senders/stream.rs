//! Stream: chat.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Scheme, Unsigned};

/// The key is the API secret. A compressed body is signed before compression.
///
/// <https://getstream.io/chat/docs/node/webhooks_overview/>
pub const STREAM: Scheme = Scheme {
    name: "stream",
    title: "Stream",
    docs: "https://getstream.io/chat/docs/node/webhooks_overview/",
    confirmed: Confirmed::Oracle,
    kind: &["/type"],
    unsigned: Unsigned { id: Some("x-webhook-id"), kind: None },
    ..signed(over_body(&["x-signature"], &[hex("")]))
};
