//! Attacks on the core: altered signatures, headers, timestamps, keys, tokens and bodies. `tests/package/runtimes` runs the
//! same catalogue (docs/threat-model.md) against the npm package in every runtime.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

mod shared;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use countersign::scheme::{Encoding, KeyFormat, Proof};
use countersign::senders::{FLASH, GITHUB, SHOPIFY, STANDARD, STRIPE, SUBSCRIBEFLOW, SVIX};
use countersign::{Delivery, Event, Key, Outgoing, Scheme, Signer, Tolerance, UnixTime, Verifier, senders};
use shared::{BASE64_KEY, TEXT_KEY, secret_for, signs_any_body};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const BODY: &[u8] = br#"{"id":"evt_1","type":"a.b"}"#;
const URL: &str = "https://example.com/hooks";

fn base64(text: &str) -> Vec<u8> {
    BASE64_STANDARD.decode(text).unwrap()
}

fn to_base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

fn key_for(scheme: &Scheme) -> &'static str {
    secret_for(scheme).unwrap()
}

type Headers = Vec<(String, String)>;

fn signed(scheme: &Scheme) -> Headers {
    signed_with(&Signer::new(scheme, key_for(scheme)).unwrap())
}

fn signed_with(signer: &Signer) -> Headers {
    signer.sign_request(&Outgoing { id: "msg_1", body: BODY, method: "POST", url: URL }, NOW)
}

fn code_with(verifier: &Verifier, headers: &Headers, body: &[u8], now: UnixTime) -> &'static str {
    match verifier.verify(Delivery::new(headers, body).method("POST").url(URL), now) {
        Ok(_) => "valid",
        Err(rejection) => rejection.code(),
    }
}

fn code(scheme: &Scheme, headers: &Headers) -> &'static str {
    code_with(&Verifier::new(scheme, [key_for(scheme)]).unwrap(), headers, BODY, NOW)
}

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

fn with_last(headers: &Headers, value: String) -> Headers {
    let mut headers = headers.clone();
    headers.last_mut().unwrap().1 = value;
    headers
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
    let keys = ["whsec_AAAAAAAAAAAAAAAAAAAAAAAA", BASE64_KEY, "whsec_BBBBBBBBBBBBBBBBBBBBBBBB"];
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

/// Threat model: A-15.
#[test]
fn headers_of_two_families_are_never_mixed() {
    let of = |family: &str| {
        let headers = signed(&SVIX);
        headers.into_iter().map(|(name, value)| (name.replace("svix", family), value)).collect::<Headers>()
    };
    let (svix, webhook) = (of("svix"), of("webhook"));
    for mixture in 0..8_usize {
        let headers: Headers = (0..3)
            .map(|index| if mixture >> index & 1 == 0 { svix[index].clone() } else { webhook[index].clone() })
            .collect();
        let expected = if mixture == 0 || mixture == 7 { "valid" } else { "missing_header" };
        assert_eq!(code(&SVIX, &headers), expected, "{headers:?}");
    }
    assert_eq!(code(&STANDARD, &svix), "missing_header");
}

/// Threat model: A-16.
#[test]
fn an_id_that_could_shift_bytes_or_break_a_log_is_rejected() {
    let signer = Signer::new(&STANDARD, BASE64_KEY).unwrap();
    for id in ["", "a.b", ".", "a b", "a,b", "a\u{7f}", "a\nb", "é", &"x".repeat(257)] {
        assert_eq!(code(&STANDARD, &signer.sign(id, BODY, NOW)), "malformed_header", "{id:?}");
    }
    assert_eq!(code(&STANDARD, &signer.sign(&"x".repeat(256), BODY, NOW)), "valid");
}

/// Threat model: A-20.
#[test]
fn a_timestamp_in_any_form_but_plain_digits_is_rejected() {
    let texts = [
        "",
        "0",
        "1",
        "+1700000000",
        "-1700000000",
        " 1700000000",
        "1700000000 ",
        "01700000000",
        "1700000000.0",
        "17e8",
        "0x6553f100",
        "NaN",
        "Infinity",
        "1700000000000",
        "99999999999999999999",
        "1700000000abc",
        "١٧٠٠٠٠٠٠٠٠",
        "9223372036854775807",
        "-9223372036854775808",
        "1_700_000_000",
    ];
    for text in texts {
        let mut headers = signed(&STANDARD);
        headers[1].1 = text.into();
        let code = code(&STANDARD, &headers);
        assert!(matches!(code, "malformed_timestamp" | "malformed_header"), "{text:?}: {code}");
        let value = signed(&STRIPE).pop().unwrap().1.replace("t=1700000000", &format!("t={text}"));
        let code = self::code(&STRIPE, &with_last(&signed(&STRIPE), value));
        assert!(matches!(code, "malformed_timestamp" | "malformed_header"), "{text:?}: {code}");
    }
}

/// Threat model: A-21.
#[test]
fn the_tolerance_is_inclusive_and_applies_to_past_and_future() {
    for (tolerance, off) in [(0_u32, 0_u64), (1, 1), (300, 300), (600, 600)] {
        let verifier = Verifier::new(&STRIPE, [TEXT_KEY]).unwrap().tolerance(Tolerance::symmetric(tolerance));
        let headers = signed(&STRIPE);
        let at = |secs: u64| code_with(&verifier, &headers, BODY, UnixTime::from_secs(secs));
        assert_eq!(at(NOW.as_secs() + off), "valid");
        assert_eq!(at(NOW.as_secs() - off), "valid");
        assert_eq!(at(NOW.as_secs() + off + 1), "stale");
        assert_eq!(at(NOW.as_secs() - off - 1), "premature");
    }
    // The signature is checked before the timestamp.
    let wrong = Verifier::new(&STRIPE, ["another"]).unwrap();
    assert_eq!(code_with(&wrong, &signed(&STRIPE), BODY, UnixTime::from_secs(2_000_000_000)), "signature_mismatch");
}

fn event_of(scheme: &Scheme, headers: &Headers, body: &[u8], check: impl FnOnce(Event<'_>)) {
    let verifier = Verifier::new(scheme, [key_for(scheme)]).unwrap();
    check(verifier.verify(Delivery::new(headers, body), NOW).unwrap().decode().unwrap());
}

/// Threat model: A-25.
#[test]
fn an_unsigned_header_never_changes_the_event_id() {
    let mut headers = signed(&GITHUB);
    let mut id = String::new();
    event_of(&GITHUB, &headers, BODY, |event| id = event.id);
    headers.push(("X-GitHub-Delivery".into(), "another".into()));
    headers.push(("X-GitHub-Event".into(), "push".into()));
    event_of(&GITHUB, &headers, BODY, |event| {
        assert_eq!(event.id, id);
        assert_eq!(event.kind, None);
        assert_eq!(event.unsigned_id, Some("another"));
        assert_eq!(event.unsigned_kind, Some("push"));
    });
    // A retry is signed at a later time and is the same event.
    let later =
        Signer::new(&senders::FLASH_VAULT, TEXT_KEY).unwrap().sign("", BODY, UnixTime::from_secs(1_700_000_060));
    let mut ids = Vec::new();
    for headers in [signed(&senders::FLASH_VAULT), later] {
        event_of(&senders::FLASH_VAULT, &headers, BODY, |event| ids.push(event.id));
    }
    assert_eq!(ids[0], ids[1]);
}

/// Threat model: A-33.
#[test]
fn a_body_with_a_duplicate_key_is_not_decoded() {
    let body = br#"{"id":"evt_1","id":"evt_2","type":"a.b"}"#;
    let headers = Signer::new(&STRIPE, TEXT_KEY).unwrap().sign("", body, NOW);
    let verifier = Verifier::new(&STRIPE, [TEXT_KEY]).unwrap();
    let verified = verifier.verify(Delivery::new(&headers, body), NOW).unwrap();
    assert_eq!(verified.decode().unwrap_err().code(), "duplicate_key");
    assert_eq!(verified.decode_as::<serde_json::Value>().unwrap_err().code(), "duplicate_key");
    assert_eq!(verified.body(), body);
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

#[test]
fn events_about_one_object_have_different_ids() {
    let events = [
        (&senders::RECURLY, [r#"{"id":"a1","event_type":"created"}"#, r#"{"id":"a1","event_type":"updated"}"#]),
        (&senders::ZENDESK, [r#"{"id":"4711","status":"open"}"#, r#"{"id":"4711","status":"solved"}"#]),
    ];
    for (scheme, bodies) in events {
        let [one, other] = bodies.map(|body| {
            let headers = Signer::new(scheme, key_for(scheme)).unwrap().sign("", body.as_bytes(), NOW);
            let mut id = String::new();
            event_of(scheme, &headers, body.as_bytes(), |event| id = event.id);
            id
        });
        assert_ne!(one, other, "{}", scheme.name);
    }
}

/// The event id of a delivery from Twilio, or the code of its rejection.
fn twilio(url: &str, signature: &str, body: &[u8]) -> String {
    let headers = [("x-twilio-signature", signature.as_bytes())];
    let verifier = Verifier::new(&senders::TWILIO, [TEXT_KEY]).unwrap();
    match verifier.verify(Delivery::new(headers, body).method("POST").url(url), NOW) {
        Ok(verified) => verified.decode().unwrap().id,
        Err(rejection) => rejection.code().to_owned(),
    }
}

fn twilio_signature(url: &str, body: &[u8]) -> String {
    let signer = Signer::new(&senders::TWILIO, TEXT_KEY).unwrap();
    signer.sign_request(&Outgoing { id: "", body, method: "POST", url }, NOW).remove(0).1
}

#[test]
fn differently_encoded_forms_with_one_content_have_one_id() {
    let signature = twilio_signature(URL, b"Body=a+b&From=%2B1&To=%2B2");
    let id = twilio(URL, &signature, b"Body=a+b&From=%2B1&To=%2B2");
    assert!(id.starts_with("sha256:"), "{id}");
    for written in [
        "From=%2B1&Body=a+b&To=%2B2",
        "Body=a%20b&From=%2B1&To=%2B2",
        "&Body=a+b&From=%2B1&To=%2B2",
        "Body=a+b&Body=a+b&From=%2B1&To=%2B2",
        "%42ody=a+b&From=%2B1&To=%2B2",
    ] {
        assert_eq!(twilio(URL, &signature, written.as_bytes()), id, "{written}");
    }
    for url in ["https://example.com:443/hooks", URL] {
        assert_eq!(twilio(url, &signature, b"Body=a+b&From=%2B1&To=%2B2"), id, "{url}");
    }
    let other = twilio_signature(URL, b"Body=a+c&From=%2B1&To=%2B2");
    assert_ne!(twilio(URL, &other, b"Body=a+c&From=%2B1&To=%2B2"), id);
}

#[test]
fn the_content_of_a_form_cannot_be_moved_into_the_url() {
    let url = "https://example.com/hooks?a=1";
    let evil = br#"{"evil":true}"#;
    // The digest of another body, as the text of a message.
    let signer = Signer::new(&senders::TWILIO, TEXT_KEY).unwrap();
    let url_with_digest = signer.sign_url(url, evil);
    let (_, digest) = url_with_digest.rsplit_once('=').unwrap();
    let form = format!("Body=x%26bodySHA256%3D{digest}%26&To=%2B2");
    let signature = twilio_signature(url, form.as_bytes());
    assert!(twilio(url, &signature, form.as_bytes()).starts_with("sha256:"));
    let moved = format!("{url}Bodyx&bodySHA256={digest}&To+2");
    assert_eq!(twilio(&moved, &signature, evil), "body_mismatch");
    let signature = twilio_signature(&url_with_digest, evil);
    assert!(twilio(&url_with_digest, &signature, evil).starts_with("sha256:"));
    assert_eq!(twilio(&url_with_digest, &signature, b"{}"), "body_mismatch");
}

#[test]
fn a_second_item_next_to_the_signed_one_is_rejected() {
    let item = r#"{"NotificationRequestItem":{"pspReference":"1","additionalData":{"hmacSignature":""}}}"#;
    let key = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";
    let signer = Signer::new(&senders::ADYEN, key).unwrap();
    let verifier = Verifier::new(&senders::ADYEN, [key]).unwrap();
    let body = signer.sign_body(format!(r#"{{"notificationItems":[{item}]}}"#).as_bytes()).unwrap();
    assert_eq!(code_with(&verifier, &Vec::new(), &body, NOW), "valid");
    let more = String::from_utf8(body).unwrap().replace("}]}", &format!("}},{item}]}}"));
    assert_eq!(code_with(&verifier, &Vec::new(), more.as_bytes(), NOW), "malformed_header");
}

/// Threat model: A-34.
#[test]
fn an_unverified_body_uses_bounded_memory() {
    let many = format!("{{{}\"passcode\":\"{TEXT_KEY}\"}}", "\"a\":0,".repeat(200_000));
    let figma = Verifier::new(&senders::FIGMA, [TEXT_KEY]).unwrap();
    assert_eq!(code_with(&figma, &Vec::new(), many.as_bytes(), NOW), "malformed_header");
    let signature = twilio_signature(URL, b"a=1");
    assert_eq!(twilio(URL, &signature, "&a".repeat(3_000_000).as_bytes()), "signature_mismatch");
}

/// Threat model: A-53.
#[test]
fn a_token_that_names_its_key_is_verified_with_that_key_only() {
    let keys = |names: [&str; 2]| {
        let parse = |(text, name): (&str, &str)| Key::parse(&FLASH, text).unwrap().named(name);
        Verifier::with_keys(&FLASH, vec![parse((TEXT_KEY, names[0])), parse(("other", names[1]))]).unwrap()
    };
    // {"alg":"HS256","kid":"first"} . {"exp":1700003600}, made with an independent HMAC and the text key.
    let token =
        "eyJhbGciOiJIUzI1NiIsImtpZCI6ImZpcnN0In0.eyJleHAiOjE3MDAwMDM2MDB9.SHK8nzLYN0D1Gszoko2S8wAHo94qH_6g2XKnOA2UnPg";
    let headers = vec![("authorization".to_owned(), format!("Bearer {token}"))];
    assert_eq!(code_with(&keys(["first", "second"]), &headers, b"", NOW), "valid");
    assert_eq!(code_with(&keys(["second", "first"]), &headers, b"", NOW), "signature_mismatch");
    // Without a key of that name the error is not about the secret.
    assert_eq!(code_with(&keys(["second", "third"]), &headers, b"", NOW), "unsupported_signature");
    assert_eq!(code_with(&Verifier::new(&FLASH, [TEXT_KEY]).unwrap(), &headers, b"", NOW), "unsupported_signature");
}

#[test]
fn the_event_type_comes_from_the_token_if_its_body_has_none() {
    let body = br#"{"eventType":{"id":"1","name":"user_signed_up"},"data":{"public_key":"ab"}}"#;
    let headers = Signer::new(&FLASH, TEXT_KEY).unwrap().sign("", body, NOW);
    for body in [&body[..], b"", b"{}", br#"{"data":{"public_key":"ab"}}"#] {
        event_of(&FLASH, &headers, body, |event| assert_eq!(event.kind.as_deref(), Some("user_signed_up")));
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

#[test]
fn bytes_cannot_move_between_members_that_are_signed_as_lines() {
    let scheme = Scheme::from_json(
        r#"{"name":"lines","signature":{"place":{"body":"/sig"},"tags":[{"algorithm":"hmac-sha256","encoding":"hex"}],
            "content":[{"members":["message","topic","type"]}]},"key":"text","id":"digest"}"#,
    )
    .unwrap();
    let code_of =
        |body: &str| code_with(&Verifier::new(&scheme, [TEXT_KEY]).unwrap(), &Vec::new(), body.as_bytes(), NOW);
    let sign = |body: &str| {
        String::from_utf8(Signer::new(&scheme, TEXT_KEY).unwrap().sign_body(body.as_bytes()).unwrap()).unwrap()
    };
    let genuine = sign(r#"{"message":"a\ntopic\nmine","topic":"theirs","type":"n","sig":""}"#);
    assert_eq!(code_of(&genuine), "valid");
    // The same lines, divided into members differently.
    let moved = genuine.replace(r#""a\ntopic\nmine","topic":"theirs""#, r#""a","topic":"mine\ntopic\ntheirs""#);
    assert_ne!(moved, genuine);
    assert_eq!(code_of(&moved), "malformed_header");
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
        let shown = format!("{verifier:?} {verifier:#?} {signer:?}");
        for trace in ["canary", "Y2FuYXJ5", "[99, 97, 110"] {
            assert!(!shown.contains(trace), "{}: {shown}", scheme.name);
        }
        if !signs_any_body(scheme) {
            continue;
        }
        let sent = signed_with(&signer);
        let delivery = Delivery::new(&sent, BODY).method("POST").url(URL);
        let shown = format!("{delivery:?} {:?}", verifier.verify(delivery.clone(), NOW));
        let (_, proof) = sent.last().unwrap();
        assert!(!shown.contains(proof), "{}: {shown}", scheme.name);
        let verified = verifier.verify(delivery, NOW).unwrap();
        let shown = format!("{shown} {:?} {:?}", verified.decode(), verified.decode().unwrap().json());
        // The body appears neither as text nor as a list of numbers.
        assert!(!shown.contains("{\"") && !shown.contains("123, 34"), "{}: {shown}", scheme.name);
        let rejection = verifier.verify(Delivery::without_headers(b"canary"), NOW).unwrap_err();
        assert!(!format!("{rejection:?} {rejection}").contains("canary"));
    }
}
