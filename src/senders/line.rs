//! LINE: messaging.

use super::common::{base64, over_body, signed};
use crate::scheme::{Confirmed, Scheme};

/// The key is the channel secret. A delivery may carry several events, or none; its type is that of the first.
///
/// <https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/>
pub const LINE: Scheme = Scheme {
    name: "line",
    title: "LINE Messaging API",
    docs: "https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/",
    confirmed: Confirmed::Vector,
    kind: &["/events/0/type"],
    ..signed(over_body(&["x-line-signature"], &[base64("")]))
};
