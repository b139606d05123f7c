//! FastSpring: merchant of record.

use super::common::{base64, over_body, signed};
use crate::scheme::Scheme;

/// A delivery may carry several events; its type is that of the first.
///
/// <https://developer.fastspring.com/docs/message-security>
pub const FASTSPRING: Scheme = Scheme {
    name: "fastspring",
    title: "FastSpring",
    docs: "https://developer.fastspring.com/docs/message-security",
    kind: &["/events/0/type"],
    ..signed(over_body(&["x-fs-signature"], &[base64("")]))
};
