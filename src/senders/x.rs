//! X: social network.

use super::common::{asked_in_query, base64, over_body, signed};
use crate::scheme::{Answer, Confirmed, Handshake, Scheme};

/// The key is the app's consumer secret. X regularly asks each address, in an unsigned request, to sign a token with the same key.
///
/// <https://docs.x.com/x-api/webhooks/quickstart>
pub const X: Scheme = Scheme {
    name: "x",
    title: "X",
    docs: "https://docs.x.com/x-api/webhooks/quickstart",
    confirmed: Confirmed::Oracle,
    handshakes: &[Handshake {
        answer: Answer::Json(r#"{"response_token":"sha256=$tag"}"#),
        ..asked_in_query("crc_token")
    }],
    ..signed(over_body(&["x-twitter-webhooks-signature"], &[base64("sha256=")]))
};
