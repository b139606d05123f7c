//! Test messages that a sender signs with a published key.

use countersign::scheme::Scheme;
use countersign::senders::{MAILERSEND, MANDRILL, STRIPE, ZENDESK};
use countersign::{Delivery, Outgoing, Rejection, Signer, Verifier};

use crate::support::{Answered, NOW, TEXT_KEY, ask, headers_of};

const MAILERSEND_TEST_KEY: &str = "test_Am3L1GuOIc4blLUuHqAPxxwkZaJyEk8G";
const ZENDESK_TEST_KEY: &str = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==";

/// Signs a request with a key that is not the receiver's, and asks a verifier and a set-up for their answers.
fn ask_with_test_key(scheme: &Scheme, key: &str, body: &str) -> [Answered; 2] {
    let url = "https://example.com/in";
    let outgoing = Outgoing { body: body.as_bytes(), url, ..Outgoing::default() };
    let headers = Signer::new(scheme, key).unwrap().sign_request(&outgoing, NOW);
    let delivery = Delivery::new(&headers, body.as_bytes()).url(url);
    let verifier = Verifier::new(scheme, [TEXT_KEY]).unwrap();
    let verdict = verifier.verify(delivery.clone(), NOW).map(|_| ());
    assert_eq!(verdict, Err(Rejection::SignatureMismatch), "a test key must never verify a delivery");
    [verifier.handshake(delivery.clone(), NOW, None), scheme.set_up(delivery, NOW, None)]
}

/// Threat model: A-94.
#[test]
fn a_published_test_key_verifies_its_test_message_and_nothing_else() {
    let ping = r#"{"type":"webhook.test","message":"This is a ping test message"}"#;
    let sent = r#"{"type":"activity.sent","data":{"id":"1"}}"#;
    for answered in ask_with_test_key(&MAILERSEND, MAILERSEND_TEST_KEY, ping) {
        assert_eq!(headers_of(&answered), (200, Vec::new()));
    }
    for (key, body) in [(MAILERSEND_TEST_KEY, sent), ("another key", ping), ("another key", sent)] {
        assert_eq!(ask_with_test_key(&MAILERSEND, key, body), [Ok(None), Ok(None)], "{key} {body}");
    }
    for answered in ask_with_test_key(&MANDRILL, "test-webhook", "mandrill_events=%5B%5D") {
        assert_eq!(headers_of(&answered), (200, Vec::new()));
    }
    let events = "mandrill_events=%5B%7B%22event%22%3A%22send%22%7D%5D";
    assert_eq!(ask_with_test_key(&MANDRILL, "test-webhook", events), [Ok(None), Ok(None)]);
    // A test from Zendesk's form has the body that its user enters. It is answered, and is never an event.
    for body in [r#"{"say":"hello"}"#, "", r#"{"type":"zen:event-type:user.created"}"#] {
        for answered in ask_with_test_key(&ZENDESK, ZENDESK_TEST_KEY, body) {
            assert_eq!(headers_of(&answered), (200, Vec::new()));
        }
        assert_eq!(ask_with_test_key(&ZENDESK, "another key", body), [Ok(None), Ok(None)]);
    }
}

/// Threat model: A-94.
#[test]
fn a_published_test_key_is_refused_as_a_key() {
    let published = [(&MAILERSEND, MAILERSEND_TEST_KEY), (&ZENDESK, ZENDESK_TEST_KEY), (&MANDRILL, "test-webhook")];
    for (scheme, key) in published {
        let error = Verifier::new(scheme, ["own", key]).err().unwrap();
        assert_eq!(error.code(), "wrong_type", "{}", scheme.name);
        assert!(error.message().contains("publishes for its test messages"), "{error}");
        assert!(Verifier::new(&STRIPE, [key]).is_ok());
    }
}

#[test]
fn a_test_message_that_is_signed_with_the_receivers_key_is_a_delivery() {
    let body = r#"{"type":"webhook.test"}"#;
    assert_eq!(ask(&MAILERSEND, body), Ok(None));
    let headers = Signer::new(&MAILERSEND, TEXT_KEY).unwrap().sign("", body.as_bytes(), NOW);
    let verifier = Verifier::new(&MAILERSEND, [TEXT_KEY]).unwrap();
    assert!(verifier.verify(Delivery::new(&headers, body.as_bytes()), NOW).is_ok());
}
