//! The checks of an explanation: verdict, order, and no hint without a mistake.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use countersign::{Authenticated, CheckName, ExplainContext, Scheme, UnixTime, Verifier, senders};
use proptest::prelude::*;
use proptest::sample::select;

use crate::cases::Failure;
use crate::encoding::gzip;
use crate::shared::{BASE64_KEY, HEX_KEY, secret_for, signs_any_body};
use crate::support::{Headers, NOW, codes, delivery, explain, sign, small_cases};

#[test]
fn a_genuine_delivery_passes_every_check_and_gets_no_hint() -> Result<(), Failure> {
    for case in small_cases()?.iter().filter(|case| case.expected == "valid") {
        let explanation = explain(case, &case.keys)?;
        let is_read = explanation.verdict == "valid";
        let failed: Vec<_> = explanation.checks.iter().filter(|check| !check.ok).map(|check| check.name).collect();
        assert!(
            is_read == failed.is_empty() && (is_read || failed == [CheckName::Id]),
            "{}: {explanation:?}",
            case.name
        );
        assert_eq!(explanation.checks.len(), 7, "{}", case.name);
        let hints = codes(&explanation);
        assert!(hints.is_empty() || hints == ["previous_key"], "{}: {explanation:?}", case.name);
    }
    Ok(())
}

#[test]
fn the_verdict_equals_the_verifiers_and_only_the_last_check_failed() -> Result<(), Failure> {
    for case in small_cases()? {
        let explanation = explain(&case, &case.keys)?;
        let verifier = Verifier::new(case.scheme, &case.keys)?;
        let code = match verifier.verify(case.delivery(), case.now) {
            Err(rejection) => rejection.code(),
            Ok(verified) => verified.decode().map_or_else(|error| error.code(), |_| "valid"),
        };
        assert_eq!(explanation.verdict, code, "{}", case.name);
        let (last, before) = explanation.checks.split_last().ok_or("no check")?;
        assert!(before.iter().all(|check| check.ok), "{}: {explanation:?}", case.name);
        assert_eq!(last.ok, code == "valid", "{}: {explanation:?}", case.name);
        let expected = match code {
            "valid" => CheckName::Id,
            "missing_header" => CheckName::Headers,
            "signature_mismatch" => CheckName::Signature,
            "stale" | "premature" => CheckName::Time,
            "body_mismatch" => CheckName::Body,
            _ => last.name,
        };
        assert_eq!(last.name, expected, "{}", case.name);
    }
    Ok(())
}

#[test]
fn a_wrong_secret_gets_no_hint_for_any_sender() -> Result<(), Failure> {
    let mut tried = 0;
    for case in small_cases()?.iter().filter(|case| case.expected == "valid") {
        let scheme = case.scheme;
        let Some(wrong) = secret_for(scheme).filter(|secret| !case.keys.iter().any(|key| key == secret)) else {
            continue;
        };
        let explanation = explain(case, &[wrong.into()])?;
        let is_empty = case.body.is_empty();
        let expected: &[&str] =
            if is_empty && explanation.verdict == "signature_mismatch" { &["body_missing"] } else { &[] };
        let is_content = scheme.authenticated() == Authenticated::Content;
        assert_eq!(codes(&explanation), if is_content { expected } else { &[] }, "{}: {explanation:?}", case.name);
        tried += 1;
    }
    assert!(tried > 100, "only {tried} cases");
    Ok(())
}

/// Text, and JSON with the values that parsers do not keep.
fn body() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{1,80}",
        r#"\{"[a-z]{1,9}": ?("[^"\\\\\u{fffd}]{0,30}"|[0-9]{1,9})\}\r?\n?"#,
        r#"\{"z":(1|0|2\.50?|170\.00|1[eE]3|-0|\[\]|\{\}),"a": ?("caf\u{e9} </@%>"|\[(0|1\.0|20)(,[0-9]{1,5}){0,9}\])\}"#,
        "[a-z]{1,5}=[a-zA-Z0-9+%. ]{0,20}(&[a-z]{1,5}=[a-z0-9+]{0,20}){0,3}",
    ]
}

type Encoder = fn(&str) -> Vec<u8>;

/// Mistakes, each of which an explanation undoes.
const ENCODERS: &[(&str, Encoder)] = &[
    ("nothing", |body| body.into()),
    ("base64", |body| BASE64_STANDARD.encode(body).into()),
    ("event", |body| serde_json::json!({ "body": BASE64_STANDARD.encode(body) }).to_string().into()),
    ("gzip", |body| gzip(body.as_bytes())),
    ("string", |body| serde_json::json!(body).to_string().into()),
    ("quotes", |body| ["'", body, "'"].concat().into()),
    ("bytes", |body| serde_json::json!({ "type": "Buffer", "data": body.as_bytes() }).to_string().into()),
    ("hexadecimal", |body| body.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat().into()),
    ("percent", |body| body.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat().into()),
    ("UTF-16", |body| body.encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ("form", |body| serde_json::json!({ body: "" }).to_string().into()),
    ("serializer", |body| match serde_json::from_str::<serde_json::Value>(body) {
        Ok(value) => value.to_string().into(),
        Err(_) => body.into(),
    }),
];

/// The hints for a body that was signed with one secret and arrived at a receiver with another.
fn hints(scheme: &Scheme, sent: &str, signed: &str, own: &str, received: &[u8]) -> Result<Vec<&'static str>, String> {
    let headers = sign(scheme, sent, signed.as_bytes()).map_err(|error| error.to_string())?;
    let verifier = Verifier::new(scheme, [own]).map_err(|error| error.to_string())?;
    let context = ExplainContext { secrets: &[own], senders: senders::ALL, ..ExplainContext::default() };
    let explanation = verifier.explain_with(delivery(&headers, received), NOW, &context);
    if !matches!(explanation.verdict, "signature_mismatch" | "body_mismatch") {
        return Err(explanation.verdict.into());
    }
    Ok(codes(&explanation))
}

proptest! {
    #[test]
    fn a_wrong_secret_gets_no_hint_whatever_the_body(
        body in body(),
        (name, encode) in select(ENCODERS),
        index in 0..senders::ALL.len(),
        text in "[A-Za-z]{8,40}",
    ) {
        let scheme = &senders::ALL[index];
        prop_assume!(signs_any_body(scheme) && !body.contains('\u{fffd}'));
        let secret = secret_for(scheme).unwrap_or_default();
        // A different secret of the same kind.
        let other = match secret {
            HEX_KEY => HEX_KEY.replace('1', "2"),
            BASE64_KEY => BASE64_KEY.replace('M', "N"),
            _ => text,
        };
        let received = encode(&body);
        prop_assert_eq!(hints(scheme, secret, &body, &other, &received), Ok(vec![]), "{}", name);
    }

    #[test]
    fn another_body_than_the_signed_one_gets_no_hint_whatever_is_undone(
        body in body(),
        (name, encode) in select(ENCODERS),
        index in 0..senders::ALL.len(),
    ) {
        let scheme = &senders::ALL[index];
        let is_signed = scheme.authenticated() == Authenticated::Content;
        prop_assume!(signs_any_body(scheme) && is_signed && !body.contains('\u{fffd}'));
        let secret = secret_for(scheme).unwrap_or_default();
        let signed = [&body, "?"].concat();
        let received = encode(&body);
        prop_assert_eq!(hints(scheme, secret, &signed, secret, &received), Ok(vec![]), "{}", name);
    }

    #[test]
    fn no_input_makes_an_explanation_panic(
        headers in proptest::collection::vec(("(x-forwarded-host|forwarded|host|x-original-url|stripe-signature|x-twilio-signature|[a-z-]{1,12})", ".{0,40}"), 0..6),
        body in proptest::collection::vec(any::<u8>(), 0..60),
        url in ".{0,40}|https?://[a-z:0-9/?\\[\\]]{0,20}",
        secret in "[!-~]{4,20}",
        now in any::<u64>(),
        index in 0..senders::ALL.len(),
    ) {
        let scheme = &senders::ALL[index];
        let Ok(verifier) = Verifier::new(scheme, [&secret]) else { return Ok(()) };
        let headers: Headers = headers;
        let context = ExplainContext { secrets: &[&secret], senders: senders::ALL, others: &[("same", &verifier)] };
        let arrived = delivery(&headers, &body).url(&url);
        prop_assert_ne!(verifier.explain_with(arrived, UnixTime::from_millis(now), &context).verdict, "valid");
    }
}

#[test]
fn no_explanation_contains_a_secret_a_signature_or_the_body() -> Result<(), Failure> {
    let marked = r#"{"id":"evt_BODYMARK","text":"BODYMARK"}"#;
    let altered = ["\u{feff}", " \r\n"].map(|more| [more, marked].concat());
    let mut seen = 0;
    for scheme in senders::ALL.iter().filter(|scheme| signs_any_body(scheme)) {
        let secret = secret_for(scheme).ok_or("no secret")?;
        let headers = sign(scheme, secret, marked.as_bytes())?;
        for received in [marked, &altered[0], &altered[1], "", r#"{"id": "evt_BODYMARK"}"#] {
            let verifier = Verifier::new(scheme, [secret])?;
            let context = ExplainContext { secrets: &[secret], senders: senders::ALL, others: &[("same", &verifier)] };
            for now in [NOW, UnixTime::from_secs(0), UnixTime::from_secs(1_900_000_000)] {
                let text = format!(
                    "{:?}{context:?}",
                    verifier.explain_with(delivery(&headers, received.as_bytes()), now, &context)
                );
                let expected = sign(scheme, secret, received.as_bytes())?;
                let values = headers.iter().chain(&expected).flat_map(|(_, value)| value.split([',', '=', ' ']));
                let tags = values.filter(|piece| piece.len() > 20);
                for hidden in tags.chain([secret, secret.trim_start_matches("whsec_"), "BODYMARK"]) {
                    assert!(!text.contains(hidden), "{}: {text} has {hidden}", scheme.name);
                }
                seen += 1;
            }
        }
    }
    assert!(seen > 1000, "only {seen} explanations");
    Ok(())
}
