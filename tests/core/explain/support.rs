//! Signed deliveries of every sender, and the explanations of altered ones.

use std::collections::BTreeMap;

use countersign::{
    Authenticated, Delivery, ExplainContext, Explanation, Outgoing, Scheme, Signer, UnixTime, Verifier, senders,
};

use crate::cases::{Case, Failure, cases};
use crate::shared::{needs_json, secret_for, signs_any_body};

pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// Explains a case, with these keys instead of its own.
pub(crate) fn explain(case: &Case, keys: &[String]) -> Result<Explanation, Failure> {
    let secrets: Vec<&str> = keys.iter().map(String::as_str).collect();
    let context = ExplainContext { secrets: &secrets, senders: senders::ALL, ..ExplainContext::default() };
    let verifier = Verifier::new(case.scheme, keys)?;
    Ok(verifier.explain_with(case.delivery(), case.now, &context))
}

/// The cases of `tests/vectors`, except those about the size of a body.
pub(crate) fn small_cases() -> Result<Vec<Case>, Failure> {
    Ok(cases()?.into_iter().filter(|case| case.body.len() < 100_000).collect())
}

/// One genuine JSON body of each sender that signs any body.
pub(crate) fn sender_bodies() -> Result<Vec<(&'static Scheme, String)>, Failure> {
    let mut bodies = BTreeMap::new();
    for case in small_cases()? {
        let Case { scheme, body, expected, .. } = case;
        let is_json = serde_json::from_str::<serde_json::Value>(&body).is_ok_and(|value| value.is_object());
        if expected == "valid" && is_json && signs_any_body(scheme) {
            bodies.entry(scheme.name).or_insert((scheme, body));
        }
    }
    Ok(bodies.into_values().filter(|(scheme, _)| scheme.authenticated() == Authenticated::Content).collect())
}

pub(crate) type Headers = Vec<(String, String)>;
pub(crate) type Pairs = &'static [(&'static str, &'static str)];

pub(crate) fn sign(scheme: &Scheme, secret: &str, body: &[u8]) -> Result<Headers, Failure> {
    let request = Outgoing { id: "msg_1", body, method: "POST", url: "https://example.com/hooks?source=1" };
    Ok(Signer::new(scheme, secret)?.sign_request(&request, NOW))
}

pub(crate) fn delivery<'d>(headers: &'d Headers, body: &'d [u8]) -> Delivery<'d> {
    Delivery::new(headers, body).method("POST").url("https://example.com/hooks?source=1")
}

/// Explains a body that the sender `signed` and the receiver `received` in a different form.
pub(crate) fn explain_body(scheme: &Scheme, signed: &[u8], received: &[u8]) -> Result<Explanation, Failure> {
    let secret = secret_for(scheme).ok_or("no secret")?;
    let headers = sign(scheme, secret, signed)?;
    let context = ExplainContext { secrets: &[secret], ..ExplainContext::default() };
    Ok(Verifier::new(scheme, [secret])?.explain_with(delivery(&headers, received), NOW, &context))
}

pub(crate) fn codes(explanation: &Explanation) -> Vec<&'static str> {
    explanation.hints.iter().map(|hint| hint.code.as_str()).collect()
}

/// Fails unless the explanation has exactly this hint, with these words in its message, for every sender.
pub(crate) fn assert_hint_for_each_sender(
    code: &str,
    words: &str,
    change: impl Fn(&str) -> (Vec<u8>, Vec<u8>),
) -> Result<(), Failure> {
    let bodies = sender_bodies()?;
    assert!(bodies.len() > 50, "only {} senders", bodies.len());
    for (scheme, body) in bodies {
        let (signed, received) = change(&body);
        if needs_json(scheme) && serde_json::from_slice::<serde_json::Value>(&signed).is_err() {
            continue;
        }
        assert_ne!(signed, received, "{}: nothing was changed", scheme.name);
        let explanation = explain_body(scheme, &signed, &received)?;
        assert_eq!(codes(&explanation), [code], "{}: {explanation:?}", scheme.name);
        assert!(explanation.hints[0].message.contains(words), "{}: {explanation:?}", scheme.name);
        assert!(
            matches!(explanation.verdict, "signature_mismatch" | "body_mismatch"),
            "{}: {explanation:?}",
            scheme.name
        );
    }
    Ok(())
}
