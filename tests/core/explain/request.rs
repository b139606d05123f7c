//! The URL and the method behind a proxy.

use countersign::{Delivery, Outgoing, Signer, Verifier, senders};

use crate::cases::Failure;
use crate::shared::TEXT_KEY;
use crate::support::{NOW, Pairs, codes, delivery, sign};

#[test]
fn the_signed_url_is_found_behind_a_proxy() -> Result<(), Failure> {
    let secret = "12345";
    let body = b"CallSid=CA1&Digits=1234";
    // The signed URL, the URL that the receiver sees, and the headers that the proxy adds.
    let cases: &[(&str, &str, Pairs)] = &[
        ("https://example.com/sms?a=1", "http://example.com/sms?a=1", &[]),
        ("http://example.com/sms", "https://example.com/sms", &[]),
        (
            "https://example.com/sms?a=1",
            "http://10.0.0.1:8080/sms?a=1",
            &[("X-Forwarded-Host", "example.com, 10.0.0.1")],
        ),
        (
            "https://example.com/sms",
            "http://app/sms",
            &[("Forwarded", "for=1.2.3.4; proto=https;Host=\"example.com\", for=2")],
        ),
        ("https://example.com/sms", "http://localhost:3000/sms", &[("Host", "example.com")]),
        ("https://example.com/sms", "http://example.com:3000/sms", &[]),
        (
            "https://example.com/api/sms?a=1",
            "http://app/sms?a=1",
            &[("x-forwarded-prefix", "/api/"), ("host", "example.com")],
        ),
        ("https://example.com/sms/?a=1", "https://example.com/sms?a=1", &[]),
        ("https://example.com/sms", "https://example.com/sms/?b=1", &[]),
        ("https://example.com/sms", "https://example.com/sms?added=1", &[]),
        ("https://example.com/api/sms?a=1", "https://example.com/sms", &[("x-original-url", "/api/sms?a=1")]),
    ];
    for &(signed, seen, more) in cases {
        let request = Outgoing { body, method: "POST", url: signed, id: "" };
        let mut headers = Signer::new(&senders::TWILIO, secret)?.sign_request(&request, NOW);
        headers.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let arrived = delivery(&headers, body).url(seen);
        let explanation = Verifier::new(&senders::TWILIO, [secret])?.explain(arrived.clone(), NOW);
        assert_eq!(codes(&explanation), ["url"], "{signed} {seen}: {explanation:?}");
        assert!(explanation.hints[0].message.contains(&["`", signed, "`"].concat()), "{explanation:?}");
        let wrong = Verifier::new(&senders::TWILIO, ["other"])?.explain(arrived, NOW);
        assert_eq!(codes(&wrong), Vec::<&str>::new(), "{signed} {seen}: with a wrong secret");
    }
    Ok(())
}

#[test]
fn the_signed_method_is_found() -> Result<(), Failure> {
    let headers = sign(&senders::HUBSPOT, TEXT_KEY, b"{}")?;
    let verifier = Verifier::new(&senders::HUBSPOT, [TEXT_KEY])?;
    let explanation = verifier.explain(delivery(&headers, b"{}").method("GET"), NOW);
    assert_eq!(codes(&explanation), ["method"]);
    assert!(explanation.hints[0].message.contains("`POST`"));
    Ok(())
}

#[test]
fn a_request_without_its_url_fails_the_first_check() -> Result<(), Failure> {
    let headers = sign(&senders::TWILIO, TEXT_KEY, b"a=1")?;
    let arrived = Delivery::new(&headers, b"a=1");
    let explanation = Verifier::new(&senders::TWILIO, [TEXT_KEY])?.explain(arrived, NOW);
    assert_eq!((explanation.verdict, explanation.checks.len()), ("unsupported_signature", 1));
    assert!(explanation.checks[0].detail.contains("signs the URL"));
    Ok(())
}
