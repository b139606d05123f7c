//! Handshakes without a key: keys that a sender hands over, and pings, codes and origins.

use countersign::scheme::{Answer, Handshake, Scheme};
use countersign::senders::{ASANA, DROPBOX, EVENT_GRID, META, NOTION, SLACK, STRIPE, VERCEL, WOOCOMMERCE, X};
use countersign::{Delivery, Verifier};

use crate::support::{NOW, SLACK_ASKS, TEXT_KEY, ask_by_url, code, headers_of, parts_of, set_up, with};

#[test]
fn a_key_that_is_handed_over_in_a_header_is_repeated_and_shown() {
    let secret = "b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81";
    let answered = set_up(&ASANA, &[("x-hook-secret", secret)], "{}");
    assert_eq!(headers_of(&answered), (200, Vec::from([("x-hook-secret", secret)])));
    assert_eq!(answered.unwrap().unwrap().secret.as_deref(), Some(secret));
}

#[test]
fn a_key_that_is_handed_over_in_the_body_is_shown_and_not_repeated() {
    let body = r#"{"verification_token":"secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"}"#;
    for headers in [&[][..], &[("x-notion-signature", "sha256=00")]] {
        let answered = set_up(&NOTION, headers, body);
        assert_eq!(headers_of(&answered), (200, Vec::new()));
        let secret = answered.unwrap().unwrap().secret;
        assert_eq!(secret.as_deref(), Some("secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"));
    }
    assert_eq!(set_up(&NOTION, &[], r#"{"id":"1","type":"page.created","verification_token":"a"}"#), Ok(None));
    // Nothing is signed, so the whole body is read strictly.
    assert_eq!(set_up(&NOTION, &[], r#"{"verification_token":"a","b":{"c":1,"c":2}}"#), Ok(None));
}

/// Threat model: A-91.
#[test]
fn a_verifier_with_a_key_never_takes_another_key() {
    let verifier = Verifier::new(&ASANA, [TEXT_KEY]).unwrap();
    let asked = verifier.handshake(Delivery::new([("x-hook-secret", "attacker")], b"{}"), NOW, None);
    assert_eq!(asked, Ok(None));
    let verifier = Verifier::new(&NOTION, [TEXT_KEY]).unwrap();
    let body = br#"{"verification_token":"attacker"}"#;
    assert_eq!(verifier.handshake(Delivery::without_headers(body), NOW, None), Ok(None));
}

/// Threat model: A-91.
#[test]
fn a_delivery_is_never_taken_for_a_key() {
    let signed = [("x-hook-secret", "attacker"), ("x-hook-signature", "00")];
    assert_eq!(set_up(&ASANA, &signed, r#"{"events":[]}"#), Ok(None));
    let twice = [("x-hook-secret", "a"), ("x-hook-signature", "00"), ("x-hook-signature", "00")];
    assert_eq!(set_up(&ASANA, &twice, r#"{"events":[]}"#), Ok(None));
    assert_eq!(set_up(&ASANA, &[], "{}"), Ok(None));
    assert_eq!(set_up(&STRIPE, &[("x-hook-secret", "a")], "{}"), Ok(None));
}

/// Threat model: A-92.
#[test]
fn a_text_for_a_header_or_a_log_is_bounded_and_ends_neither() {
    let (longest, too_long) = ("a".repeat(256), "a".repeat(257));
    for secret in [longest.as_str(), "aB0-._~+/=:"] {
        assert_eq!(code(&set_up(&ASANA, &[("x-hook-secret", secret)], "{}")), "answered", "{secret}");
    }
    for secret in ["", " ", "a b", "a\r\nset-cookie: b=c", "a\tb", "a,b", "a;b", "\"a\"", "<a>", "é", "a\0", &too_long]
    {
        assert_eq!(code(&set_up(&ASANA, &[("x-hook-secret", secret)], "{}")), "malformed_token", "{secret:?}");
        let body = serde_json::json!({ "verification_token": secret }).to_string();
        assert_eq!(code(&set_up(&NOTION, &[], &body)), "malformed_token", "{secret:?}");
    }
    assert_eq!(code(&set_up(&ASANA, &[("x-hook-secret", "a"), ("x-hook-secret", "b")], "{}")), "malformed_token");
    let echo = Handshake { answer: Answer::Headers(&[("x-a", "$token")]), ..DROPBOX.handshakes[0] };
    let echo = with(&DROPBOX, echo);
    assert_eq!(headers_of(&ask_by_url(&echo, "challenge=abc", None)), (200, Vec::from([("x-a", "abc")])));
    assert_eq!(code(&ask_by_url(&echo, "challenge=a%0D%0Ab:c", None)), "malformed_token");
    let verify = VERCEL.set_up(Delivery::without_headers(b""), NOW, Some("a\r\nb: c"));
    assert_eq!(code(&verify), "malformed_token");
}

#[test]
fn a_set_up_answers_handshakes_that_need_no_key() {
    let text = "text/plain; charset=utf-8";
    let dropbox = DROPBOX.set_up(Delivery::without_headers(b"").url("/in?challenge=abc"), NOW, None);
    assert_eq!(parts_of(&dropbox), (200, text, "abc"));
    let url = "/in?hub.mode=subscribe&hub.challenge=1&hub.verify_token=chosen";
    let meta = |token| META.set_up(Delivery::without_headers(b"").url(url), NOW, token);
    assert_eq!(parts_of(&meta(Some("chosen"))), (200, text, "1"));
    assert_eq!(code(&meta(Some("other"))), "signature_mismatch");
    assert_eq!(code(&meta(None)), "unsupported_signature");
    // These need a key: one to verify the request, the other to sign the answer.
    assert_eq!(set_up(&SLACK, &[], SLACK_ASKS), Ok(None));
    assert_eq!(X.set_up(Delivery::without_headers(b"").url("/in?crc_token=abc"), NOW, None), Ok(None));
    let unsound = Scheme { name: "", ..ASANA };
    assert_eq!(set_up(&unsound, &[("x-hook-secret", "a")], "{}"), Ok(None));
}

#[test]
fn a_ping_in_a_form_is_answered_and_says_nothing_more() {
    let verifier = Verifier::new(&WOOCOMMERCE, [TEXT_KEY]).unwrap();
    let ask =
        |headers: &[(&str, &str)], body: &str| verifier.handshake(Delivery::new(headers, body.as_bytes()), NOW, None);
    assert_eq!(headers_of(&ask(&[], "webhook_id=12")), (200, Vec::new()));
    for body in ["", "webhook_id=1&webhook_id=2", "id=1", r#"{"webhook_id":1}"#] {
        assert_eq!(ask(&[], body), Ok(None), "{body}");
    }
    // A signed form is a delivery, which has to be verified.
    assert_eq!(ask(&[("x-wc-webhook-signature", "AAAA")], "webhook_id=12"), Ok(None));
}

#[test]
fn a_verify_token_is_sent_in_a_header() {
    let verifier = Verifier::new(&VERCEL, [TEXT_KEY]).unwrap();
    let answered = verifier.handshake(Delivery::without_headers(b""), NOW, Some("6ebf4087434daf81"));
    assert_eq!(headers_of(&answered), (200, Vec::from([("x-vercel-verify", "6ebf4087434daf81")])));
    assert_eq!(code(&verifier.handshake(Delivery::without_headers(b""), NOW, None)), "unsupported_signature");
    assert_eq!(verifier.handshake(Delivery::without_headers(b"{}"), NOW, Some("6ebf")), Ok(None));
    let signed = Delivery::new([("x-vercel-signature", "00")], b"");
    assert_eq!(verifier.handshake(signed, NOW, Some("6ebf")), Ok(None));
}

/// Threat model: A-93.
#[test]
fn an_origin_is_allowed_only_by_its_method_and_its_name() {
    let verifier = Verifier::new(&EVENT_GRID, [TEXT_KEY]).unwrap();
    let ask = |method: &str, origin: &str| {
        let delivery = Delivery::new([("WebHook-Request-Origin", origin)], b"");
        verifier.handshake(if method.is_empty() { delivery } else { delivery.method(method) }, NOW, None)
    };
    let allowed = [("webhook-allowed-origin", "eventgrid.azure.net"), ("webhook-allowed-rate", "*")];
    assert_eq!(headers_of(&ask("OPTIONS", "eventgrid.azure.net")), (200, Vec::from(allowed)));
    for (method, origin) in [("POST", "eventgrid.azure.net"), ("", "eventgrid.azure.net"), ("OPTIONS", "evil.com")] {
        assert_eq!(ask(method, origin), Ok(None), "{method} {origin}");
    }
}
