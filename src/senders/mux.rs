//! Mux: video.

use super::common::{TIME_DOT_BODY, hex, in_items, signed};
use crate::scheme::{Confirmed, Id, Scheme, Unit};

/// The key is the signing secret of the webhook.
///
/// <https://www.mux.com/docs/core/verify-webhook-signatures>
pub const MUX: Scheme = Scheme {
    name: "mux",
    title: "Mux",
    docs: "https://www.mux.com/docs/core/verify-webhook-signatures",
    confirmed: Confirmed::Vector,
    id: Id::BodyOrDigest("/id"),
    kind: &["/type"],
    ..signed(in_items(&["mux-signature"], "t", Unit::Seconds, &[hex("v1")], TIME_DOT_BODY))
};
