//! EasyPost: shipping.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Id, Scheme};

/// EasyPost normalizes the secret to Unicode NFKD before it signs: pass a secret that is not ASCII in that form.
///
/// <https://docs.easypost.com/guides/webhooks-guide#hmac-validation>
pub const EASYPOST: Scheme = Scheme {
    name: "easypost",
    title: "EasyPost",
    docs: "https://docs.easypost.com/guides/webhooks-guide#hmac-validation",
    confirmed: Confirmed::Vector,
    id: Id::BodyOrDigest("/id"),
    kind: &["/description"],
    ..signed(over_body(&["x-hmac-signature"], &[hex("hmac-sha256-hex=")]))
};
