//! Onfido: identity checks.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Scheme};

/// The body has the id of a check or report, which is not an event id.
///
/// <https://documentation.onfido.com/api/latest/#verifying-webhook-signatures>
pub const ONFIDO: Scheme = Scheme {
    name: "onfido",
    title: "Onfido",
    docs: "https://documentation.onfido.com/api/latest/#verifying-webhook-signatures",
    confirmed: Confirmed::Vector,
    kind: &["/payload/action"],
    ..signed(over_body(&["x-sha2-signature"], &[hex("")]))
};
