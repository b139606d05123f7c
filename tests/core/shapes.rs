//! Deliveries in shapes other than one JSON body with one signature header: forms, compressed bodies, headers that arrive
//! several times, batches, and deliveries by GET. `tests/vectors` has more of them, with signatures made elsewhere.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "tests may panic")]

use countersign::senders::{
    BITBUCKET, DOCUSIGN, FORGEJO, GITEA, GITHUB, MAILGUN, MAILGUN_ROUTE, MICROSOFT_GRAPH, MOLLIE, SHOPIFY, STREAM,
    TWILIO,
};
use countersign::{Authenticated, Delivery, Event, Outgoing, Rejection, Scheme, Signer, UnixTime, Verifier};
use miniz_oxide::deflate::compress_to_vec;
use sha2::{Digest, Sha256};

const KEY: &str = "It's a Secret to Everybody";
const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

fn signer(scheme: &Scheme) -> Signer {
    Signer::new(scheme, KEY).unwrap()
}

fn verifier(scheme: &Scheme) -> Verifier {
    Verifier::new(scheme, [KEY]).unwrap()
}

fn headers(scheme: &Scheme, body: &[u8]) -> Vec<(String, String)> {
    signer(scheme).sign("", body, NOW)
}

/// Verifies and decodes a delivery, and passes its event to `check`.
fn accept(scheme: &Scheme, delivery: Delivery<'_>, check: impl FnOnce(Event<'_>)) {
    let verifier = verifier(scheme);
    let verified = verifier.verify(delivery, NOW).unwrap();
    check(verified.decode().unwrap());
}

fn reject(scheme: &Scheme, delivery: Delivery<'_>) -> Rejection {
    verifier(scheme).verify(delivery, NOW).unwrap_err()
}

fn digest(content: &[u8]) -> String {
    let digits: Vec<_> = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{}", digits.concat())
}

/// The form with this text in the field `payload`, in which `is_plain` says which bytes are not escaped.
fn form_of(json: &str, is_plain: impl Fn(u8) -> bool) -> String {
    let escape = |byte: u8| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02x}") };
    format!("payload={}", json.bytes().map(escape).collect::<String>())
}

const PUSH: &str = r#"{"ref":"refs/heads/main","commits":[{"id":"a1","message":"Größe & Preis; 100 %"}]}"#;

/// Threat model: A-42.
#[test]
fn a_form_whose_field_is_signed_is_the_same_event_in_every_spelling() {
    for scheme in [&GITEA, &FORGEJO] {
        let headers = headers(scheme, PUSH.as_bytes());
        let minimal = form_of(PUSH, |byte| byte.is_ascii() && !matches!(byte, b'%' | b'+' | b'&' | b';'));
        let spellings = [
            PUSH.to_owned(),
            form_of(PUSH, |_| false),
            form_of(PUSH, |byte| byte.is_ascii_alphanumeric()).replace("%20", "+"),
            minimal,
        ];
        for body in &spellings {
            accept(scheme, Delivery::new(&headers, body.as_bytes()), |event| {
                assert_eq!(event.id, digest(PUSH.as_bytes()), "{body}");
                assert_eq!(event.authenticated, Authenticated::Content);
                assert_eq!(event.json().unwrap().text(), PUSH);
                assert_eq!(event.body(), body.as_bytes());
            });
        }
        // The signer signs the field of a form, too.
        assert_eq!(signer(scheme).sign("", spellings[1].as_bytes(), NOW), headers);
        for forged in [
            format!("{}&ref=x", spellings[1]),
            format!("ref=x&{}", spellings[1]),
            format!("{};ref=x", spellings[1]),
            format!("{}&{}", spellings[1], spellings[1]),
            spellings[1].replace("payload", "%70ayload"),
            format!("{}%20", spellings[1]),
        ] {
            let rejection = reject(scheme, Delivery::new(&headers, forged.as_bytes()));
            assert_eq!(rejection, Rejection::SignatureMismatch, "{forged}");
        }
    }
}

#[test]
fn a_form_that_is_signed_whole_gives_the_json_in_its_field() {
    let body = form_of(PUSH, |byte| byte.is_ascii_alphanumeric());
    let headers = headers(&GITHUB, body.as_bytes());
    accept(&GITHUB, Delivery::new(&headers, body.as_bytes()), |event| {
        assert_eq!(event.id, digest(body.as_bytes()));
        assert_eq!(event.json().unwrap().text(), PUSH);
        assert_eq!(event.form().unwrap(), [("payload".to_owned(), PUSH.to_owned())]);
    });
    let verifier = verifier(&GITHUB);
    let verified = verifier.verify(Delivery::new(&headers, body.as_bytes()), NOW).unwrap();
    assert_eq!(verified.decode_as::<serde_json::Value>().unwrap()["ref"], "refs/heads/main");
    // The field alone is not what GitHub signs.
    assert_eq!(reject(&GITHUB, Delivery::new(&headers, PUSH.as_bytes())), Rejection::SignatureMismatch);
}

/// The text in gzip, as most programs write it.
fn gzip(text: &[u8], level: u8) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap().to_le_bytes();
    [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &compress_to_vec(text, level), &[0; 4], &length].concat()
}

const MESSAGE: &[u8] = br#"{"type":"message.new","message":{"id":"m1","text":"Hello, Ada"}}"#;

/// Threat model: A-37, A-41.
#[test]
fn a_compressed_body_is_verified_by_its_text() {
    let headers = headers(&STREAM, MESSAGE);
    for body in [MESSAGE.to_vec(), gzip(MESSAGE, 0), gzip(MESSAGE, 9)] {
        assert_eq!(signer(&STREAM).sign("", &body, NOW), headers);
        accept(&STREAM, Delivery::new(&headers, &body), |event| {
            assert_eq!(event.kind.as_deref(), Some("message.new"));
            assert_eq!(event.id, digest(MESSAGE));
            assert_eq!(event.json().unwrap().text().as_bytes(), MESSAGE);
            assert_eq!(event.body(), body);
        });
    }
    let mut damaged = gzip(MESSAGE, 9);
    damaged[20] ^= 1;
    let padded = [gzip(MESSAGE, 9), vec![0]].concat();
    for body in [damaged, padded, gzip(br#"{"type":"message.deleted"}"#, 9), gzip(&gzip(MESSAGE, 9), 9)] {
        assert_eq!(reject(&STREAM, Delivery::new(&headers, &body)), Rejection::SignatureMismatch);
    }
    // The content encoding is an unsigned header, so it changes nothing.
    let mut with_encoding = headers.clone();
    with_encoding.push(("content-encoding".into(), "gzip".into()));
    accept(&STREAM, Delivery::new(&with_encoding, MESSAGE), |event| assert_eq!(event.id, digest(MESSAGE)));
}

/// Threat model: A-37.
#[test]
fn a_compressed_body_beyond_the_limits_is_rejected() {
    let ratio = [MESSAGE, &vec![b' '; 60_000]].concat();
    let body = gzip(&ratio, 9);
    assert!(ratio.len() > 100 * body.len());
    let headers = headers(&STREAM, &ratio);
    accept(&STREAM, Delivery::new(&headers, &ratio), |event| assert_eq!(event.id, digest(&ratio)));
    assert_eq!(reject(&STREAM, Delivery::new(&headers, &body)), Rejection::SignatureMismatch);
}

#[test]
fn a_description_may_sign_the_compressed_bytes() {
    let description = r#"{
        "name": "acme",
        "key": "text",
        "signature": {
            "place": { "header": "acme-signature" },
            "tags": [{ "algorithm": "hmac-sha256", "encoding": "hex" }],
            "content": ["body"]
        },
        "payload": "json-or-gzip",
        "id": { "body": "/message/id" },
        "type": ["/type"]
    }"#;
    let acme = Scheme::from_json(description).unwrap();
    let body = gzip(MESSAGE, 9);
    let headers = headers(&acme, &body);
    accept(&acme, Delivery::new(&headers, &body), |event| {
        assert_eq!((event.id.as_str(), event.kind.as_deref()), ("m1", Some("message.new")));
        assert_eq!(event.json().unwrap().text().as_bytes(), MESSAGE);
    });
    assert_eq!(reject(&acme, Delivery::new(&headers, MESSAGE)), Rejection::SignatureMismatch);
    let not_gzip = [&body, &[0][..]].concat();
    let headers = signer(&acme).sign("", &not_gzip, NOW);
    let verifier = verifier(&acme);
    let verified = verifier.verify(Delivery::new(&headers, &not_gzip), NOW).unwrap();
    assert_eq!(verified.decode().unwrap_err().code(), "not_json");
}

fn value_of(headers: &[(String, String)]) -> &str {
    &headers[0].1
}

/// Threat model: A-08, A-09, A-12.
#[test]
fn a_header_may_arrive_twice_only_if_the_sender_documents_it() {
    let body = br#"{"id":"event_1","type":"payment-link.paid"}"#;
    let own = headers(&MOLLIE, body);
    let old = Signer::new(&MOLLIE, "the old secret").unwrap().sign("", body, NOW);
    let (own, old) = (value_of(&own), value_of(&old));
    for values in
        [vec![own], vec![own, old], vec![old, own], vec![&format!("{old}, {own}")], vec![&format!("{old},{own}")]]
    {
        let sent: Vec<_> = values.iter().map(|value| ("X-Mollie-Signature", *value)).collect();
        accept(&MOLLIE, Delivery::new(&sent, body), |event| assert_eq!(event.id, "event_1"));
    }
    for values in [vec![old, old], vec![own, ""], vec![own, "x"], vec![own, ","]] {
        let sent: Vec<_> = values.iter().map(|value| ("x-mollie-signature", *value)).collect();
        reject(&MOLLIE, Delivery::new(&sent, body));
    }
    let signatures = [own; 101];
    let hundred = signatures[1..].join(",");
    accept(&MOLLIE, Delivery::new(&[("x-mollie-signature", hundred)], body), |event| assert_eq!(event.id, "event_1"));
    let rejection = reject(&MOLLIE, Delivery::new(&signatures.map(|value| ("x-mollie-signature", value)), body));
    assert_eq!(rejection.code(), "too_many_signatures");
    let own = headers(&GITHUB, body);
    let sent = [("x-hub-signature-256", value_of(&own)), ("x-hub-signature-256", value_of(&own))];
    let rejection = reject(&GITHUB, Delivery::new(&sent, body));
    assert_eq!(rejection.code(), "malformed_header");
}

#[test]
fn numbered_headers_are_read_up_to_one_hundred() {
    let body = br#"{"event":"envelope-completed"}"#;
    let own = headers(&DOCUSIGN, body);
    assert_eq!(own[0].0, "x-docusign-signature-1");
    let other = Signer::new(&DOCUSIGN, "another secret").unwrap().sign("", body, NOW);
    for name in ["x-docusign-signature-1", "X-DocuSign-Signature-100", "x-docusign-signature-*"] {
        let sent = [("x-docusign-signature-2", value_of(&other)), (name, value_of(&own))];
        accept(&DOCUSIGN, Delivery::new(&sent, body), |event| {
            assert_eq!(event.kind.as_deref(), Some("envelope-completed"));
        });
    }
    for name in
        ["x-docusign-signature-0", "x-docusign-signature-01", "x-docusign-signature-101", "x-docusign-signature-"]
    {
        let rejection = reject(&DOCUSIGN, Delivery::new(&[(name, value_of(&own))], body));
        assert_eq!(rejection.code(), "missing_header", "{name}");
    }
}

/// Threat model: A-43.
#[test]
fn every_item_of_a_batch_must_have_one_of_the_secrets() {
    let batch = |states: &[&str]| {
        let items: Vec<_> =
            states.iter().map(|state| format!(r#"{{"clientState":{state},"changeType":"updated"}}"#)).collect();
        format!(r#"{{"value":[{}]}}"#, items.join(","))
    };
    let unsigned = batch(&[r#""""#, r#""""#, r#""""#]);
    let signed = signer(&MICROSOFT_GRAPH).sign_body(unsigned.as_bytes()).unwrap();
    accept(&MICROSOFT_GRAPH, Delivery::without_headers(&signed), |event| {
        assert_eq!(event.kind.as_deref(), Some("updated"));
    });
    let own = format!("{KEY:?}");
    for (states, code) in [
        (&[own.as_str(), r#""other""#][..], "signature_mismatch"),
        (&[r#""other""#, &own], "signature_mismatch"),
        (&[&own, &own, "null"], "missing_header"),
        (&[&own, "17"], "missing_header"),
        (&[], "missing_header"),
    ] {
        let body = batch(states);
        assert_eq!(reject(&MICROSOFT_GRAPH, Delivery::without_headers(body.as_bytes())).code(), code, "{body}");
    }
    // Two subscriptions may share an address. The first item decides which key the event names.
    let two = batch(&[r#""other""#, &own]);
    let verifier = Verifier::new(&MICROSOFT_GRAPH, [KEY, "other"]).unwrap();
    assert_eq!(verifier.verify(Delivery::without_headers(two.as_bytes()), NOW).unwrap().key(), 1);
    let without = batch(&[&own, &own]).replacen("clientState", "ClientState", 1);
    assert_eq!(reject(&MICROSOFT_GRAPH, Delivery::without_headers(without.as_bytes())).code(), "missing_header");
    let not_a_list = format!(r#"{{"value":{{"0":{{"clientState":{own}}}}}}}"#);
    assert_eq!(reject(&MICROSOFT_GRAPH, Delivery::without_headers(not_a_list.as_bytes())).code(), "missing_header");
}

/// Threat model: A-43.
#[test]
fn a_shared_token_in_the_first_item_rejects_a_second_item() {
    let acme =
        Scheme::from_json(r#"{"name":"acme","key":"text","sharedToken":{"body":"/0/secret"},"id":"digest"}"#).unwrap();
    let one = format!(r#"[{{"secret":{KEY:?}}}]"#);
    accept(&acme, Delivery::without_headers(one.as_bytes()), |_| {});
    let two = format!(r#"[{{"secret":{KEY:?}}},{{}}]"#);
    assert_eq!(reject(&acme, Delivery::without_headers(two.as_bytes())).code(), "malformed_header");
}

#[test]
fn a_signature_in_a_form_is_written_and_read_in_both_formats() {
    let fields =
        [("subject", "Hi"), ("token", "t1"), ("timestamp", "1700000000"), ("signature", ""), ("body-plain", "Hello")];
    let encoded = fields.map(|(name, value)| format!("{name}={value}")).join("&");
    let part = |(name, value)| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let multipart = format!("{}--b--\r\n", fields.map(part).concat());
    for body in [encoded, multipart] {
        let signed = signer(&MAILGUN_ROUTE).sign_body(body.as_bytes()).unwrap();
        accept(&MAILGUN_ROUTE, Delivery::without_headers(&signed), |event| {
            assert_eq!(event.id, "t1");
            assert_eq!(event.authenticated, Authenticated::Sender);
            assert_eq!(event.signed_at, Some(NOW));
            assert_eq!(event.body(), signed);
        });
        let text = String::from_utf8(signed).unwrap();
        let forged = text.replace("t1", "t2");
        assert_eq!(reject(&MAILGUN_ROUTE, Delivery::without_headers(forged.as_bytes())), Rejection::SignatureMismatch);
        let without = text.replace("signature", "signatures");
        assert_eq!(reject(&MAILGUN_ROUTE, Delivery::without_headers(without.as_bytes())).code(), "missing_header");
    }
}

/// Threat model: A-34.
#[test]
fn a_form_with_large_attachments_is_read_and_one_beyond_the_limit_is_not() {
    let signature = |attachment: usize| {
        let part = |name: &str, value: &str| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let attachment = "\r\n".repeat(attachment / 2);
        let parts =
            [("attachment-1", attachment.as_str()), ("token", "t1"), ("timestamp", "1700000000"), ("signature", "")];
        let body = parts.map(|(name, value)| part(name, value)).concat() + "--b--\r\n";
        signer(&MAILGUN_ROUTE).sign_body(body.as_bytes()).unwrap()
    };
    let signed = signature(2 * 1024 * 1024);
    accept(&MAILGUN_ROUTE, Delivery::without_headers(&signed), |event| assert_eq!(event.id, "t1"));
    let signed = signature(32 * 1024 * 1024);
    assert_eq!(reject(&MAILGUN_ROUTE, Delivery::without_headers(&signed)).code(), "malformed_header");
}

#[test]
fn either_of_two_signatures_in_a_body_is_enough() {
    let body = |signature: &str, parent: &str| {
        format!(
            r#"{{"signature":{{"timestamp":"1700000000","token":"t1","signature":"{signature}","parent-signature":"{parent}"}}}}"#
        )
    };
    let signed = signer(&MAILGUN).sign_body(body("", "").as_bytes()).unwrap();
    let signed: serde_json::Value = serde_json::from_slice(&signed).unwrap();
    let own = signed["signature"]["signature"].as_str().unwrap();
    let other = "0".repeat(64);
    for delivery in [body(own, &other), body(&other, own)] {
        accept(&MAILGUN, Delivery::without_headers(delivery.as_bytes()), |event| assert_eq!(event.id, "t1"));
    }
    let neither = body(&other, &other);
    assert_eq!(reject(&MAILGUN, Delivery::without_headers(neither.as_bytes())), Rejection::SignatureMismatch);
    let late = UnixTime::from_secs(NOW.as_secs() + 8 * 3600);
    let retried = body(own, &other);
    assert!(verifier(&MAILGUN).verify(Delivery::without_headers(retried.as_bytes()), late).is_ok());
}

const REGISTERED: &str = "https://example.com/voice";
const PARAMETERS: &str = "CallSid=CA1&From=%2B14158675309";

fn twilio(url: &str, body: &[u8]) -> Vec<(String, String)> {
    signer(&TWILIO).sign_request(&Outgoing { url, body, method: "POST", ..Outgoing::default() }, NOW)
}

#[test]
fn a_delivery_by_get_is_verified_by_the_registered_url_and_its_own_query() {
    let signed = format!("{REGISTERED}?{PARAMETERS}");
    let headers = twilio(&signed, b"");
    let arrived = format!("http://10.0.0.7:8080/voice?{PARAMETERS}");
    let by_get = || Delivery::new(&headers, b"").method("GET");
    for delivery in [by_get().url(&signed), by_get().url(REGISTERED).arrived_at(&arrived)] {
        accept(&TWILIO, delivery, |event| {
            assert_eq!(event.id, digest(signed.as_bytes()));
            assert_eq!(event.authenticated, Authenticated::Content);
            let expected = [("CallSid", "CA1"), ("From", "+14158675309")];
            assert_eq!(event.form().unwrap(), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        });
    }
    for arrived in ["/voice", "/voice?CallSid=CA2&From=%2B14158675309", "/voice?CallSid=CA1"] {
        let rejection = reject(&TWILIO, by_get().url(REGISTERED).arrived_at(arrived));
        assert_eq!(rejection, Rejection::SignatureMismatch, "{arrived}");
    }
}

#[test]
fn the_digest_of_a_json_body_is_read_from_the_request_if_the_url_is_fixed() {
    let body = br#"{"EventType":"onMessageAdded"}"#;
    for registered in [REGISTERED, "https://example.com/voice?tenant=7"] {
        let signed = signer(&TWILIO).sign_url(registered, body);
        let headers = twilio(&signed, body);
        let (_, query) = signed.split_once('?').unwrap();
        let arrived = format!("/anywhere?{query}");
        let delivery = Delivery::new(&headers, body).url(registered).arrived_at(&arrived);
        accept(&TWILIO, delivery, |event| assert_eq!(event.json().unwrap().text().as_bytes(), body));
        let forged =
            Delivery::new(&headers, br#"{"EventType":"onMessageRemoved"}"#).url(registered).arrived_at(&arrived);
        assert_eq!(reject(&TWILIO, forged).code(), "body_mismatch");
    }
}

/// Threat model: A-44.
#[test]
fn parameters_do_not_move_between_the_url_and_the_form() {
    // A form whose fields arrive in the query instead, behind the registered query.
    for registered in [REGISTERED, "https://example.com/voice?tenant=7"] {
        let form = twilio(registered, b"Body=1&CallSid=CA1");
        let separator = if registered.contains('?') { '&' } else { '?' };
        let query = registered.split_once('?').map_or("", |(_, query)| query);
        for moved in ["Body1CallSidCA1", "Body=1&CallSid=CA1"] {
            let arrived = format!("/voice?{query}{separator}{moved}");
            let arrived = arrived.replace("??", "?");
            for body in [&b""[..], b"{}"] {
                let delivery = Delivery::new(&form, body).url(registered).arrived_at(&arrived);
                assert_eq!(reject(&TWILIO, delivery), Rejection::SignatureMismatch, "{arrived}");
            }
        }
        // The parameters of a delivery by GET that arrive as a form instead.
        let get = twilio(&format!("{registered}{separator}CallSid=CA1"), b"");
        let forged = if separator == '?' { "%3FCallSid%3DCA1=" } else { "%26CallSid%3DCA1=" };
        let delivery = Delivery::new(&get, forged.as_bytes()).url(registered);
        assert_eq!(reject(&TWILIO, delivery), Rejection::SignatureMismatch, "{forged}");
    }
}

#[test]
fn unsigned_headers_are_read_in_either_family() {
    let body = br#"{"id":1}"#;
    let signed = headers(&SHOPIFY, body);
    assert_eq!(signed[0].0, "x-shopify-hmac-sha256");
    for prefix in ["shopify-", "X-Shopify-"] {
        let sent = [
            (format!("{prefix}hmac-sha256"), value_of(&signed)),
            (format!("{prefix}webhook-id"), "w1"),
            (format!("{prefix}topic"), "orders/create"),
        ];
        accept(&SHOPIFY, Delivery::new(&sent, body), |event| {
            assert_eq!((event.unsigned_id, event.unsigned_kind), (Some("w1"), Some("orders/create")));
        });
    }
}

#[test]
fn the_id_of_bitbucket_cloud_and_data_center_is_read() {
    let body = br#"{"push":{}}"#;
    let signed = headers(&BITBUCKET, body);
    for name in ["X-Request-UUID", "X-Request-Id"] {
        let sent = [("X-Hub-Signature", value_of(&signed)), (name, "w1"), ("X-Event-Key", "repo:push")];
        accept(&BITBUCKET, Delivery::new(&sent, body), |event| {
            assert_eq!((event.unsigned_id, event.unsigned_kind), (Some("w1"), Some("repo:push")), "{name}");
        });
    }
}
