//! The test vectors of Project Wycheproof: signatures and keys that other verifiers have judged wrongly, verified through the
//! public API. Signatures that Wycheproof calls acceptable must be rejected.

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
    /// The public key, as base64 of SPKI.
    key: Option<String>,
    /// The length of the HMACs in this group, some of which are truncated.
    tag_bits: Option<usize>,
    tests: Vec<Test>,
}

/// A test. Its values are hexadecimal, but signatures in DER are base64.
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

/// A scheme that signs the body only.
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

/// Verifies every signature in a file. Returns the number of signatures, of valid signatures and of rejected keys.
fn check_public(file: &str, algorithm: &str, encoding: &str) -> [usize; 3] {
    let scheme = scheme(algorithm, encoding, "public");
    let [mut all, mut valid, mut rejected_keys] = [0; 3];
    for group in groups(file) {
        let Ok(verifier) = Verifier::new(&scheme, [group.key.unwrap()]) else {
            rejected_keys += 1;
            continue;
        };
        for test in group.tests {
            let verdict = is_valid(&verifier, &test.tag, &test.message);
            assert_eq!(verdict, test.expect == "valid", "{file}, test {}", test.id);
            all += 1;
            valid += usize::from(verdict);
        }
    }
    [all, valid, rejected_keys]
}

/// Threat model: A-18.
#[test]
fn ecdsa_p256_signatures_of_fixed_length_verify_as_expected() {
    assert_eq!(check_public("ecdsa-p256-sha256-p1363", "ecdsa-p256", "hex"), [262, 173, 0]);
}

/// Threat model: A-18.
#[test]
fn ecdsa_p256_signatures_in_der_verify_as_expected() {
    assert_eq!(check_public("ecdsa-p256-sha256-der", "ecdsa-p256", "base64-der"), [484, 174, 0]);
}

/// Threat model: A-18.
#[test]
fn ed25519_signatures_verify_as_expected() {
    assert_eq!(check_public("ed25519", "ed25519", "hex"), [151, 88, 0]);
}

/// Threat model: A-18.
#[test]
fn rsa_signatures_verify_as_expected() {
    // The two rejected keys have the exponent 3.
    assert_eq!(check_public("rsa-2048-sha256", "rsa-sha256", "hex"), [257, 7, 2]);
}

#[test]
fn whole_hmacs_verify_as_expected_and_truncated_ones_are_rejected() {
    for (file, whole_bits, tests) in [("hmac-sha1", 160, 170), ("hmac-sha256", 256, 174), ("hmac-sha512", 512, 174)] {
        let scheme = scheme(file, "hex", "text");
        let mut all = 0;
        for group in groups(file) {
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
