//! Different readings of the secret, and older keys.

use countersign::{ExplainContext, Explanation, Key, Scheme, Signer, Verifier, senders};

use crate::cases::Failure;
use crate::support::{NOW, codes, delivery, sign};

/// Explains a delivery whose sender signed with these bytes and whose receiver has this text.
fn explain_secret(scheme: &Scheme, sent: &[u8], text: &str) -> Result<Explanation, Failure> {
    let body = br#"{"id":"evt_1"}"#;
    let key = Key::from_bytes(scheme, sent)?;
    let headers = Signer::with_key(scheme, key).sign("msg_1", body, NOW);
    let context = ExplainContext { secrets: &["other", text], ..ExplainContext::default() };
    Ok(Verifier::new(scheme, [text])?.explain_with(delivery(&headers, body), NOW, &context))
}

#[test]
fn a_secret_that_the_sender_reads_differently_is_recognized() -> Result<(), Failure> {
    let (hex, base64) = ("00ff10", "AP8Q");
    let cases: [(&str, &Scheme, &[u8], &str); 15] = [
        ("secret_white_space", &senders::STRIPE, b"whsec_test\n", "whsec_test"),
        ("secret_white_space", &senders::GITHUB, b"secret\r\n", "secret"),
        ("secret_white_space", &senders::SHOPIFY, b"secret ", "secret"),
        ("secret_white_space", &senders::SLACK, b" secret", "secret"),
        ("secret_quotes", &senders::GITHUB, b"\"secret\"", "secret"),
        ("secret_quotes", &senders::GITHUB, b"'secret'", "secret"),
        ("secret_prefix", &senders::STRIPE, b"test", "whsec_test"),
        ("secret_prefix", &senders::STRIPE, b"whsec_test", "test"),
        ("secret_encoding", &senders::STRIPE, b"\0\xff\x10", "whsec_AP8Q"),
        ("secret_encoding", &senders::GITHUB, b"\0\xff\x10", hex),
        ("secret_encoding", &senders::GITHUB, b"\0\xff\x10", "key_00FF10"),
        ("secret_encoding", &senders::GITHUB, b"\0\xff\x10", base64),
        ("secret_encoding", &senders::GITHUB, b"\0\xff\xf3", "AP_z"),
        ("secret_encoding", &senders::STANDARD, b"whsec_AP8Q", "whsec_AP8Q"),
        ("secret_prefix", &senders::STANDARD, b"AP8Q", "whsec_AP8Q"),
    ];
    for (code, scheme, sent, text) in cases {
        let explanation = explain_secret(scheme, sent, text)?;
        assert_eq!(codes(&explanation), [code], "{} {sent:?}: {explanation:?}", scheme.name);
        // Without the texts of the secrets there is no hint.
        let headers = Signer::with_key(scheme, Key::from_bytes(scheme, sent)?).sign("msg_1", b"{}", NOW);
        let explanation = Verifier::new(scheme, [text])?.explain(delivery(&headers, b"{}"), NOW);
        assert_eq!(codes(&explanation), Vec::<&str>::new());
    }
    Ok(())
}

#[test]
fn a_secret_with_other_text_around_it_is_recognized() -> Result<(), Failure> {
    let line = |secret: &str| {
        format!(
            "> Ready! You are using Stripe API Version [2023-10-16]. Your webhook signing secret is {secret} (^C to quit)"
        )
    };
    let cli = line("whsec_5f2b1c9d8e7a");
    let cases: [(&str, &Scheme, &[u8], &str); 9] = [
        ("secret_extra_text", &senders::STRIPE, b"whsec_5f2b1c9d8e7a", &cli),
        ("secret_extra_text", &senders::STRIPE, b"whsec_5f2b1c9d8e7a", "STRIPE_WEBHOOK_SECRET=whsec_5f2b1c9d8e7a"),
        ("secret_extra_text", &senders::STRIPE, b"whsec_5f2b1c9d8e7a", "export SECRET=\"whsec_5f2b1c9d8e7a\""),
        ("secret_extra_text", &senders::STRIPE, b"whsec_5f2b1c9d8e7a", "SECRET='whsec_5f2b1c9d8e7a' # endpoint"),
        ("secret_extra_text", &senders::GITHUB, b"c2VjcmV0c2Vjcg==", "GITHUB_SECRET=c2VjcmV0c2Vjcg=="),
        ("secret_extra_text", &senders::GITHUB, b"a-long-secret", "SECRET=a-long-secret\\n"),
        ("secret_white_space", &senders::STRIPE, b"whsec_test", "whsec_test\\n"),
        ("secret_white_space", &senders::STRIPE, b"whsec_test", "whsec_test\\r\\n"),
        ("secret_white_space", &senders::GITHUB, b"short", "short\\n"),
    ];
    for (code, scheme, sent, text) in cases {
        let explanation = explain_secret(scheme, sent, text)?;
        assert_eq!(codes(&explanation), [code], "{text}: {explanation:?}");
        assert!(explanation.hints[0].message.ends_with(": pass the secret alone"), "{explanation:?}");
        assert!(!explanation.hints[0].message.contains("5f2b"), "{explanation:?}");
        // The same text around another secret.
        let wrong = explain_secret(scheme, b"another secret", text)?;
        assert_eq!(codes(&wrong), Vec::<&str>::new(), "{text}: {wrong:?}");
    }
    Ok(())
}

#[test]
fn an_api_key_in_the_place_of_a_secret_is_named() -> Result<(), Failure> {
    let cases: [(&Scheme, &str, &str); 7] = [
        (&senders::STRIPE, "sk_live_51H", "begins with `whsec_`"),
        (&senders::STRIPE, "rk_test_51H", "begins with `whsec_`"),
        (&senders::STRIPE, "pk_test_51H", "begins with `whsec_`"),
        (&senders::GITHUB, "ghp_0123456789", "entered for the webhook"),
        (&senders::SLACK, "xoxb-0123456789", "signing secret"),
        (&senders::SHOPIFY, "shpat_0123456789", "client secret"),
        (&senders::PAYSTACK, "sk_live_51H", ""),
    ];
    for (scheme, text, words) in cases {
        let explanation = explain_secret(scheme, b"whsec_test", text)?;
        // Paystack signs with the API key.
        let expected: &[&str] = if words.is_empty() { &[] } else { &["secret_api_key"] };
        assert_eq!(codes(&explanation), expected, "{explanation:?}");
        assert!(explanation.hints.iter().all(|hint| hint.message.contains(words)), "{explanation:?}");
        assert!(!format!("{explanation:?}").contains(text));
        // A key that made the signature is the secret, whatever it looks like.
        assert_eq!(codes(&explain_secret(scheme, text.as_bytes(), text)?), Vec::<&str>::new());
    }
    Ok(())
}

#[test]
fn a_hint_says_that_the_signature_was_made_with_an_older_key() -> Result<(), Failure> {
    let headers = sign(&senders::GITHUB, "old", b"{}")?;
    let explanation = Verifier::new(&senders::GITHUB, ["new", "old"])?.explain(delivery(&headers, b"{}"), NOW);
    assert_eq!((explanation.verdict, codes(&explanation)), ("valid", vec!["previous_key"]));
    assert!(explanation.hints[0].message.starts_with("key 2 of 2 "));
    Ok(())
}
