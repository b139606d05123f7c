//! Deliveries of another source or another sender.

use countersign::{ExplainContext, Key, UnixTime, Verifier, senders};

use crate::cases::Failure;
use crate::shared::{BASE64_KEY, secret_for};
use crate::support::{NOW, codes, delivery, sign};

#[test]
fn a_delivery_for_another_source_is_recognized() -> Result<(), Failure> {
    let live = Verifier::new(&senders::STRIPE, ["whsec_old", "whsec_live"])?;
    let named = Key::parse(&senders::SVIX, BASE64_KEY)?.named("2024");
    let svix = Verifier::with_keys(&senders::SVIX, vec![named])?;
    let test = Verifier::new(&senders::STRIPE, ["whsec_test"])?;
    let others = [("svix", &svix), ("live", &live)];
    let context = ExplainContext { others: &others, senders: senders::ALL, ..ExplainContext::default() };
    let body = br#"{"id":"evt_1"}"#;
    let cases = [
        (&senders::STRIPE, "whsec_live", "key 2 of 2 of the source `live` made the signature"),
        (&senders::SVIX, BASE64_KEY, "key `2024` of the source `svix` made the signature"),
    ];
    for (scheme, secret, words) in cases {
        let headers = sign(scheme, secret, body)?;
        let late = UnixTime::from_secs(NOW.as_secs() + 1000);
        let explanation = test.explain_with(delivery(&headers, body), late, &context);
        assert_eq!(codes(&explanation), ["other_source"], "{explanation:?}");
        assert!(explanation.hints[0].message.contains(words), "{explanation:?}");
    }
    Ok(())
}

#[test]
fn the_headers_of_another_sender_are_recognized() -> Result<(), Failure> {
    let stripe = Verifier::new(&senders::STRIPE, ["whsec_test"])?;
    for (scheme, words) in [
        (&senders::SHOPIFY, "Shopify"),
        (&senders::SLACK, "`x-slack-signature` header has arrived, which Slack uses:"),
        (&senders::GITHUB, "GitHub"),
        (&senders::STANDARD, "Standard Webhooks"),
    ] {
        let headers = sign(scheme, secret_for(scheme).ok_or("no secret")?, b"{}")?;
        let explanation = stripe.explain(delivery(&headers, b"{}"), NOW);
        assert_eq!((explanation.verdict, codes(&explanation)), ("missing_header", vec!["other_sender"]));
        assert!(explanation.hints[0].message.contains(words), "{explanation:?}");
    }
    // Requests of any origin may have this header.
    let headers = vec![("Authorization".into(), "Bearer 1".into()), ("host".into(), "example.com".into())];
    assert_eq!(codes(&stripe.explain(delivery(&headers, b"{}"), NOW)), Vec::<&str>::new());
    Ok(())
}
