//! Signed deliveries of every sender, and the explanations of altered ones.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use countersign::{
    Authenticated, Delivery, ExplainContext, Explanation, Outgoing, Scheme, Signer, UnixTime, Verifier, senders,
};
use serde::Deserialize;

use crate::shared::{secret_for, signs_any_body};

pub(crate) type Failure = Box<dyn std::error::Error>;

pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

#[derive(Deserialize)]
pub(crate) struct File {
    pub(crate) tests: Vec<Vector>,
}

#[derive(Deserialize)]
pub(crate) struct Vector {
    pub(crate) id: String,
    pub(crate) scheme: String,
    pub(crate) keys: Vec<String>,
    pub(crate) method: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Option<String>,
    pub(crate) now: Option<u64>,
    pub(crate) expect: String,
}

impl Vector {
    pub(crate) fn delivery(&self) -> Delivery<'_> {
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let mut delivery = Delivery::new(headers, self.body.as_deref().unwrap_or_default().as_bytes());
        if let Some(method) = &self.method {
            delivery = delivery.method(method);
        }
        if let Some(url) = &self.url {
            delivery = delivery.url(url);
        }
        delivery
    }

    pub(crate) fn now(&self) -> UnixTime {
        self.now.map_or(NOW, UnixTime::from_secs)
    }

    pub(crate) fn explain(&self, keys: &[String]) -> Result<Explanation, Failure> {
        let secrets: Vec<&str> = keys.iter().map(String::as_str).collect();
        let context = ExplainContext { secrets: &secrets, senders: senders::ALL, ..ExplainContext::default() };
        let verifier = Verifier::new(Scheme::named(&self.scheme)?, keys)?;
        Ok(verifier.explain_with(self.delivery(), self.now(), &context))
    }
}

pub(crate) fn vectors() -> Result<Vec<Vector>, Failure> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let file: File = serde_json::from_str(&fs::read_to_string(entry?.path())?)?;
        // Vectors with a repeated byte as their body test size limits.
        all.extend(file.tests.into_iter().filter(|vector| vector.body.is_some()));
    }
    Ok(all)
}

/// One genuine JSON body of each sender that signs any body.
pub(crate) fn sender_bodies() -> Result<Vec<(&'static Scheme, String)>, Failure> {
    let mut bodies = BTreeMap::new();
    for vector in vectors()? {
        let scheme = Scheme::named(&vector.scheme)?;
        let body = vector.body.unwrap_or_default();
        let is_json = serde_json::from_str::<serde_json::Value>(&body).is_ok_and(|value| value.is_object());
        if vector.expect == "valid" && is_json && signs_any_body(scheme) {
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
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
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
