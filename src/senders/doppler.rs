//! Doppler: secrets management.

use super::common::{hex, over_body, signed};
use crate::scheme::{Id, Scheme};

/// For webhooks with a signing secret. A body says which secrets changed, not when nor to what. A payload of the user's own need not have a type.
///
/// <https://docs.doppler.com/docs/webhooks>
pub const DOPPLER: Scheme = Scheme {
    name: "doppler",
    title: "Doppler",
    docs: "https://docs.doppler.com/docs/webhooks",
    id: Id::ChangeNotice,
    kind: &["/type"],
    ..signed(over_body(&["x-doppler-signature"], &[hex("sha256=")]))
};
