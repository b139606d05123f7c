//! What holds for every scheme in the list: it is sound, it survives being written as JSON, what its sender signs
//! verifies, and not a single byte of what is signed can be changed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

mod shared;

use std::fs;
use std::path::Path;

use countersign::scheme::{Algorithm, Authenticated, KeyFormat, Part, Proof, SharedToken, Signature, TagPlace};
use countersign::{Delivery, Outgoing, Scheme, Signer, UnixTime, Verifier, providers};
use serde_json::Value;
use shared::{BASE64_KEY, HEX_KEY, TEXT_KEY};

/// What the sender signs with, and what the receiver checks with.
struct KeyPair {
    signs: String,
    verifies: String,
}

impl KeyPair {
    fn new(signs: &str, verifies: &str) -> Self {
        Self { signs: signs.into(), verifies: verifies.into() }
    }

    fn shared(secret: &str) -> Self {
        Self::new(secret, secret)
    }

    /// Whether the receiver holds no secret. Such signatures take so long to check that fewer changes are tried.
    fn is_public(&self) -> bool {
        self.signs != self.verifies
    }
}

/// RFC 8032, section 7.1, test 1: in hexadecimal, base64, and as the specification of Standard Webhooks writes it.
const ED25519_HEX: [&str; 2] = [
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
];
const ED25519_BASE64: [&str; 2] =
    ["nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=", "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="];
const ED25519_STANDARD: [&str; 2] = [
    "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2DXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGg==",
    "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
];
/// The same as a JSON Web Key (RFC 8037, appendix A): what is public of it, and what is not.
const ED25519_JWK: [&str; 2] = [
    r#""kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#,
    r#""d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A""#,
];
/// RFC 7515, appendix A.3.
const P256_JWK: [&str; 2] = [
    r#""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#,
    r#""d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI""#,
];
/// RFC 7515, appendix A.2.
const RSA_JWK: [&str; 2] = [
    r#""kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ""#,
    r#""d":"Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ""#,
];

/// A key pair for each kind of key that the scheme takes.
fn key_pairs(scheme: &Scheme) -> Vec<KeyPair> {
    let algorithms: Vec<Algorithm> = match scheme.proof {
        Proof::Signature(signature) => signature.tags.iter().map(|tag| tag.algorithm).collect(),
        Proof::Token(token) => token.algorithms.to_vec(),
        Proof::SharedToken(_) => Vec::new(),
    };
    let has = |algorithm| algorithms.contains(&algorithm);
    let jwk = |[public, private]: [&str; 2]| {
        KeyPair::new(&format!("{{{public},{private}}}"), &format!("{{{public}}}"))
    };
    let structured = || {
        let mut pairs = Vec::new();
        if has(Algorithm::Ed25519) {
            pairs.push(jwk(ED25519_JWK));
        }
        if has(Algorithm::EcdsaP256) {
            pairs.push(jwk(P256_JWK));
        }
        if has(Algorithm::RsaSha256) {
            pairs.push(jwk(RSA_JWK));
        }
        pairs
    };
    let raw = |[secret, public]: [&str; 2]| KeyPair::new(secret, public);
    match scheme.key {
        KeyFormat::Text => vec![KeyPair::shared(TEXT_KEY)],
        KeyFormat::Standard => vec![KeyPair::shared(BASE64_KEY), raw(ED25519_STANDARD)],
        KeyFormat::StandardOrText => vec![KeyPair::shared(BASE64_KEY), KeyPair::shared(TEXT_KEY)],
        KeyFormat::Hex if has(Algorithm::Ed25519) => vec![raw(ED25519_HEX)],
        KeyFormat::Hex => vec![KeyPair::shared(HEX_KEY)],
        KeyFormat::Base64 if has(Algorithm::Ed25519) => vec![raw(ED25519_BASE64)],
        KeyFormat::Base64 => vec![KeyPair::shared("VzhwSGRoV2Z0SDVtU0dHRA==")],
        KeyFormat::Public => structured(),
        KeyFormat::PublicOrText => [vec![KeyPair::shared(TEXT_KEY)], structured()].concat_pairs(),
    }
}

trait ConcatPairs {
    fn concat_pairs(self) -> Vec<KeyPair>;
}

impl<const N: usize> ConcatPairs for [Vec<KeyPair>; N] {
    fn concat_pairs(self) -> Vec<KeyPair> {
        self.into_iter().flatten().collect()
    }
}
