//! LiveKit: realtime audio and video.

use super::common::bearing;
use crate::scheme::{Algorithm, BodyDigest, ClaimPart, Confirmed, Encoding, Id, Scheme, Token, Validity};

/// A JSON Web Token that contains a digest of the body and is valid for five minutes. The key is the API secret. The token also
/// names the API key as its issuer, which proves nothing and is not read.
///
/// <https://docs.livekit.io/home/server/webhooks/>
pub const LIVEKIT: Scheme = Scheme {
    name: "livekit",
    title: "LiveKit",
    docs: "https://docs.livekit.io/home/server/webhooks/",
    confirmed: Confirmed::Oracle,
    id: Id::BodyOrDigest("/id"),
    kind: &["/event"],
    ..bearing(Token {
        header: &["authorization"],
        algorithms: &[Algorithm::HmacSha256],
        validity: Validity::Expiry { lifetime: 300 },
        body: Some(BodyDigest { claim: "/sha256", encoding: Encoding::Base64 }),
        kind: None,
        agreement: &[],
        claims: &[
            ClaimPart::Json(r#"{"sha256":"#),
            ClaimPart::BodyDigest,
            ClaimPart::Json(r#","exp":"#),
            ClaimPart::Expiry,
            ClaimPart::Json("}"),
        ],
    })
};
