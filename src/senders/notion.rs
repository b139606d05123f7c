//! Notion: notes.

use super::common::{asked, hex, over_body, signed};
use crate::scheme::{Answer, Confirmed, Handshake, HandshakeProof, Id, Scheme};

/// The key is the verification token, which Notion posts when the subscription is created.
///
/// <https://developers.notion.com/reference/webhooks>
pub const NOTION: Scheme = Scheme {
    name: "notion",
    title: "Notion",
    docs: "https://developers.notion.com/reference/webhooks",
    confirmed: Confirmed::Vector,
    id: Id::BodyOrDigest("/id"),
    kind: &["/type"],
    handshakes: &[Handshake {
        proof: HandshakeProof::SetUp,
        ..asked(&[("/type", None)], "/verification_token", Answer::Headers(&[]))
    }],
    ..signed(over_body(&["x-notion-signature"], &[hex("sha256=")]))
};
