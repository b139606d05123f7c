//! Altered signatures and altered lists of signatures.

use countersign::scheme::{Encoding, Proof};
use countersign::senders::{SHOPIFY, STANDARD, STRIPE};
use countersign::{Delivery, Scheme, Signer, UnixTime, Verifier, senders};

use crate::shared::{BASE64_KEY, TEXT_KEY, signs_any_body};
use crate::support::{BODY, NOW, code, code_with, key_for, signed, with_last};

/// The schemes that sign the body in a header, with the offset of the signature in the last header that they send.
fn signing_schemes() -> impl Iterator<Item = (&'static Scheme, usize)> {
    senders::ALL.iter().filter_map(|scheme| match scheme.proof {
        Proof::Signature(signature) if signs_any_body(scheme) => {
            let bytes = signature.tags[0].algorithm.tag_bytes().unwrap();
            let letters = match signature.tags[0].encoding {
                Encoding::Hex => bytes * 2,
                Encoding::Base64Url => (bytes * 4).div_ceil(3),
                _ => bytes.div_ceil(3) * 4,
            };
            Some((scheme, signed(scheme).pop().unwrap().1.len() - letters))
        }
        _ => None,
    })
}

/// Threat model: A-01.
#[test]
fn every_truncated_signature_is_rejected() {
    for (scheme, tag) in signing_schemes() {
        let headers = signed(scheme);
        let value = &headers.last().unwrap().1;
        assert_eq!(code(scheme, &headers), "valid");
        for end in tag..value.len() {
            assert_ne!(code(scheme, &with_last(&headers, value[..end].into())), "valid", "{} {end}", scheme.name);
        }
    }
}

/// Threat model: A-02.
#[test]
fn a_signature_with_anything_appended_is_rejected() {
    for (scheme, _) in signing_schemes() {
        let headers = signed(scheme);
        let value = &headers.last().unwrap().1;
        for more in ["0", "00", "A", "=", "==", ",", ",zzz", ",,", "\t", "\0", "\n", "v1", &"0".repeat(64)] {
            assert_ne!(
                code(scheme, &with_last(&headers, format!("{value}{more}"))),
                "valid",
                "{} {more:?}",
                scheme.name
            );
        }
    }
}

/// Threat model: A-04.
#[test]
fn a_non_canonical_encoding_of_a_signature_is_rejected() {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for scheme in [&SHOPIFY, &STANDARD] {
        for second in 0..300 {
            let now = UnixTime::from_secs(1_700_000_000 + second);
            let body = second.to_string();
            let headers = Signer::new(scheme, key_for(scheme)).unwrap().sign("msg_1", body.as_bytes(), now);
            let verifier = Verifier::new(scheme, [key_for(scheme)]).unwrap();
            let value = &headers.last().unwrap().1;
            let (start, last) = value.trim_end_matches('=').split_at(value.len() - 2);
            let index = ALPHABET.find(last).unwrap();
            let stray = (1..4).map(|bits| format!("{start}{}=", char::from(ALPHABET.as_bytes()[index | bits])));
            let spellings = [
                value.trim_end_matches('=').into(),
                format!("{value}="),
                value.replace('+', "-").replace('/', "_") + " ",
            ];
            for other in stray.chain(spellings) {
                assert_ne!(
                    code_with(&verifier, &with_last(&headers, other.clone()), body.as_bytes(), now),
                    "valid",
                    "{other}"
                );
            }
        }
    }
}

/// Threat model: A-08.
#[test]
fn more_than_32_signatures_or_8_kib_are_rejected() {
    let headers = signed(&STANDARD);
    let value = headers.last().unwrap().1.clone();
    let repeated = |count: usize| with_last(&headers, vec![value.as_str(); count].join(" "));
    assert_eq!(code(&STANDARD, &repeated(32)), "valid");
    for count in [33, 10_000, 100_000] {
        assert_eq!(code(&STANDARD, &repeated(count)), "too_many_signatures");
    }
    let long = with_last(&headers, format!("{value} v2,{}", "A".repeat(8192)));
    assert_eq!(code(&STANDARD, &long), "too_many_signatures");
}

/// Threat model: A-09.
#[test]
fn one_valid_signature_by_one_key_is_enough_in_any_order() {
    let keys = ["whsec_CCCCCCCCCCCCCCCCCCCCCCCC", BASE64_KEY, "whsec_BBBBBBBBBBBBBBBBBBBBBBBB"];
    let good = signed(&STANDARD).pop().unwrap().1;
    let entries = [good.as_str(), "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "v1,not-valid-$$$", "v9,x"];
    for shift in 0..4 {
        let mut list = entries.to_vec();
        list.rotate_left(shift);
        let headers = with_last(&signed(&STANDARD), list.join(" "));
        for turn in 0..3 {
            let mut ring = keys.to_vec();
            ring.rotate_left(turn);
            let verifier = Verifier::new(&STANDARD, &ring).unwrap();
            assert_eq!(code_with(&verifier, &headers, BODY, NOW), "valid", "{list:?} {ring:?}");
            let others: Vec<_> = ring.into_iter().filter(|key| *key != BASE64_KEY).collect();
            let verifier = Verifier::new(&STANDARD, &others).unwrap();
            assert_eq!(code_with(&verifier, &headers, BODY, NOW), "signature_mismatch");
        }
    }
}

#[test]
fn a_list_with_an_item_that_is_not_a_signature_is_rejected_despite_valid_headers() {
    let scheme = Scheme::from_json(
        r#"{"name":"lists","signature":{"place":{"anyHeader":["one","two"]},"form":{"list":{"between":","}},
            "tags":[{"algorithm":"hmac-sha256","encoding":"hex"}],"content":["body"]},"key":"text","id":"digest"}"#,
    )
    .unwrap();
    let verifier = Verifier::new(&scheme, [TEXT_KEY]).unwrap();
    let tag = Signer::new(&scheme, TEXT_KEY).unwrap().sign("", BODY, NOW).pop().unwrap().1;
    let with = |one: &str, two: &str| vec![("one".to_owned(), one.to_owned()), ("two".to_owned(), two.to_owned())];
    let twice = format!("{tag},{tag}");
    assert_eq!(code_with(&verifier, &with(&twice, &tag), BODY, NOW), "valid");
    assert_eq!(code_with(&verifier, &with(&twice, &format!("{tag},zzz")), BODY, NOW), "malformed_header");
}

/// The first three signatures are by other keys. Deliveries of a rotation have two.
///
/// Threat model: A-19.
#[test]
fn public_keys_check_few_signatures_and_fewer_over_a_large_body() {
    // A key pair that the Standard Webhooks specification publishes.
    let private = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
    let public = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
    let other = "whpk_PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=";
    let signer = Signer::new(&STANDARD, private).unwrap();
    let code_of = |body: &[u8], keys: &[&str], wrong: usize| {
        let headers = signer.sign("msg_1", body, NOW);
        let genuine = headers.last().unwrap().1.clone();
        let forged = format!("v1a,{}==", "A".repeat(86));
        let list = [vec![forged.as_str(); wrong], vec![genuine.as_str()]].concat().join(" ");
        code_with(&Verifier::new(&STANDARD, keys).unwrap(), &with_last(&headers, list), body, NOW)
    };
    for (megabytes, keys, wrong, expected) in [
        (0, &[public][..], 3, "valid"),
        (0, &[public], 4, "too_many_signatures"),
        (0, &[public], 31, "too_many_signatures"),
        (0, &[other, public], 3, "valid"),
        // Four signatures and one key: 16 MiB are the limit.
        (3, &[public], 3, "valid"),
        (4, &[public], 3, "too_many_signatures"),
        (3, &[other, public], 3, "too_many_signatures"),
        (2, &[other, public], 2, "valid"),
        // A rotation has two signatures and two keys, and is verified whatever the size of the body.
        (10, &[other, public], 1, "valid"),
        (10, &[other, public], 2, "too_many_signatures"),
    ] {
        let body = vec![b' '; megabytes * 1024 * 1024 + BODY.len()];
        assert_eq!(code_of(&body, keys, wrong), expected, "{megabytes} MiB, {} keys, {wrong} wrong", keys.len());
    }
    let scheme = Scheme::from_json(
        r#"{"name":"lists","signature":{"place":{"header":"list"},"form":{"list":{"between":","}},
            "tags":[{"algorithm":"ecdsa-p256","encoding":"base64"}],"content":["body"]},"key":"public","id":"digest"}"#,
    )
    .unwrap();
    // RFC 7515, appendix A.3.
    let key = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    let verifier = Verifier::new(&scheme, [key]).unwrap();
    for (count, expected) in [(4, "signature_mismatch"), (5, "too_many_signatures")] {
        let list = vec![format!("{}==", "A".repeat(86)); count].join(",");
        assert_eq!(code_with(&verifier, &vec![("list".to_owned(), list)], BODY, NOW), expected);
    }
    // Signatures that no key can check cost nothing: a receiver may have only the secret.
    let headers = signed(&STANDARD);
    let mut list = vec![signer.sign("msg_1", BODY, NOW).pop().unwrap().1; 31];
    list.push(headers.last().unwrap().1.clone());
    assert_eq!(code(&STANDARD, &with_last(&headers, list.join(" "))), "valid");
}

/// Threat model: A-01.
#[test]
fn a_signature_that_differs_in_its_last_byte_is_rejected() {
    let headers = signed(&senders::GITHUB);
    let value = headers.last().unwrap().1.clone();
    let (start, last) = value.split_at(value.len() - 1);
    let other = if last == "0" { "1" } else { "0" };
    assert_eq!(code(&senders::GITHUB, &with_last(&headers, format!("{start}{other}"))), "signature_mismatch");
}

/// Threat model: A-09.
#[test]
fn the_first_key_that_verifies_a_delivery_is_reported() {
    let keys = ["another key", TEXT_KEY, TEXT_KEY, "a third key"];
    let verifier = Verifier::new(&senders::GITHUB, keys).unwrap();
    let verified = verifier.verify(Delivery::new(&signed(&senders::GITHUB), BODY), NOW).map(|verified| verified.key());
    assert_eq!(verified, Ok(1));
}

/// Threat model: A-12, A-20.
#[test]
fn a_signature_header_with_two_timestamps_is_rejected() {
    let headers = signed(&STRIPE);
    let value = headers.last().unwrap().1.clone();
    for list in [format!("{value},t=1700000001"), format!("t=1700000001,{value}"), format!("{value},t=1700000000")] {
        assert_eq!(code(&STRIPE, &with_last(&headers, list)), "malformed_header");
    }
}

/// Threat model: A-12.
#[test]
fn a_header_that_arrives_twice_is_rejected() {
    for scheme in [&STRIPE, &STANDARD, &SHOPIFY, &senders::SLACK] {
        let headers = signed(scheme);
        for index in 0..headers.len() {
            let (name, value) = headers[index].clone();
            for other in [(name.clone(), value), (name.to_ascii_uppercase(), "x".to_owned())] {
                for at in [0, headers.len()] {
                    let mut twice = headers.clone();
                    twice.insert(at, other.clone());
                    assert_eq!(code(scheme, &twice), "malformed_header", "{}: {name}", scheme.name);
                }
            }
        }
    }
}

/// The signature's first half is the neutral point, and the second half was computed with the private key. Verification without
/// the strict rules accepts it, and its maker could make it valid for other messages, too.
///
/// Threat model: A-18.
#[test]
fn an_ed25519_signature_with_a_point_of_small_order_is_rejected() {
    let scheme = Scheme::from_json(
        r#"{"name":"ed","signature":{"place":{"header":"tag"},"tags":[{"algorithm":"ed25519","encoding":"hex"}],
            "content":["body"]},"key":"hex","id":"digest"}"#,
    )
    .unwrap();
    // RFC 8032, section 7.1, test 1.
    let [seed, public] = [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    ];
    let verifier = Verifier::new(&scheme, [public]).unwrap();
    let signed = Signer::new(&scheme, seed).unwrap().sign("", BODY, NOW);
    assert_eq!(code_with(&verifier, &signed, BODY, NOW), "valid");
    let weak = format!("01{}69728f14d8a66686d6f6faaee19e6af5601cb78eb4855c6111cdab48f1e86301", "0".repeat(62));
    assert_eq!(code_with(&verifier, &with_last(&signed, weak), BODY, NOW), "signature_mismatch");
}
