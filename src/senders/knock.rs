//! Knock: notifications.

use super::common::{TIME_DOT_BODY, base64, in_items, signed};
use crate::scheme::{Scheme, Unit, Unsigned};

/// The body has the id of a message, which is not an event id: one message is sent, seen and read.
///
/// <https://docs.knock.app/developer-tools/outbound-webhooks/overview#verifying-the-signature>
pub const KNOCK: Scheme = Scheme {
    name: "knock",
    title: "Knock",
    docs: "https://docs.knock.app/developer-tools/outbound-webhooks/overview#verifying-the-signature",
    kind: &["/type"],
    unsigned: Unsigned { id: &[], kind: &["x-knock-event"] },
    ..signed(in_items(&["x-knock-signature"], "t", Unit::Milliseconds, &[base64("s")], TIME_DOT_BODY))
};
