//! Every way of passing headers to a delivery: each verifies a genuine request without a conversion by the caller.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeMap;

use countersign::senders::{GITHUB, MICROSOFT_GRAPH};
use countersign::{Delivery, Signer, UnixTime, Verifier};
use http::{HeaderMap, HeaderName, HeaderValue};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const BODY: &[u8] = br#"{"action":"opened"}"#;
const SECRET: &str = "It's a Secret to Everybody";

/// The headers as the signer returns them.
fn signed() -> Vec<(String, String)> {
    Signer::new(&GITHUB, SECRET).unwrap().sign("", BODY, NOW)
}

fn code(delivery: Delivery<'_>) -> &'static str {
    let verifier = Verifier::new(&GITHUB, [SECRET]).unwrap();
    verifier.verify(delivery, NOW).map_or_else(|rejection| rejection.code(), |_| "valid")
}

fn header_map(pairs: &[(String, String)]) -> HeaderMap {
    let pair = |(name, value): &(String, String)| {
        (HeaderName::try_from(name.as_str()).unwrap(), HeaderValue::try_from(value.as_str()).unwrap())
    };
    pairs.iter().map(pair).collect()
}

#[test]
fn the_list_that_a_signer_returns_is_accepted() {
    let headers = signed();
    assert_eq!(code(Delivery::new(&headers, BODY)), "valid");
    assert_eq!(code(Delivery::new(headers.as_slice(), BODY)), "valid");
    let bytes: Vec<(String, Vec<u8>)> =
        headers.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    assert_eq!(code(Delivery::new(&bytes, BODY)), "valid");
}

#[test]
fn a_header_map_is_accepted() {
    let headers = header_map(&signed());
    assert_eq!(code(Delivery::new(&headers, BODY)), "valid");
}

#[test]
fn a_header_that_a_map_holds_twice_is_rejected() {
    let mut headers = header_map(&signed());
    headers.append("x-hub-signature-256", HeaderValue::from_static("sha256=00"));
    assert_eq!(code(Delivery::new(&headers, BODY)), "malformed_header");
}

#[test]
fn maps_of_the_standard_library_are_accepted() {
    let headers: BTreeMap<String, String> = signed().into_iter().collect();
    assert_eq!(code(Delivery::new(&headers, BODY)), "valid");
}

#[test]
fn literals_are_accepted_as_text_and_as_bytes() {
    assert_eq!(code(Delivery::new([("x-hub-signature-256", "sha256=00")], BODY)), "malformed_header");
    assert_eq!(code(Delivery::new([("x-hub-signature-256", b"sha256=00")], BODY)), "malformed_header");
    assert_eq!(code(Delivery::new(&[("X-Hub-Signature-256", "sha256=00")], BODY)), "malformed_header");
}

#[test]
fn pairs_of_borrowed_text_and_bytes_are_accepted() {
    let headers = signed();
    let pairs: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    assert_eq!(code(Delivery::new(pairs.iter().copied(), BODY)), "valid");
    assert_eq!(code(Delivery::new(&pairs, BODY)), "valid");
    assert_eq!(code(Delivery::new(pairs, BODY)), "valid");
}

#[test]
fn a_request_without_headers_needs_no_type_annotation() {
    assert_eq!(code(Delivery::without_headers(BODY)), "missing_header");
    let verifier = Verifier::new(&MICROSOFT_GRAPH, [SECRET]).unwrap();
    let handshake = Delivery::without_headers(b"").url("/hooks?validationToken=abc");
    let reply = verifier.handshake(handshake, NOW, None).unwrap();
    assert_eq!(reply.map(|reply| reply.body).as_deref(), Some("abc"));
}
