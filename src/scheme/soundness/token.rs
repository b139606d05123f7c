//! The rules for tokens and shared tokens.

use super::flaw::{Flaw, flaw};
use super::text::is_header;
use crate::scheme::algorithm::Algorithm;
use crate::scheme::definition::Scheme;
use crate::scheme::event::Id;
use crate::scheme::key_format::KeyFormat;
use crate::scheme::token::{SharedToken, Token, Validity};

pub(super) const fn check_shared_token(scheme: &Scheme, shared: &SharedToken) -> Result<(), Flaw> {
    match shared {
        SharedToken::Header(header) if !is_header(header) => {
            flaw("sharedToken.header", "it must have a name in lower case")
        }
        SharedToken::Body(pointer) if pointer.is_empty() => {
            flaw("sharedToken.body", "it must point at a member of the body")
        }
        _ if !matches!(scheme.key, KeyFormat::Text) => {
            flaw("key", "a shared token is the secret's text, so the key format must be \"text\"")
        }
        _ if !matches!(scheme.id, Id::Digest | Id::ChangeNotice) => {
            flaw("id", "a shared token signs nothing that an id could be read from: it must be \"digest\"")
        }
        _ => Ok(()),
    }
}

pub(super) const fn check_token(scheme: &Scheme, token: &Token) -> Result<(), Flaw> {
    if !is_header(token.header) || token.header.len() > 1 {
        return flaw("token.header", "it must have exactly one name, in lower case");
    }
    if token.algorithms.is_empty() {
        return flaw("token.algorithms", "it must list at least one algorithm");
    }
    let mut rest = token.algorithms;
    while let [algorithm, tail @ ..] = rest {
        if !signs_tokens(*algorithm) {
            return flaw(
                "token.algorithms",
                "a token is signed with HMAC, RSA or ECDSA, each with SHA-256 or longer, or with ed25519",
            );
        }
        if !scheme.key.supports(*algorithm) {
            return flaw("key", "this key format has no keys for one of the algorithms");
        }
        rest = tail;
    }
    match (&token.body, scheme.id) {
        (_, Id::Header(_)) => flaw("id", "a token signs no header, so the id cannot be read from one"),
        (None, _) if matches!(token.validity, Validity::Unlimited) => {
            flaw("token.validity", "a token that does not bind the body must expire")
        }
        (None, Id::Body(_) | Id::BodyOrDigest(_)) => {
            flaw("id", "the token does not bind the body, so the id must be \"digest\"")
        }
        _ => Ok(()),
    }
}

const fn signs_tokens(algorithm: Algorithm) -> bool {
    matches!(
        algorithm,
        Algorithm::HmacSha256
            | Algorithm::HmacSha384
            | Algorithm::HmacSha512
            | Algorithm::RsaSha256
            | Algorithm::RsaSha384
            | Algorithm::RsaSha512
            | Algorithm::EcdsaP256
            | Algorithm::Ed25519
    )
}
