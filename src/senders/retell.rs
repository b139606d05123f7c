//! Retell AI: voice agents.

use super::common::{BODY_TIME, hex, in_items, signed};
use crate::scheme::{Confirmed, Scheme, Unit};

/// The header is `v=<time>,d=<hex>`, and the time follows the body in the signed content. The key is the API key.
///
/// <https://docs.retellai.com/features/secure-webhook>
pub const RETELL: Scheme = Scheme {
    name: "retell",
    title: "Retell AI",
    docs: "https://docs.retellai.com/features/secure-webhook",
    confirmed: Confirmed::Vector,
    kind: &["/event"],
    ..signed(in_items(&["x-retell-signature"], "v", Unit::Milliseconds, &[hex("d")], BODY_TIME))
};
