//! Bodies that are ambiguous, oversized or partly signed.

use countersign::senders::STRIPE;
use countersign::{Delivery, Scheme, Signer, Verifier, senders};

use crate::shared::TEXT_KEY;
use crate::support::{NOW, URL, code_with, twilio, twilio_signature};

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
