//! Mollie: payments.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Id, Scheme, Signature, TagPlace};

/// For webhooks of 2025 and later; older ones are not signed. Mollie's library accepts the signature with and without its
/// prefix. For 24 hours after a new secret was made, each delivery has the header twice, once for each secret.
///
/// <https://docs.mollie.com/reference/webhooks-new>
pub const MOLLIE: Scheme = Scheme {
    name: "mollie",
    title: "Mollie",
    docs: "https://docs.mollie.com/reference/webhooks-new",
    confirmed: Confirmed::Oracle,
    id: Id::BodyOrDigest("/id"),
    kind: &["/type"],
    ..signed(Signature {
        place: TagPlace::RepeatedHeader(&["x-mollie-signature"]),
        ..over_body(&["x-mollie-signature"], &[hex("sha256="), hex("")])
    })
};
