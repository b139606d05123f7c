//! SubscribeFlow: newsletter subscriptions.

mod payload;

pub use payload::*;

use super::common::{base64, hex, over_body, signed};
use crate::scheme::{Id, Scheme};

/// Only the body is signed. Without a signed time, a replay is detected by the event's id alone.
///
/// The documentation shows `sha256=<hex>`; a receiver by the same company reads bare base64. Both are accepted, and bare
/// hexadecimal.
///
/// <https://talent-factory.github.io/subscribe-flow/guides/webhooks/>
pub const SUBSCRIBEFLOW: Scheme = Scheme {
    name: "subscribeflow",
    title: "SubscribeFlow",
    docs: "https://talent-factory.github.io/subscribe-flow/guides/webhooks/",
    id: Id::Body("/id"),
    kind: &["/type", "/event_type"],
    ..signed(over_body(&["x-subscribeflow-signature"], &[hex("sha256="), hex(""), base64("")]))
};
