//! The rules for handshakes and for the URLs of keys: an attacker must gain nothing from an answer.

use super::flaw::{Flaw, flaw};
use super::signature::signs_member;
use super::text::are_pinned;
use crate::scheme::algorithm::Algorithm;
use crate::scheme::definition::{Proof, Scheme};
use crate::scheme::handshake::{Answer, Handshake, KeyUrl};
use crate::scheme::signature::Signature;

const MUST_BE_PINNED: &str = "each pattern must begin with https:// and a host whose last two labels are fixed";

pub(super) const fn check_key_url(scheme: &Scheme) -> Result<(), Flaw> {
    match scheme.key_url {
        Some(KeyUrl { like, .. }) if !are_pinned(like) => flaw("keyUrl.like", MUST_BE_PINNED),
        _ => Ok(()),
    }
}

pub(super) const fn check_handshakes(scheme: &Scheme) -> Result<(), Flaw> {
    let mut rest = scheme.handshakes;
    while let [handshake, tail @ ..] = rest {
        if let Err(flaw) = check_handshake(scheme, handshake) {
            return Err(flaw);
        }
        rest = tail;
    }
    Ok(())
}

const fn check_handshake(scheme: &Scheme, handshake: &Handshake) -> Result<(), Flaw> {
    let is_signed = handshake.is_signed();
    if handshake.when.is_empty() && (is_signed || handshake.token.is_none()) {
        return flaw("handshakes.when", "it must have a condition that distinguishes the handshake from a delivery");
    }
    if is_signed && !signs_handshake(scheme, handshake) {
        return flaw("handshakes.when", "a handshake in the body may read only signed members");
    }
    match handshake.answer {
        Answer::Json(_)
            if handshake.answer.signs_challenge() && (handshake.token.is_none() || !signs_with_hmac(scheme)) =>
        {
            flaw("handshakes.json", "$tag requires a token, and an HMAC as the first of the scheme's tags")
        }
        Answer::Visit(_) if !is_signed || handshake.token.is_none() => {
            flaw("handshakes.visit", "a URL may be visited only if it is in a signed body")
        }
        Answer::Visit(patterns) if !are_pinned(patterns) => flaw("handshakes.visit", MUST_BE_PINNED),
        _ => Ok(()),
    }
}

/// Whether every member that the handshake reads is signed.
const fn signs_handshake(scheme: &Scheme, handshake: &Handshake) -> bool {
    let Proof::Signature(signature) = &scheme.proof else { return false };
    let mut rest = handshake.when;
    while let [(pointer, _), tail @ ..] = rest {
        if !signs_member(signature, pointer) {
            return false;
        }
        rest = tail;
    }
    match handshake.token {
        Some(pointer) => signs_member(signature, pointer),
        None => true,
    }
}

const fn signs_with_hmac(scheme: &Scheme) -> bool {
    let Proof::Signature(Signature { tags: [tag, ..], .. }) = &scheme.proof else { return false };
    matches!(tag.algorithm, Algorithm::HmacSha256 | Algorithm::HmacSha1 | Algorithm::HmacSha384 | Algorithm::HmacSha512)
}
