//! Doppler: secrets management.

use super::common::{hex, over_body, signed};
use crate::scheme::{Id, Scheme};

/// For webhooks with a signing secret. A body says which secrets changed, but not when or how, so two changes can have the same
/// body. A custom payload may have no type.
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
