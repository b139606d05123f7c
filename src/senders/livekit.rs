//! LiveKit: realtime audio and video.

use super::common::bearing;
use crate::scheme::{Algorithm, BodyDigest, ClaimPart, Confirmed, Encoding, Id, Scheme, Token, Validity};

/// A JSON Web Token that binds the body and is good for five minutes. The key is the API secret. LiveKit's own tokens
/// also name the API key as their issuer, which proves nothing and is not read.
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
