//! The id and type of an event: unsigned values never change them.

use countersign::senders::{FLASH, GITHUB, STRIPE};
use countersign::{Delivery, Signer, UnixTime, Verifier, senders};

use crate::shared::TEXT_KEY;
use crate::support::{BODY, NOW, URL, event_of, key_for, signed, twilio, twilio_signature};

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
fn the_event_type_comes_from_the_token_if_its_body_has_none() {
    let body = br#"{"eventType":{"id":"1","name":"user_signed_up"},"data":{"public_key":"ab"}}"#;
    let headers = Signer::new(&FLASH, TEXT_KEY).unwrap().sign("", body, NOW);
    for body in [&body[..], b"", b"{}", br#"{"data":{"public_key":"ab"}}"#] {
        event_of(&FLASH, &headers, body, |event| assert_eq!(event.kind.as_deref(), Some("user_signed_up")));
    }
}

#[test]
fn an_empty_id_in_the_body_is_not_an_id() {
    let body = |id: &str| format!(r#"{{"id":{id},"type":"a.b","event_id":{id}}}"#);
    for id in [r#""""#, "null", "1", "[]", r#"{"id":"x"}"#] {
        let body = body(id);
        let headers = Signer::new(&STRIPE, TEXT_KEY).unwrap().sign("", body.as_bytes(), NOW);
        let verifier = Verifier::new(&STRIPE, [TEXT_KEY]).unwrap();
        let verified = verifier.verify(Delivery::new(&headers, body.as_bytes()), NOW).unwrap();
        assert_eq!(verified.decode().unwrap_err().code(), "missing_id", "{id}");
        // Slack's scheme falls back to a digest.
        let scheme = &senders::SLACK;
        let headers = Signer::new(scheme, key_for(scheme)).unwrap().sign("msg_1", body.as_bytes(), NOW);
        event_of(scheme, &headers, body.as_bytes(), |event| assert!(event.id.starts_with("sha256:"), "{}", event.id));
    }
}
