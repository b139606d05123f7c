//! The rules for handshakes and for the URLs of keys: an attacker must gain nothing from an answer.

use super::flaw::{Flaw, flaw};
use super::signature::signs_member;
use super::text::{are_equal, are_pinned, is_slug, is_visible};
use crate::scheme::algorithm::Algorithm;
use crate::scheme::definition::{Proof, Scheme};
use crate::scheme::handshake::{Answer, Handshake, HandshakePlace, HandshakeProof, KeyUrl};
use crate::scheme::reading::are_equal as are_equal_bytes;
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
    if let Err(flaw) = check_places(handshake) {
        return Err(flaw);
    }
    if let Err(flaw) = check_proof(scheme, handshake) {
        return Err(flaw);
    }
    let is_signed = matches!(handshake.proof, HandshakeProof::Signed);
    match handshake.answer {
        Answer::Json(_)
            if handshake.answer.signs_challenge() && (handshake.token.is_none() || !signs_with_hmac(scheme)) =>
        {
            flaw("handshakes.json", "$tag requires a token, and an HMAC as the first of the scheme's tags")
        }
        Answer::Visit(_) if !is_signed || !is_in_body(handshake.token) => {
            flaw("handshakes.visit", "a URL may be visited only if it is in a signed body")
        }
        Answer::Visit(patterns) if !are_pinned(patterns) => flaw("handshakes.visit", MUST_BE_PINNED),
        Answer::Headers(headers) => check_headers(handshake, headers),
        _ => Ok(()),
    }
}

/// Checks that every place can be read, and that a method is one.
const fn check_places(handshake: &Handshake) -> Result<(), Flaw> {
    if let Some(method) = handshake.method
        && !is_upper_case(method)
    {
        return flaw("handshakes.method", "it must be in upper case, like OPTIONS");
    }
    let mut rest = handshake.when;
    while let [(place, _), tail @ ..] = rest {
        if !is_place(place) {
            return flaw("handshakes.when", MUST_BE_PLACE);
        }
        rest = tail;
    }
    match (handshake.token, handshake.verify_token) {
        (Some(place), _) if !is_place(place) => flaw("handshakes.token", MUST_BE_PLACE),
        (_, Some(place)) if !is_place(place) => flaw("handshakes.verifyToken", MUST_BE_PLACE),
        _ => Ok(()),
    }
}

const MUST_BE_PLACE: &str =
    "a place must be a JSON pointer, a query parameter, header:<name in lower case> or form:<name>";

const fn is_place(place: &'static str) -> bool {
    match HandshakePlace::of(place) {
        HandshakePlace::Header(name) => is_slug(name),
        HandshakePlace::Body(name) | HandshakePlace::Form(name) | HandshakePlace::Query(name) => !name.is_empty(),
    }
}

/// Checks that nothing is done for a stranger that only the sender may ask for.
const fn check_proof(scheme: &Scheme, handshake: &Handshake) -> Result<(), Flaw> {
    let Handshake { when, token, answer, .. } = handshake;
    match handshake.proof {
        HandshakeProof::Signed => {
            if !has_body_condition(when) {
                return flaw(
                    "handshakes.when",
                    "it must have a condition that distinguishes the handshake from a delivery",
                );
            }
            if !signs_handshake(scheme, handshake) {
                return flaw("handshakes.when", "a handshake in the body may read only signed members");
            }
            if answer.signs_challenge() && !is_in_body(*token) {
                return flaw("handshakes.json", "only a challenge that is signed may be signed in the answer");
            }
            Ok(())
        }
        HandshakeProof::TestKey(_) => {
            if token.is_some() || handshake.verify_token.is_some() || !signs_handshake(scheme, handshake) {
                return flaw(
                    "handshakes.proof",
                    "anyone can sign with a test key: such a handshake needs a scheme with a signature, reads only signed members, and has no token",
                );
            }
            Ok(())
        }
        HandshakeProof::Unsigned if when.is_empty() && token.is_none() => {
            flaw("handshakes.when", "it must have a condition that distinguishes the handshake from a delivery")
        }
        HandshakeProof::Unsigned => Ok(()),
        HandshakeProof::SetUp => {
            if token.is_none() || !matches!(answer, Answer::Headers(_)) {
                return flaw(
                    "handshakes.proof",
                    "a handshake that hands over a key must have a token, and an answer of headers only",
                );
            }
            Ok(())
        }
    }
}

/// Whether one of the conditions reads the body.
const fn has_body_condition(when: &[(&'static str, Option<&str>)]) -> bool {
    let mut rest = when;
    while let [(place, _), tail @ ..] = rest {
        if is_in_body(Some(place)) {
            return true;
        }
        rest = tail;
    }
    false
}

const fn is_in_body(place: Option<&'static str>) -> bool {
    match place {
        Some(place) => HandshakePlace::of(place).is_in_body(),
        None => false,
    }
}

/// Whether everything that the handshake reads in the body is signed.
const fn signs_handshake(scheme: &Scheme, handshake: &Handshake) -> bool {
    let Proof::Signature(signature) = &scheme.proof else { return false };
    let mut rest = handshake.when;
    while let [(place, _), tail @ ..] = rest {
        if !signs_place(signature, place) {
            return false;
        }
        rest = tail;
    }
    match handshake.token {
        Some(place) => signs_place(signature, place),
        None => true,
    }
}

/// Whether a place is signed if it is in the body. A header is not signed: it may only be echoed.
const fn signs_place(signature: &Signature, place: &'static str) -> bool {
    match HandshakePlace::of(place) {
        HandshakePlace::Body(pointer) => signs_member(signature, pointer),
        HandshakePlace::Form(_) => signature.covers_body(),
        HandshakePlace::Header(_) | HandshakePlace::Query(_) => true,
    }
}

/// Checks the headers of an answer: none of them may do more than carry a text to the sender.
const fn check_headers(handshake: &Handshake, headers: &'static [(&'static str, &'static str)]) -> Result<(), Flaw> {
    let mut rest = headers;
    while let [(name, value), tail @ ..] = rest {
        if !is_slug(name) || is_reserved(name) {
            return flaw(
                "handshakes.headers",
                "a name must be in lower case, and must not be a header that clients act on",
            );
        }
        let is_verify = are_equal(value, "$verify");
        if is_verify && handshake.verify_token.is_some() {
            return flaw("handshakes.headers", "a verify token that the sender must know must not be in the answer");
        }
        if are_equal(value, "$token") && handshake.token.is_none() {
            return flaw("handshakes.headers", "$token requires a token");
        }
        if value.is_empty()
            || !is_visible(value)
            || (matches!(value.as_bytes(), [b'$', ..]) && !is_verify && !are_equal(value, "$token"))
        {
            return flaw("handshakes.headers", "a value must be $token, $verify or printable ASCII characters");
        }
        rest = tail;
    }
    Ok(())
}

/// Headers that browsers, proxies or HTTP clients act on.
const RESERVED: &[&str] = &["set-cookie", "location", "refresh", "connection", "upgrade", "link", "clear-site-data"];

/// Beginnings of the names of further such headers.
const RESERVED_FAMILIES: &[&[u8]] = &[b"content-", b"access-control-", b"transfer-", b"cross-origin-", b"strict-"];

const fn is_reserved(name: &str) -> bool {
    let mut names = RESERVED;
    while let [reserved, tail @ ..] = names {
        if are_equal(name, reserved) {
            return true;
        }
        names = tail;
    }
    let mut families = RESERVED_FAMILIES;
    while let [family, tail @ ..] = families {
        if name.len() >= family.len() && are_equal_bytes(name.as_bytes().split_at(family.len()).0, family) {
            return true;
        }
        families = tail;
    }
    false
}

const fn is_upper_case(method: &str) -> bool {
    let mut rest = method.as_bytes();
    while let [byte, tail @ ..] = rest {
        if !byte.is_ascii_uppercase() {
            return false;
        }
        rest = tail;
    }
    !method.is_empty()
}

const fn signs_with_hmac(scheme: &Scheme) -> bool {
    let Proof::Signature(Signature { tags: [tag, ..], .. }) = &scheme.proof else { return false };
    matches!(tag.algorithm, Algorithm::HmacSha256 | Algorithm::HmacSha1 | Algorithm::HmacSha384 | Algorithm::HmacSha512)
}
