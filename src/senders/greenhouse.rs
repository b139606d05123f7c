//! Greenhouse: recruiting.

use super::common::{hex, over_body, signed};
use crate::scheme::{Scheme, Unsigned};

/// The header has the name of the algorithm, a space, and the signature.
///
/// <https://developers.greenhouse.io/webhooks.html#authentication>
pub const GREENHOUSE: Scheme = Scheme {
    name: "greenhouse",
    title: "Greenhouse",
    docs: "https://developers.greenhouse.io/webhooks.html#authentication",
    kind: &["/action"],
    unsigned: Unsigned { id: &["greenhouse-event-id"], kind: &[] },
    ..signed(over_body(&["signature"], &[hex("sha256 ")]))
};
