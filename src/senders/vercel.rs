//! Vercel: hosting.

use super::common::{over_body, sha1_hex, signed};
use crate::scheme::{Id, Scheme};

/// Vercel offers only HMAC-SHA1. The key is the webhook's secret, or the integration's client secret.
///
/// <https://vercel.com/docs/webhooks/webhooks-api>
pub const VERCEL: Scheme = Scheme {
    name: "vercel",
    title: "Vercel",
    docs: "https://vercel.com/docs/webhooks/webhooks-api",
    id: Id::BodyOrDigest("/id"),
    kind: &["/type"],
    ..signed(over_body(&["x-vercel-signature"], &[sha1_hex("")]))
};
