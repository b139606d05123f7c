//! Keys that are blank, malformed or of the wrong type, and secrets in outputs.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use countersign::scheme::KeyFormat;
use countersign::senders::{FLASH, GITHUB, STANDARD, STRIPE, SUBSCRIBEFLOW};
use countersign::{Delivery, Key, Scheme, Signer, Verifier, senders};

use crate::shared::{BASE64_KEY, TEXT_KEY, secret_for, signs_any_body};
use crate::support::{BODY, NOW, URL, code_with, key_for, signed_with, to_base64};

fn base64(text: &str) -> Vec<u8> {
    BASE64_STANDARD.decode(text).unwrap()
}

/// Threat model: A-10, A-11.
#[test]
fn a_blank_or_malformed_key_is_an_error_and_never_a_skipped_check() {
    for scheme in senders::ALL.iter().filter(|scheme| secret_for(scheme).is_some()) {
        for (text, code) in [
            ("", "empty"),
            ("  ", "empty"),
            ("\n", "empty"),
            ("undefined", "empty"),
            ("null", "empty"),
            (" secret", "encoding"),
            ("secret\n", "encoding"),
            ("\u{feff}secret", "encoding"),
            ("\"secret\"", "encoding"),
        ] {
            assert_eq!(Verifier::new(scheme, [text]).unwrap_err().code(), code, "{} {text:?}", scheme.name);
            assert_eq!(Signer::new(scheme, text).unwrap_err().code(), code, "{} {text:?}", scheme.name);
        }
        assert_eq!(Verifier::new(scheme, [""; 0]).unwrap_err().code(), "empty");
        assert_eq!(Verifier::new(scheme, [key_for(scheme), ""]).unwrap_err().code(), "empty");
        assert_eq!(Key::from_bytes(scheme, b"").unwrap_err().code(), "empty");
    }
    for (text, code) in [
        ("whsec_", "empty"),
        ("whsec_AAAA", "empty"),
        ("whsec_%", "encoding"),
        ("whsec_whsec_AAAA", "encoding"),
        ("w", "encoding"),
        ("hwsec_AAAA", "encoding"),
        ("whsec_wronglength", "encoding"),
        ("whpk_AAAA", "encoding"),
        ("whpk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "encoding"),
        ("whsk_AAAA", "wrong_type"),
    ] {
        assert_eq!(Verifier::new(&STANDARD, [text]).unwrap_err().code(), code, "{text}");
    }
    // A header cannot carry these, so they could never match.
    for token in ["s\u{e9}cret", "a\nb"] {
        assert_eq!(Verifier::new(&senders::FLEXPRICE_NATIVE_TOKEN, [token]).unwrap_err().code(), "encoding");
    }
    // A short secret is accepted: the sender chose it.
    assert!(Verifier::new(&STRIPE, ["x"]).is_ok());
    assert!(Verifier::new(&STANDARD, ["v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]).is_ok());
    assert!(
        Verifier::new(
            &STANDARD,
            ["whsec_TUdfVE5UMnZlci1TeWxOYXQtX1ZlTW1kLTRtMFdhYmEwanIxdHJvenRCbmlTQ2hFdzBnbHhFbWdFaTJLdzQwSA=="]
        )
        .is_ok()
    );
}

/// Threat model: A-51.
#[test]
fn the_text_of_a_public_key_is_not_accepted_as_a_secret() {
    for text in [
        "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----",
        r#"{"kty":"RSA","n":"AQAB"}"#,
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA",
        "ecdsa-sha2-nistp256 AAAA",
        "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=",
    ] {
        for scheme in [&FLASH, &STRIPE, &SUBSCRIBEFLOW] {
            assert_eq!(Verifier::new(scheme, [text]).unwrap_err().code(), "wrong_type", "{text}");
        }
    }
}

/// The public key of RFC 8410, section 10.1, as SPKI in base64.
const PUBLIC_KEY: &str = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";

/// Threat model: A-51.
#[test]
fn a_public_key_is_not_accepted_as_a_secret_in_any_encoding() {
    let der = base64(PUBLIC_KEY);
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{PUBLIC_KEY}\n-----END PUBLIC KEY-----\n");
    let wrapped = to_base64(pem.as_bytes());
    let with_choice = &senders::FUSIONAUTH;
    for scheme in [&FLASH, &STRIPE, &GITHUB, &STANDARD, &SUBSCRIBEFLOW, with_choice] {
        for bytes in [
            der.as_slice(),
            pem.as_bytes(),
            wrapped.as_bytes(),
            PUBLIC_KEY.as_bytes(),
            b"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE\"}\n",
            b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA me@example.com\n",
            b"whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=",
        ] {
            assert_eq!(Key::from_bytes(scheme, bytes).unwrap_err().code(), "wrong_type", "{}", scheme.name);
        }
        for (bytes, code) in [(&b""[..], "empty"), (b" \n", "empty"), (b"undefined", "empty"), (b"null", "empty")] {
            assert_eq!(Key::from_bytes(scheme, bytes).unwrap_err().code(), code, "{}", scheme.name);
        }
        assert!(Key::from_bytes(scheme, &der[12..]).is_ok(), "32 bytes without a header may be a secret");
    }
    for scheme in [&FLASH, &STRIPE, &GITHUB, &SUBSCRIBEFLOW, &STANDARD] {
        for text in [PUBLIC_KEY, &wrapped] {
            assert_eq!(Verifier::new(scheme, [text]).unwrap_err().code(), "wrong_type", "{}", scheme.name);
        }
    }
    // A scheme that accepts public keys reads it as one, and it cannot sign.
    assert_eq!(Verifier::new(with_choice, [&wrapped]).unwrap_err().code(), "wrong_type");
    let key = Key::parse(with_choice, PUBLIC_KEY).unwrap();
    assert!(format!("{key:?}").contains("Ed25519"), "{key:?}");
    assert_eq!(Signer::new(with_choice, PUBLIC_KEY).unwrap_err().code(), "wrong_type");
}

/// Keys that no scheme uses, so that no scheme may take them for anything: P-384, and RSA with 1024 bits in PKCS #1.
///
/// Threat model: A-51.
#[test]
fn no_scheme_takes_a_public_key_for_a_secret_in_any_spelling() {
    let keys = [
        "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEOMHZeSwJm+B0ia06khkEWUJro/FGjX/TW0AiDrx3oNzZR1hOCLSUlF9vWbqAKM0Dr9dqGJ8gjmW916uv\
         oG7iofg79n8mm2ISu9M7Zr1nNeKx5rrma2XE1SPWrZ95ruOQ",
        "MIGJAoGBAKSvT2rAWw1CG6lOPJjs+TpXWdvrNxPjaBlWJSj443WKREmrjWbBba74ytycfBEqWiI0IEXdgFq3n55o842/7dqobFGm26BqtTL4jZ6A\
         JN2Bk+GCt6+Lmdomm75p334K4V75F1TarUULQcE+/EmoAJ5OP9g/4to+FmcAI8yJwQHxAgMBAAE=",
    ];
    for encoded in keys {
        let der = base64(encoded);
        let hexadecimal = base16ct::lower::encode_string(&der);
        let spellings = [
            encoded.to_owned(),
            encoded.trim_end_matches('=').to_owned(),
            encoded.replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned(),
            format!("{}\n{}", &encoded[..64], &encoded[64..]),
            format!("{}\\n{}", &encoded[..64], &encoded[64..]),
            hexadecimal.to_uppercase(),
            hexadecimal,
            format!("-----BEGIN PUBLIC KEY-----\\n{encoded}\\n-----END PUBLIC KEY-----"),
            format!("# my key\n-----BEGIN RSA PUBLIC KEY-----\n{encoded}\n-----END RSA PUBLIC KEY-----"),
            format!(r#"[{{"kty":"EC","crv":"P-384","x":"{encoded}","y":"{encoded}"}}]"#),
            format!(r#"{{"keys":[{{"kty":"RSA","n":"{encoded}","e":"AQAB"}}]}}"#),
        ];
        for scheme in senders::ALL.iter().filter(|scheme| secret_for(scheme).is_some()) {
            for bytes in spellings.iter().map(String::as_bytes).chain([&der[..]]) {
                assert_eq!(Key::from_bytes(scheme, bytes).unwrap_err().code(), "wrong_type", "{}", scheme.name);
            }
            for text in &spellings {
                for error in [Key::parse(scheme, text).unwrap_err(), Signer::new(scheme, text).unwrap_err()] {
                    // A scheme that takes both kinds says which public keys it supports.
                    let is_named = error.code() == "wrong_type" || scheme.key == KeyFormat::PublicOrText;
                    assert!(is_named && error.message().contains("pass "), "{}: {text}: {error}", scheme.name);
                }
            }
        }
    }
    let scheme = Scheme::from_json(
        r#"{"name":"own","signature":{"place":{"header":"tag"},"tags":[{"algorithm":"hmac-sha256","encoding":"hex"}],
            "content":["body"]},"key":"standard","id":"digest"}"#,
    )
    .unwrap();
    let public = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
    assert_eq!(Verifier::new(&scheme, [public]).unwrap_err().code(), "wrong_type", "this sender has no key pair");
}

#[test]
fn a_secret_whose_bytes_resemble_a_public_key_is_accepted() {
    let in_braces: Vec<u8> =
        (0..32).map(|index| [b'{', 0xFF, b'}'][usize::from(index > 0) + usize::from(index == 31)]).collect();
    let encoded = to_base64(&in_braces);
    assert!(Key::from_bytes(&STANDARD, &in_braces).is_ok());
    assert!(Key::parse(&STANDARD, &format!("whsec_{encoded}")).is_ok());
    for text in [&encoded, &to_base64(br#"{"a":1}"#), &to_base64(b"ssh-ed25519 AAAA")] {
        assert!(Key::parse(&STRIPE, text).is_ok(), "{text}");
    }
}

#[test]
fn a_secret_may_have_a_version_before_its_prefix() {
    for scheme in [&STANDARD, &senders::OPENAI] {
        let signed = Signer::new(scheme, BASE64_KEY).unwrap().sign("msg_1", BODY, NOW);
        let verifier = Verifier::new(scheme, [format!("v1,{BASE64_KEY}")]).unwrap();
        assert_eq!(code_with(&verifier, &signed, BODY, NOW), "valid", "{}", scheme.name);
    }
}

/// HMAC pads a key with zeros, so a key of zeros makes the same signatures as no key at all.
///
/// Threat model: A-10.
#[test]
fn a_secret_that_equals_the_empty_secret_is_rejected_in_every_format() {
    for scheme in senders::ALL.iter().filter(|scheme| secret_for(scheme).is_some()) {
        for length in [0, 1, 32, 64, 65, 128, 129] {
            let error = Key::from_bytes(scheme, &vec![0; length]).unwrap_err();
            assert_eq!(error.code(), "empty", "{} {length}", scheme.name);
            assert!(error.message().ends_with("is the secret configured?"), "{error}");
        }
        let text = match scheme.key {
            KeyFormat::Standard | KeyFormat::StandardOrText => "whsec_AAAA",
            KeyFormat::Base64 => "AAAAAAAAAAA=",
            KeyFormat::Hex => "0000",
            _ => continue,
        };
        assert_eq!(Verifier::new(scheme, [text]).unwrap_err().code(), "empty", "{}", scheme.name);
        assert_eq!(Signer::new(scheme, text).unwrap_err().code(), "empty", "{}", scheme.name);
    }
    assert!(Key::from_bytes(&GITHUB, &[0, 0, 1]).is_ok());
    assert!(Verifier::new(&STRIPE, ["0000"]).is_ok(), "the text of zeros is not a key of zeros");
}

/// Threat model: A-53.
#[test]
fn a_token_that_names_its_key_is_verified_with_that_key_or_with_keys_without_a_name() {
    let keys = |names: [Option<&str>; 2]| {
        let parse = |text: &str, name: Option<&str>| {
            let key = Key::parse(&FLASH, text).unwrap();
            name.map_or(key.clone(), |name| key.named(name))
        };
        Verifier::with_keys(&FLASH, vec![parse(TEXT_KEY, names[0]), parse("other", names[1])]).unwrap()
    };
    // {"alg":"HS256","kid":"first"} . {"exp":1700003600}, made with an independent HMAC and the text key.
    let token =
        "eyJhbGciOiJIUzI1NiIsImtpZCI6ImZpcnN0In0.eyJleHAiOjE3MDAwMDM2MDB9.SHK8nzLYN0D1Gszoko2S8wAHo94qH_6g2XKnOA2UnPg";
    let headers = vec![("authorization".to_owned(), format!("Bearer {token}"))];
    for (names, expected) in [
        ([Some("first"), Some("second")], "valid"),
        ([Some("first"), None], "valid"),
        ([Some("second"), Some("first")], "signature_mismatch"),
        // The key that signed has no name, but another key has the name in the token.
        ([None, Some("first")], "signature_mismatch"),
        // Without a key of that name the error is not about the secret.
        ([Some("second"), Some("third")], "unsupported_signature"),
        // No key has that name, so the keys without a name are tried, and no others.
        ([None, Some("second")], "valid"),
        ([None, None], "valid"),
        ([Some("second"), None], "signature_mismatch"),
    ] {
        assert_eq!(code_with(&keys(names), &headers, b"", NOW), expected, "{names:?}");
    }
}

/// Threat model: A-62.
#[test]
fn no_debug_or_error_output_contains_a_secret() {
    for scheme in senders::ALL {
        let secret = match scheme.key {
            KeyFormat::Standard => "whsec_Y2FuYXJ5LWNhbmFyeS1jYW5hcnk=",
            KeyFormat::Text | KeyFormat::StandardOrText | KeyFormat::PublicOrText => "canary-canary-canary",
            KeyFormat::Hex if secret_for(scheme).is_some() => "63616e6172792d63616e617279",
            _ => continue,
        };
        let verifier = Verifier::new(scheme, [secret]).unwrap();
        let signer = Signer::new(scheme, secret).unwrap();
        let output = format!("{verifier:?} {verifier:#?} {signer:?}");
        for trace in ["canary", "Y2FuYXJ5", "[99, 97, 110"] {
            assert!(!output.contains(trace), "{}: {output}", scheme.name);
        }
        if !signs_any_body(scheme) {
            continue;
        }
        let sent = signed_with(&signer);
        let delivery = Delivery::new(&sent, BODY).method("POST").url(URL);
        let output = format!("{delivery:?} {:?}", verifier.verify(delivery.clone(), NOW));
        let (_, proof) = sent.last().unwrap();
        assert!(!output.contains(proof), "{}: {output}", scheme.name);
        let verified = verifier.verify(delivery, NOW).unwrap();
        let output = format!("{output} {:?} {:?}", verified.decode(), verified.decode().unwrap().json());
        // The body appears neither as text nor as a list of numbers.
        assert!(!output.contains("{\"") && !output.contains("123, 34"), "{}: {output}", scheme.name);
        let rejection = verifier.verify(Delivery::without_headers(b"canary"), NOW).unwrap_err();
        assert!(!format!("{rejection:?} {rejection}").contains("canary"));
    }
}
