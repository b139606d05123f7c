//! The tests of Project Wycheproof: signatures, tags and keys that have led verifiers astray, judged through the public
//! API. What it calls acceptable is refused here too.

#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests may panic")]

use std::fs;

use countersign::{Delivery, Key, Scheme, UnixTime, Verifier};
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    /// The public key: SPKI in base64.
    key: Option<String>,
    /// How much of the tag of an HMAC is there.
    tag_bits: Option<usize>,
    tests: Vec<Test>,
}

/// In hexadecimal, but for tags in DER, which are in base64.
#[derive(Deserialize)]
struct Test {
    id: u32,
    /// The secret of an HMAC.
    key: Option<String>,
    message: String,
    tag: String,
    expect: String,
}

fn groups(file: &str) -> Vec<Group> {
    let path = format!("{}/tests/core/wycheproof/{file}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice::<File>(&fs::read(path).unwrap()).unwrap().groups
}

/// A sender that signs the body and nothing else.
fn scheme(algorithm: &str, encoding: &str, key: &str) -> Scheme {
    Scheme::from_json(&format!(
        r#"{{
            "name": "wycheproof",
            "signature": {{
                "place": {{ "header": "signature" }},
                "tags": [{{ "algorithm": "{algorithm}", "encoding": "{encoding}" }}],
                "content": ["body"]
            }},
            "key": "{key}",
            "id": "digest"
        }}"#
    ))
    .unwrap()
}

fn is_valid(verifier: &Verifier, tag: &str, message: &str) -> bool {
    let body = unhex(message);
    let delivery = Delivery::new([("signature", tag.as_bytes())], &body);
    verifier.verify(delivery, UnixTime::from_secs(0)).is_ok()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().map(|letter| letter.to_digit(16).unwrap()).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair.iter().fold(0, |byte, digit| byte << 4 | digit)).unwrap()).collect()
}

/// Judges every signature in a file; gives how many there were, how many of them were valid, and how many keys were
/// refused.
fn check_public(file: &str, algorithm: &str, encoding: &str) -> [usize; 3] {
    let scheme = scheme(algorithm, encoding, "public");
    let [mut all, mut valid, mut refused_keys] = [0; 3];
    for group in groups(file) {
        let Ok(verifier) = Verifier::new(&scheme, [group.key.unwrap()]) else {
            refused_keys += 1;
            continue;
        };
        for test in group.tests {
            let verdict = is_valid(&verifier, &test.tag, &test.message);
            assert_eq!(verdict, test.expect == "valid", "{file}, test {}", test.id);
            all += 1;
            valid += usize::from(verdict);
        }
    }
    [all, valid, refused_keys]
}

#[test]
fn ecdsa_over_p256() {
    assert_eq!(check_public("ecdsa-p256-sha256-p1363", "ecdsa-p256", "hex"), [262, 173, 0]);
}

#[test]
fn ecdsa_over_p256_in_der() {
    assert_eq!(check_public("ecdsa-p256-sha256-der", "ecdsa-p256", "base64-der"), [484, 174, 0]);
}

#[test]
fn ed25519() {
    assert_eq!(check_public("ed25519", "ed25519", "hex"), [151, 88, 0]);
}

#[test]
fn rsa() {
    // Keys with the exponent 3 are refused.
    assert_eq!(check_public("rsa-2048-sha256", "rsa-sha256", "hex"), [257, 7, 2]);
}

#[test]
fn hmac() {
    for (file, whole_bits, tests) in [("hmac-sha1", 160, 170), ("hmac-sha256", 256, 174), ("hmac-sha512", 512, 174)] {
        let scheme = scheme(file, "hex", "text");
        let mut all = 0;
        for group in groups(file) {
            // A tag that is cut short is no tag to us.
            let is_whole = group.tag_bits == Some(whole_bits);
            for test in group.tests {
                let key = Key::from_bytes(&scheme, &unhex(&test.key.unwrap())).unwrap();
                let verifier = Verifier::with_keys(&scheme, vec![key]).unwrap();
                let expected = is_whole && test.expect == "valid";
                assert_eq!(is_valid(&verifier, &test.tag, &test.message), expected, "{file}, test {}", test.id);
                all += 1;
            }
        }
        assert_eq!(all, tests);
    }
}
