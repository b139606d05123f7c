//! Bodies that are ambiguous, oversized or partly signed.

use countersign::bindings::json_of;
use countersign::scheme::Id;
use countersign::senders::STRIPE;
use countersign::{Authenticated, DecodeError, Delivery, Event, Outgoing, Scheme, Signer, Verifier, senders};

use crate::shared::{TEXT_KEY, signs_any_body};
use crate::support::{NOW, URL, code_with, key_for, twilio, twilio_signature};

/// Threat model: A-33.
#[test]
fn a_duplicate_key_on_the_way_to_the_id_or_type_is_not_decoded() {
    for body in [
        r#"{"id":"evt_1","id":"evt_2","type":"a.b"}"#,
        r#"{"id":"evt_1","type":"a.b","i\u0064":"evt_1"}"#,
        r#"{"id":"evt_1","type":"a.b","data":{"object":[{}]},"type":"a.c"}"#,
        r#"{"id":"evt_1","\u0074ype":"a.b","type":"a.b"}"#,
    ] {
        let headers = Signer::new(&STRIPE, TEXT_KEY).unwrap().sign("", body.as_bytes(), NOW);
        let verifier = Verifier::new(&STRIPE, [TEXT_KEY]).unwrap();
        let verified = verifier.verify(Delivery::new(&headers, body.as_bytes()), NOW).unwrap();
        assert_eq!(verified.decode().unwrap_err(), DecodeError::DuplicateKey { at: body.len() });
        assert_eq!(verified.decode_as::<serde_json::Value>().unwrap_err().code(), "duplicate_key");
        assert_eq!(verified.body(), body.as_bytes());
    }
}

/// The name of each object on the way to the id or type of every sender that signs any body as a whole.
///
/// Threat model: A-33.
#[test]
fn a_duplicate_key_on_the_way_is_not_decoded_for_any_sender() {
    let mut tried = 0;
    let schemes = senders::ALL.iter().filter(|scheme| signs_any_body(scheme));
    for scheme in schemes.filter(|scheme| scheme.authenticated() == Authenticated::Content) {
        let mut pointers = scheme.kind.to_vec();
        if let Id::Body(pointer) | Id::BodyOrDigest(pointer) = scheme.id {
            pointers.push(pointer);
        }
        for names in pointers.iter().map(|pointer| pointer.split('/').skip(1).collect::<Vec<_>>()) {
            for (place, name) in names.iter().enumerate().filter(|(_, name)| **name != "0") {
                let (outer, inner) = names.split_at(place);
                let once = inside(inner, "\"a\"");
                let twice = once.replacen('{', &format!(r#"{{"{}":0,"#, escaped(name)), 1);
                let pointer = format!("/{}", names.join("/"));
                let is_kind = scheme.kind.contains(&&*pointer);
                let expected = match scheme.id {
                    Id::Body(id) if id != pointer => "missing_id",
                    _ if is_kind => "valid",
                    _ => "valid, without a type",
                };
                assert_eq!(decoded(scheme, &inside(outer, &once)), expected, "{}: {once}", scheme.name);
                assert_eq!(decoded(scheme, &inside(outer, &twice)), "duplicate_key", "{}: {twice}", scheme.name);
                // The same object at another place, where nothing is decided by it.
                let beside = format!(r#"{{"unrelated":[{twice}]}}"#);
                let expected = if matches!(scheme.id, Id::Body(_)) { "missing_id" } else { "valid, without a type" };
                assert_eq!(decoded(scheme, &beside), expected, "{}: {beside}", scheme.name);
                tried += 1;
            }
        }
    }
    assert!(tried > 60, "{tried}");
}

/// A value inside of the objects and arrays to which these names belong.
fn inside(names: &[&str], value: &str) -> String {
    names.iter().rev().fold(value.to_owned(), |value, name| match *name {
        "0" => format!("[{value}]"),
        name => format!(r#"{{"{name}":{value}}}"#),
    })
}

/// A name in which every character is escaped.
fn escaped(name: &str) -> String {
    name.chars().fold(String::new(), |text, character| format!("{text}\\u{:04x}", u32::from(character)))
}

/// `valid`, with or without a type, or the code of the error in decoding a genuine delivery.
fn decoded(scheme: &Scheme, body: &str) -> &'static str {
    let outgoing = Outgoing { id: "msg_1", body: body.as_bytes(), method: "POST", url: URL };
    let headers = Signer::new(scheme, key_for(scheme)).unwrap().sign_request(&outgoing, NOW);
    let verifier = Verifier::new(scheme, [key_for(scheme)]).unwrap();
    let delivery = Delivery::new(&headers, body.as_bytes()).method("POST").url(URL);
    match verifier.verify(delivery, NOW).unwrap().decode() {
        Ok(Event { kind: Some(_), .. }) => "valid",
        Ok(_) => "valid, without a type",
        Err(error) => error.code(),
    }
}

/// A security product sends the level of an event twice: <https://github.com/neuvector/neuvector/issues/1750>.
///
/// Threat model: A-33.
#[test]
fn a_genuine_event_with_a_duplicate_key_elsewhere_is_decoded() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (member, strictly) in [
        (r#""level":"WARNING","cluster":"c1","level":"Warning""#, "duplicate_key"),
        (r#""data":{"object":{"a":1,"b":2,"a":3}}"#, "duplicate_key"),
        (r#""\ud800":1"#, "not_json"),
        (&format!(r#""deep":{deep}"#), "too_deep"),
        (r#""big":123456789012345678901234567890"#, "valid"),
    ] {
        let body = format!(r#"{{{member},"id":"evt_1","type":"a.b"}}"#);
        let headers = Signer::new(&STRIPE, TEXT_KEY).unwrap().sign("", body.as_bytes(), NOW);
        let verifier = Verifier::new(&STRIPE, [TEXT_KEY]).unwrap();
        let verified = verifier.verify(Delivery::new(&headers, body.as_bytes()), NOW).unwrap();
        let event = verified.decode().unwrap();
        assert_eq!((&*event.id, event.kind.as_deref()), ("evt_1", Some("a.b")));
        assert!(event.json_if_read().is_none(), "it was not read strictly");
        assert_eq!(json_of(&event), Some(Ok(member.contains("big"))));
        assert_eq!(event.json().map_or_else(|error| error.code(), |_| "valid"), strictly);
        let value = verified.decode_as::<serde_json::Value>();
        assert_eq!(value.map_or_else(|error| error.code(), |_| "valid"), strictly);
    }
}

/// Threat model: A-33.
#[test]
fn a_body_that_is_not_signed_is_read_strictly_from_end_to_end() {
    let scheme = Scheme::named("flexprice-native-token").unwrap();
    for (body, kind, code) in [
        (r#"{"event_type":"a.b","x":{"a":1}}"#, Some("a.b"), "valid"),
        (r#"{"event_type":"a.b","x":{"a":1,"a":1}}"#, None, "duplicate_key"),
    ] {
        let headers = Signer::new(scheme, TEXT_KEY).unwrap().sign("", body.as_bytes(), NOW);
        let verifier = Verifier::new(scheme, [TEXT_KEY]).unwrap();
        let verified = verifier.verify(Delivery::new(&headers, body.as_bytes()), NOW).unwrap();
        let event = verified.decode().unwrap();
        assert_eq!(event.kind.as_deref(), kind);
        let json = event.json_if_read().unwrap();
        assert_eq!(json.map_or_else(|error| error.code(), |_| "valid"), code);
    }
}

#[test]
fn a_rejection_names_the_rule_that_a_body_or_token_breaks_and_the_byte() {
    let duplicate =
        |at: usize| format!("the object that ends at byte {at} has a duplicate key, so its meaning is ambiguous");
    let not_json = |at: usize| format!("parsing failed at byte {at}");
    let message = |scheme: &Scheme, body: &str| {
        let headers = Signer::new(scheme, key_for(scheme)).unwrap().sign("", body.as_bytes(), NOW);
        let verifier = Verifier::new(scheme, [key_for(scheme)]).unwrap();
        let rejection = verifier.verify(Delivery::new(&headers, body.as_bytes()), NOW).unwrap_err();
        format!("{}: {rejection}", rejection.code())
    };
    // The timestamp in a body that is signed as a whole.
    let twice = r#"{"webhookTimestamp":1700000000000,"webhookTimestamp":1}"#;
    for (scheme, pointer) in [(&senders::LINEAR, "webhookTimestamp"), (&senders::PUSHER, "time_ms")] {
        let twice = twice.replace("webhookTimestamp", pointer);
        let unreadable =
            |reason| format!("malformed_timestamp: the timestamp in `/{pointer}` of the body cannot be read: {reason}");
        assert_eq!(message(scheme, &twice), unreadable(duplicate(twice.len())));
        assert_eq!(message(scheme, r#"{"x":"#), unreadable(not_json(5)));
        let missing = message(scheme, "{}");
        assert!(
            missing.contains(&format!("the timestamp in `/{pointer}` is malformed: it must be milliseconds")),
            "{missing}"
        );
        let elsewhere = format!(r#"{{"{pointer}":1700000000000,"a":1,"a":2}}"#);
        let headers = Signer::new(scheme, key_for(scheme)).unwrap().sign("", elsewhere.as_bytes(), NOW);
        let verifier = Verifier::new(scheme, [key_for(scheme)]).unwrap();
        assert_eq!(code_with(&verifier, &headers, elsewhere.as_bytes(), NOW), "valid");
    }
    // A proof in the body, which is read before anything is verified.
    let proof = |reason| format!("malformed_header: the proof in `/passcode` of the body cannot be read: {reason}");
    let body = r#"{"passcode":"x","a":{"b":1,"b":2}}"#;
    assert_eq!(message(&senders::FIGMA, body), proof(duplicate(body.len() - 1)));
    assert_eq!(message(&senders::FIGMA, r#"{"passcode":}"#), proof(not_json(12)));
    let deep = format!(r#"{{"a":{}"#, "[".repeat(64));
    assert_eq!(message(&senders::FIGMA, &deep), proof("the nesting at byte 68 is deeper than 64 levels".into()));
    // A body that must agree with the claims of a token.
    let headers = Signer::new(&senders::FLASH, TEXT_KEY).unwrap().sign("", b"{}", NOW);
    let verifier = Verifier::new(&senders::FLASH, [TEXT_KEY]).unwrap();
    let body = r#"{"data":{"a":1,"a":2}}"#;
    let rejection = verifier.verify(Delivery::new(&headers, body.as_bytes()), NOW).unwrap_err();
    assert_eq!(rejection.code(), "body_mismatch");
    let message = "the token is genuine, but the body cannot be compared with its claims: ";
    assert_eq!(rejection.message(), format!("{message}{}", duplicate(body.len() - 1)));
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
