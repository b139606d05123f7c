//! Vercel: hosting.

use super::common::{checked, over_body, sha1_hex, signed};
use crate::scheme::{Answer, Handshake, HandshakeProof, Id, Scheme};

/// Vercel offers only HMAC-SHA1. The key is the webhook's secret, or the integration's client secret. Drains
/// sign alike. The form of a new drain shows a text that the endpoint must answer with: it is the verify token.
///
/// <https://vercel.com/docs/webhooks/webhooks-api>
pub const VERCEL: Scheme = Scheme {
    name: "vercel",
    title: "Vercel",
    docs: "https://vercel.com/docs/webhooks/webhooks-api",
    id: Id::BodyOrDigest("/id"),
    kind: &["/type"],
    handshakes: &[Handshake {
        proof: HandshakeProof::Unsigned,
        ..checked(&[("header:x-vercel-signature", None)], Answer::Headers(&[("x-vercel-verify", "$verify")]))
    }],
    ..signed(over_body(&["x-vercel-signature"], &[sha1_hex("")]))
};
