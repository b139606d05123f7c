//! Doppler: secrets management.

use super::common::{hex, over_body, signed};
use crate::scheme::Scheme;

/// For webhooks with a signing secret. A payload of the user's own need not have a type.
///
/// <https://docs.doppler.com/docs/webhooks>
pub const DOPPLER: Scheme = Scheme {
    name: "doppler",
    title: "Doppler",
    docs: "https://docs.doppler.com/docs/webhooks",
    kind: &["/type"],
    ..signed(over_body(&["x-doppler-signature"], &[hex("sha256=")]))
};
