//! Properties of every scheme with random input: signed deliveries verify, altered ones do not, and nothing panics.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

mod shared;

use countersign::scheme::{Authenticated, Proof, SharedToken};
use countersign::{Delivery, Outgoing, Scheme, Signer, UnixTime, Verifier, senders};
use proptest::prelude::*;
use proptest::sample::Index;
use shared::{needs_json, secret_for, signs_any_body};

const URL: &str = "https://example.com/hooks";
const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// A secret in the scheme's key format.
fn key_for(scheme: &Scheme) -> &'static str {
    secret_for(scheme).unwrap()
}

fn schemes() -> impl Strategy<Value = &'static Scheme> {
    let usual: Vec<_> = senders::ALL.iter().filter(|scheme| signs_any_body(scheme)).collect();
    prop::sample::select(usual).prop_map(|scheme| Scheme::named(scheme.name).unwrap())
}

fn ids() -> impl Strategy<Value = String> {
    "[!-+/-~-]{1,256}"
}

fn bodies() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300),
        // Bodies that most schemes can decode.
        "[a-z]{1,8}"
            .prop_map(|id| format!(r#"{{"id":"{id}","type":"a.b","data":{{"public_key":"{id}"}}}}"#).into_bytes()),
    ]
}

fn verdict(scheme: &Scheme, headers: &[(String, Vec<u8>)], body: &[u8]) -> Result<(), &'static str> {
    let verifier = Verifier::new(scheme, [key_for(scheme)]).unwrap();
    let verified = verifier
        .verify(Delivery::new(headers, body).method("POST").url(URL), NOW)
        .map_err(|rejection| rejection.code())?;
    // Decoding a genuine delivery may fail but must not panic.
    let _ = verified.decode();
    let _ = verified.decode_as::<serde_json::Value>();
    Ok(())
}

fn signed(scheme: &Scheme, id: &str, body: &[u8]) -> Vec<(String, Vec<u8>)> {
    let request = Outgoing { id, body, method: "POST", url: URL };
    let headers = Signer::new(scheme, key_for(scheme)).unwrap().sign_request(&request, NOW);
    headers.into_iter().map(|(name, value)| (name, value.into_bytes())).collect()
}

/// An id and a body that this sender could send. Flash requires a JSON object that agrees with its token, and a body that X or
/// Smartcar could have signed as a challenge is rejected. If JSON ends the id, the id has no bracket.
fn sendable(scheme: &Scheme, id: &str, body: Vec<u8>) -> (String, Vec<u8>) {
    let is_object = serde_json::from_slice::<serde_json::Value>(&body).is_ok_and(|value| value.is_object());
    let needs_object = needs_json(scheme) || matches!(scheme.name, "flash" | "smartcar" | "x");
    let id = if needs_json(scheme) { id.replace(['{', '['], "_") } else { id.into() };
    (id, if needs_object && !is_object { Vec::new() } else { body })
}

proptest! {
    #[test]
    fn a_signed_delivery_verifies(scheme in schemes(), id in ids(), body in bodies()) {
        let (id, body) = sendable(scheme, &id, body);
        prop_assert_eq!(verdict(scheme, &signed(scheme, &id, &body), &body), Ok(()));
    }

    #[test]
    fn a_delivery_with_a_changed_header_byte_is_rejected(scheme in schemes(), id in ids(), body in bodies(), which: Index, at: Index, to: u8) {
        let (id, body) = sendable(scheme, &id, body);
        let mut headers = signed(scheme, &id, &body);
        let header = which.index(headers.len());
        let value = &mut headers[header].1;
        let at = at.index(value.len());
        prop_assume!(value[at] != to);
        // The word before a token may be in any case, because it is not part of the proof.
        let words = match scheme.proof {
            Proof::Token(_) => "Bearer ".len(),
            Proof::SharedToken(SharedToken::Basic) => "Basic ".len(),
            _ => 0,
        };
        let is_scheme_word = at < words;
        prop_assume!(!(is_scheme_word && value[at].eq_ignore_ascii_case(&to)));
        value[at] = to;
        prop_assert!(verdict(scheme, &headers, &body).is_err(), "{:?}", headers);
    }

    #[test]
    fn a_delivery_with_a_changed_body_byte_is_rejected(scheme in schemes(), id in ids(), body in bodies(), at: Index, to: u8) {
        prop_assume!(scheme.authenticated() == Authenticated::Content && !body.is_empty());
        let headers = signed(scheme, &id, &body);
        let mut changed = body;
        let at = at.index(changed.len());
        prop_assume!(changed[at] != to);
        changed[at] = to;
        let verdict = verdict(scheme, &headers, &changed);
        prop_assert!(matches!(verdict, Err("signature_mismatch" | "body_mismatch")), "{:?}", verdict);
    }

    #[test]
    fn a_truncated_or_extended_body_is_rejected(scheme in schemes(), id in ids(), body in bodies(), to: Index, more in prop::collection::vec(any::<u8>(), 1..4)) {
        prop_assume!(scheme.authenticated() == Authenticated::Content && !body.is_empty());
        let headers = signed(scheme, &id, &body);
        prop_assert!(verdict(scheme, &headers, &body[..to.index(body.len())]).is_err());
        prop_assert!(verdict(scheme, &headers, &[body, more].concat()).is_err());
    }

    #[test]
    fn no_headers_or_body_cause_a_panic(
        scheme in schemes(),
        values in prop::collection::vec(prop_oneof![
            prop::collection::vec(any::<u8>(), 0..80),
            "[tv]?[01]?a?[=,][0-9a-f.= ,]{0,80}".prop_map(String::into_bytes),
            "Bearer [A-Za-z0-9_-]{0,40}(\\.[A-Za-z0-9_-]{0,40}){0,4}".prop_map(String::into_bytes),
        ], 0..8),
        body in bodies(),
    ) {
        let names = scheme.headers();
        let headers: Vec<_> = values.into_iter().enumerate()
            .map(|(index, value)| (names[index % names.len()].to_owned(), value))
            .collect();
        prop_assert!(verdict(scheme, &headers, &body).is_err());
    }

    #[test]
    fn no_key_text_causes_a_panic_or_appears_in_its_error(scheme in schemes(), key in any::<String>(), prefix in "(v1,)?(whsec_|whpk_|whsk_)?") {
        let text = format!("{prefix}{key}");
        if let Err(error) = Verifier::new(scheme, [&text]) {
            prop_assert!(key.len() < 4 || !error.to_string().contains(&key));
        }
        if let Err(error) = Signer::new(scheme, &text) {
            prop_assert!(key.len() < 4 || !error.to_string().contains(&key));
        }
    }

    #[test]
    fn json_is_accepted_only_if_serde_json_accepts_it(text in "[\\[\\]{}:,\"a01. eE+u\\\\tn-]{0,24}") {
        let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text);
        prop_assert_eq!(countersign::bindings::check_json(text.as_bytes()).is_ok(), theirs.is_ok(), "{}", text);
        // Stricter rejections (duplicate keys, depth) are allowed; anything else must agree.
        match countersign::bindings::check_strict_json(text.as_bytes()) {
            Ok(_) => prop_assert!(theirs.is_ok(), "{text}"),
            Err(error) if error.code() == "not_json" => {
                let names_half_a_pair = text.to_lowercase().contains("\\ud");
                prop_assert!(theirs.is_err() || names_half_a_pair, "{text}");
            }
            Err(_) => {}
        }
    }
}
