//! Asana: work management.

use super::common::{hex, over_body, signed};
use crate::scheme::Scheme;

/// The key is the `X-Hook-Secret` of the handshake. A delivery may carry several events; its type is the action of the first.
///
/// <https://developers.asana.com/docs/webhooks-guide>
pub const ASANA: Scheme = Scheme {
    name: "asana",
    title: "Asana",
    docs: "https://developers.asana.com/docs/webhooks-guide",
    kind: &["/events/0/action"],
    ..signed(over_body(&["x-hook-signature"], &[hex("")]))
};
