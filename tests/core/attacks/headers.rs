//! Header families, ids and timestamps.

use countersign::senders::{STANDARD, STRIPE, SVIX};
use countersign::{Delivery, Signer, Tolerance, UnixTime, Verifier};

use crate::shared::{BASE64_KEY, TEXT_KEY};
use crate::support::{BODY, Headers, NOW, code, code_with, signed, with_last};

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

/// Threat model: A-15.
#[test]
fn the_id_the_time_and_the_signature_come_from_one_family() {
    let signer = Signer::new(&SVIX, BASE64_KEY).unwrap();
    let renamed = |headers: Headers| {
        headers.into_iter().map(|(name, value)| (name.replace("svix", "webhook"), value)).collect::<Headers>()
    };
    let verifier = Verifier::new(&SVIX, [BASE64_KEY]).unwrap();
    let genuine = signer.sign("msg_1", BODY, NOW);
    let later = UnixTime::from_secs(NOW.as_secs() + 10);
    let other = renamed(signer.sign("msg_2", BODY, later));
    let forged: Headers = other.iter().map(|(name, value)| (name.clone(), value.replace("v1,", "v1,AAAA"))).collect();
    for second in [&other, &forged] {
        for headers in [[&genuine[..], second].concat(), [second, &genuine[..]].concat()] {
            let verified = verifier.verify(Delivery::new(&headers, BODY), NOW).unwrap();
            assert_eq!(verified.signed_at(), Some(NOW));
            assert_eq!(verified.decode().unwrap().id, "msg_1");
        }
    }
    // The first complete family counts, so a genuine second one does not help.
    let forged: Headers = genuine.iter().map(|(name, value)| (name.clone(), value.replace("msg_1", "msg_3"))).collect();
    assert_eq!(code_with(&verifier, &[&forged[..], &other].concat(), BODY, NOW), "signature_mismatch");
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
