//! Asana: work management.

use super::common::{asked, hex, over_body, signed};
use crate::scheme::{Answer, Handshake, HandshakeProof, Scheme};

/// The key is the `X-Hook-Secret` of the handshake, which the answer repeats. A delivery may carry several events; its type is the action of the first.
///
/// <https://developers.asana.com/docs/webhooks-guide>
pub const ASANA: Scheme = Scheme {
    name: "asana",
    title: "Asana",
    docs: "https://developers.asana.com/docs/webhooks-guide",
    kind: &["/events/0/action"],
    handshakes: &[Handshake {
        proof: HandshakeProof::SetUp,
        ..asked(
            &[("header:x-hook-signature", None)],
            "header:x-hook-secret",
            Answer::Headers(&[("x-hook-secret", "$token")]),
        )
    }],
    ..signed(over_body(&["x-hook-signature"], &[hex("")]))
};
