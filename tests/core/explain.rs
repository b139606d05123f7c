//! An explanation names the mistake that was made, on the bodies that senders send, and no mistake where there is none.

#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "tests may panic")]

mod shared;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use countersign::scheme::{Proof, Unit};
use countersign::{
    Authenticated, Background, Delivery, Explanation, Outgoing, Scheme, Signer, UnixTime, Verifier, senders,
};
use proptest::prelude::*;
use serde::Deserialize;
use shared::{BASE64_KEY, HEX_KEY, TEXT_KEY, secret_for, signs_any_body};

type Failure = Box<dyn std::error::Error>;

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

#[derive(Deserialize)]
struct File {
    tests: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    id: String,
    scheme: String,
    keys: Vec<String>,
    method: Option<String>,
    url: Option<String>,
    headers: BTreeMap<String, String>,
    body: Option<String>,
    now: Option<u64>,
    expect: String,
}

impl Vector {
    fn delivery(&self) -> Delivery<'_> {
        let mut delivery = Delivery::new(&self.headers, self.body.as_deref().unwrap_or_default().as_bytes());
        if let Some(method) = &self.method {
            delivery = delivery.method(method);
        }
        if let Some(url) = &self.url {
            delivery = delivery.url(url);
        }
        delivery
    }

    fn now(&self) -> UnixTime {
        self.now.map_or(NOW, UnixTime::from_secs)
    }

    fn explain(&self, keys: &[String]) -> Result<Explanation, Failure> {
        let secrets: Vec<&str> = keys.iter().map(String::as_str).collect();
        let background = Background { secrets: &secrets, senders: senders::ALL, ..Background::default() };
        let verifier = Verifier::new(Scheme::named(&self.scheme)?, keys)?;
        Ok(verifier.explain_with(self.delivery(), self.now(), &background))
    }
}

fn vectors() -> Result<Vec<Vector>, Failure> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let file: File = serde_json::from_str(&fs::read_to_string(entry?.path())?)?;
        // Bodies that are a byte again and again are about sizes.
        all.extend(file.tests.into_iter().filter(|vector| vector.body.is_some()));
    }
    Ok(all)
}

/// A body of each sender whose proof is in its headers.
fn sender_bodies() -> Result<Vec<(&'static Scheme, String)>, Failure> {
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

type Headers = Vec<(String, String)>;
type Pairs = &'static [(&'static str, &'static str)];

fn sign(scheme: &Scheme, secret: &str, body: &[u8]) -> Result<Headers, Failure> {
    let request = Outgoing { id: "msg_1", body, method: "POST", url: "https://example.com/hooks?source=1" };
    Ok(Signer::new(scheme, secret)?.sign_request(&request, NOW))
}

fn delivery<'d>(headers: &'d Headers, body: &'d [u8]) -> Delivery<'d> {
    Delivery::new(headers, body).method("POST").url("https://example.com/hooks?source=1")
}

/// What is said of a body that was `signed` by each sender and then `received`.
fn explain_body(scheme: &Scheme, signed: &[u8], received: &[u8]) -> Result<Explanation, Failure> {
    let secret = secret_for(scheme).ok_or("no secret")?;
    let headers = sign(scheme, secret, signed)?;
    let background = Background { secrets: &[secret], ..Background::default() };
    Ok(Verifier::new(scheme, [secret])?.explain_with(delivery(&headers, received), NOW, &background))
}

fn codes(explanation: &Explanation) -> Vec<&'static str> {
    explanation.hints.iter().map(|hint| hint.code).collect()
}

/// Fails unless exactly this hint is given for every sender, whose message has these words.
fn each_sender_gets(code: &str, words: &str, change: impl Fn(&str) -> (Vec<u8>, Vec<u8>)) -> Result<(), Failure> {
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

/// The members of the body that every printer writes alike, and one more, printed without white space.
fn compact(body: &str, more: &str) -> String {
    let mut body: BTreeMap<String, serde_json::Value> = serde_json::from_str(body).unwrap_or_default();
    body.retain(|_, value| value.to_string().bytes().all(|byte| byte.is_ascii() && !b"/<>&='+`".contains(&byte)));
    let body = serde_json::to_string(&body).unwrap_or_default();
    [r#"{"text":"#, more, ",", body.trim_start_matches('{')].concat().replace(",}", "}")
}

#[test]
fn a_genuine_delivery_passes_every_check_and_gets_no_hint() -> Result<(), Failure> {
    for vector in vectors()?.iter().filter(|vector| vector.expect == "valid") {
        let explanation = vector.explain(&vector.keys)?;
        let is_read = explanation.verdict == "valid";
        let failed: Vec<_> = explanation.checks.iter().filter(|check| !check.ok).map(|check| check.name).collect();
        assert!(is_read == failed.is_empty() && (is_read || failed == ["id"]), "{}: {explanation:?}", vector.id);
        assert_eq!(explanation.checks.len(), 7, "{}", vector.id);
        let hints = codes(&explanation);
        assert!(hints.is_empty() || hints == ["previous_key"], "{}: {explanation:?}", vector.id);
    }
    Ok(())
}

#[test]
fn the_verdict_is_that_of_the_verifier_and_the_last_check_is_the_one_that_failed() -> Result<(), Failure> {
    for vector in vectors()? {
        let explanation = vector.explain(&vector.keys)?;
        let verifier = Verifier::new(Scheme::named(&vector.scheme)?, &vector.keys)?;
        let code = match verifier.verify(vector.delivery(), vector.now()) {
            Err(rejection) => rejection.code(),
            Ok(verified) => verified.decode().map_or_else(|error| error.code(), |_| "valid"),
        };
        assert_eq!(explanation.verdict, code, "{}", vector.id);
        let (last, before) = explanation.checks.split_last().ok_or("no check")?;
        assert!(before.iter().all(|check| check.ok), "{}: {explanation:?}", vector.id);
        assert_eq!(last.ok, code == "valid", "{}: {explanation:?}", vector.id);
        let expected = match code {
            "valid" => "id",
            "missing_header" => "headers",
            "signature_mismatch" => "signature",
            "stale" | "premature" => "time",
            "body_mismatch" => "body",
            _ => last.name,
        };
        assert_eq!(last.name, expected, "{}", vector.id);
    }
    Ok(())
}

#[test]
fn a_wrong_secret_gets_no_hint_on_any_body_of_any_sender() -> Result<(), Failure> {
    let mut tried = 0;
    for vector in vectors()?.iter().filter(|vector| vector.expect == "valid") {
        let scheme = Scheme::named(&vector.scheme)?;
        let Some(wrong) = secret_for(scheme).filter(|secret| !vector.keys.iter().any(|key| key == secret)) else {
            continue;
        };
        let explanation = vector.explain(&[wrong.into()])?;
        let is_empty = vector.body.as_deref() == Some("");
        let expected: &[&str] =
            if is_empty && explanation.verdict == "signature_mismatch" { &["body_missing"] } else { &[] };
        let is_content = scheme.authenticated() == Authenticated::Content;
        assert_eq!(codes(&explanation), if is_content { expected } else { &[] }, "{}: {explanation:?}", vector.id);
        tried += 1;
    }
    assert!(tried > 100, "only {tried} vectors");
    Ok(())
}

proptest! {
    #[test]
    fn a_wrong_secret_gets_no_hint_whatever_the_body(
        body in prop_oneof!["\\PC{1,80}", r#"\{"[a-z]{1,9}": ?("[^"\\\\\u{fffd}]{0,30}"|[0-9]{1,9})\}\r?\n?"#],
        index in 0..senders::ALL.len(),
    ) {
        let scheme = &senders::ALL[index];
        prop_assume!(signs_any_body(scheme) && !body.contains('\u{fffd}'));
        let secret = secret_for(scheme).unwrap_or_default();
        // Another secret of the same kind.
        let other = match secret {
            HEX_KEY => HEX_KEY.replace('1', "2"),
            BASE64_KEY => BASE64_KEY.replace('M', "N"),
            other => other.to_uppercase(),
        };
        let headers = sign(scheme, secret, body.as_bytes()).unwrap_or_default();
        let verifier = Verifier::new(scheme, [&other]);
        let background = Background { secrets: &[&other], senders: senders::ALL, ..Background::default() };
        let explanation = verifier.map(|own| own.explain_with(delivery(&headers, body.as_bytes()), NOW, &background));
        let explanation = explanation.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(explanation.verdict, "signature_mismatch");
        prop_assert_eq!(codes(&explanation), Vec::<&str>::new());
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
        let background = Background { secrets: &[&secret], senders: senders::ALL, others: &[("same", &verifier)] };
        let arrived = delivery(&headers, &body).url(&url);
        prop_assert_ne!(verifier.explain_with(arrived, UnixTime::from_millis(now), &background).verdict, "valid");
    }
}

#[test]
fn json_that_was_printed_again_is_recognised_for_the_usual_printers() -> Result<(), Failure> {
    let text = r#""caf\u00e9 \/ <b> & '=' \ud83d\ude00 +""#;
    let as_javascript = "\"caf\u{e9} / <b> & '=' \u{1f600} +\"";
    // As the JSON libraries of these languages print the same text.
    let printed = [
        (", non-ASCII escaped", r#""caf\u00e9 / <b> & '=' \ud83d\ude00 +""#),
        (", slashes and non-ASCII escaped", r#""caf\u00e9 \/ <b> & '=' \ud83d\ude00 +""#),
        (", slashes escaped", "\"caf\u{e9} \\/ <b> & '=' \u{1f600} +\""),
        (", < > & escaped", "\"caf\u{e9} / \\u003cb\\u003e \\u0026 '=' \u{1f600} +\""),
        (", < > & = ' escaped", "\"caf\u{e9} / \\u003cb\\u003e \\u0026 \\u0027\\u003d\\u0027 \u{1f600} +\""),
        ("in upper case", r#""caf\u00E9 / \u003Cb\u003E \u0026 \u0027=\u0027 \uD83D\uDE00 \u002B""#),
    ];
    for (words, escaped) in printed {
        each_sender_gets("json_reprinted", words, |body| {
            (compact(body, escaped).into_bytes(), compact(body, as_javascript).into_bytes())
        })?;
    }
    each_sender_gets("json_reprinted", "printed without white space:", |body| {
        (compact(body, as_javascript).into_bytes(), compact(body, text).into_bytes())
    })
}

#[test]
fn json_that_was_laid_out_anew_is_recognised() -> Result<(), Failure> {
    use serde::Serialize;
    use serde_json::ser::{PrettyFormatter, Serializer};

    let indented = |json: &str, indent: &[u8]| {
        let mut printed = Vec::new();
        let value: BTreeMap<String, serde_json::Value> = serde_json::from_str(json).unwrap_or_default();
        let formatter = PrettyFormatter::with_indent(indent);
        assert!(value.serialize(&mut Serializer::with_formatter(&mut printed, formatter)).is_ok());
        printed
    };
    for (words, indent) in [("two spaces", "  "), ("four spaces", "    "), ("tabs", "\t")] {
        each_sender_gets("json_reprinted", words, |body| {
            let signed = indented(body, indent.as_bytes());
            let value: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&signed).unwrap_or_default();
            (signed, serde_json::to_vec(&value).unwrap_or_default())
        })?;
        each_sender_gets("json_reprinted", "without white space", |body| {
            let received = indented(body, indent.as_bytes());
            let value: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&received).unwrap_or_default();
            (serde_json::to_vec(&value).unwrap_or_default(), received)
        })?;
    }
    Ok(())
}

#[test]
fn json_of_python_that_was_printed_again_is_recognised() -> Result<(), Failure> {
    let signed = br#"{"id": "evt_1", "list": [1, 2.50, {}], "name": "Zo\u00eb"}"#;
    let received = "{\"id\":\"evt_1\",\"list\":[1,2.50,{}],\"name\":\"Zo\u{eb}\"}";
    for scheme in [&senders::STRIPE, &senders::GITHUB, &senders::SLACK, &senders::STANDARD] {
        let explanation = explain_body(scheme, signed, received.as_bytes())?;
        assert_eq!(codes(&explanation), ["json_reprinted"]);
        assert!(explanation.hints[0].message.contains("a space after commas and colons, non-ASCII escaped"));
    }
    // The number was written differently, which nobody can guess.
    let rounded = received.replace("2.50", "2.5");
    assert_eq!(codes(&explain_body(&senders::STRIPE, signed, rounded.as_bytes())?), Vec::<&str>::new());
    Ok(())
}

#[test]
fn a_crlf_that_parsing_has_dropped_is_recognised() -> Result<(), Failure> {
    each_sender_gets("json_reprinted", "with CR LF at the end", |body| {
        let value: BTreeMap<String, serde_json::Value> = serde_json::from_str(body).unwrap_or_default();
        let mut signed = serde_json::to_string_pretty(&value).unwrap_or_default().into_bytes();
        signed.extend(b"\r\n");
        (signed, serde_json::to_vec(&value).unwrap_or_default())
    })
}

#[test]
fn a_newline_more_or_less_is_recognised() -> Result<(), Failure> {
    for newline in ["\n", "\r\n"] {
        let word = if newline == "\n" { "line feed" } else { "CR LF" };
        let longer = |body: &str| [body, newline].concat().into_bytes();
        each_sender_gets("final_newline", word, |body| (body.as_bytes().to_vec(), longer(body)))?;
        each_sender_gets("final_newline", word, |body| (longer(body), body.as_bytes().to_vec()))?;
    }
    Ok(())
}

#[test]
fn white_space_around_the_body_is_recognised() -> Result<(), Failure> {
    each_sender_gets("white_space", "white space", |body| {
        (body.trim().into(), [" ", body, " \t\n"].concat().into_bytes())
    })
}

#[test]
fn changed_line_endings_are_recognised() -> Result<(), Failure> {
    let lines = |body: &str, ending: &str| {
        [body.trim(), "line", "line", ""].join("\n").replace("\r\n", "\n").replace('\n', ending).into_bytes()
    };
    each_sender_gets("line_endings", "here with CR LF", |body| (lines(body, "\n"), lines(body, "\r\n")))?;
    each_sender_gets("line_endings", "here with LF", |body| (lines(body, "\r\n"), lines(body, "\n")))
}

#[test]
fn a_byte_order_mark_is_recognised() -> Result<(), Failure> {
    let marked = |body: &str| ["\u{feff}", body].concat().into_bytes();
    each_sender_gets("byte_order_mark", "here with one", |body| (body.as_bytes().to_vec(), marked(body)))?;
    each_sender_gets("byte_order_mark", "here without", |body| (marked(body), body.as_bytes().to_vec()))
}

#[test]
fn a_body_in_the_wrong_charset_is_recognised() -> Result<(), Failure> {
    let utf8 = |body: &str| [body, "\u{e9}"].concat().into_bytes();
    let latin1 = |body: &str| [body.as_bytes(), b"\xe9"].concat();
    // What is in ASCII only has no charset to be in.
    let ascii = |body: &str| body.chars().filter(char::is_ascii).collect::<String>();
    each_sender_gets("charset", "here read as Latin-1", |body| {
        let body = ascii(body);
        (utf8(&body), [&body, "\u{c3}\u{a9}"].concat().into_bytes())
    })?;
    each_sender_gets("charset", "here read as Windows-1252", |body| {
        let body = ascii(body);
        ([&body, "\u{20ac}"].concat().into_bytes(), [&body, "\u{e2}\u{201a}\u{ac}"].concat().into_bytes())
    })?;
    each_sender_gets("charset", "here in Latin-1", |body| (utf8(&ascii(body)), latin1(&ascii(body))))?;
    each_sender_gets("charset", "here in Windows-1252", |body| {
        let body = ascii(body);
        ([&body, "\u{20ac}"].concat().into_bytes(), [body.as_bytes(), b"\x80"].concat())
    })
}

#[test]
fn lossy_decoding_is_suspected_only_where_nothing_else_fits() -> Result<(), Failure> {
    each_sender_gets("lossy_decoding", "U+FFFD", |body| {
        ([body.as_bytes(), b"\xff\xfe"].concat(), [body, "\u{fffd}\u{fffd}"].concat().into_bytes())
    })?;
    each_sender_gets("final_newline", "line feed", |body| {
        let body = [body, "\u{fffd}"].concat();
        ([&body, "\n"].concat().into_bytes(), body.into_bytes())
    })
}

#[test]
fn a_body_that_was_read_before_is_suspected() -> Result<(), Failure> {
    for (scheme, body) in sender_bodies()? {
        for received in ["", "[object Object]"] {
            let explanation = explain_body(scheme, body.as_bytes(), received.as_bytes())?;
            assert_eq!(codes(&explanation), ["body_missing"], "{}: {explanation:?}", scheme.name);
        }
    }
    // What is wrong with a header has nothing to do with the body.
    let headers = vec![("stripe-signature".into(), "t=1,v1=00".into())];
    let explanation = Verifier::new(&senders::STRIPE, [TEXT_KEY])?.explain(delivery(&headers, b""), NOW);
    assert_eq!((explanation.verdict, codes(&explanation)), ("malformed_timestamp", vec![]));
    Ok(())
}

#[test]
fn a_body_past_the_limit_is_left_alone() -> Result<(), Failure> {
    let body = vec![b'a'; 256 * 1024];
    let longer = [body.as_slice(), b"\n"].concat();
    assert_eq!(codes(&explain_body(&senders::GITHUB, &longer, &body)?), ["final_newline"]);
    assert_eq!(codes(&explain_body(&senders::GITHUB, &body, &longer)?), Vec::<&str>::new());
    // It would grow to gigabytes if it were indented.
    let nested = ["[".repeat(60), vec!["1"; 100_000].join(","), "]".repeat(60)].concat();
    assert_eq!(codes(&explain_body(&senders::GITHUB, b"other", nested.as_bytes())?), Vec::<&str>::new());
    Ok(())
}

/// What is said where the sender's key are these bytes and the receiver has this text.
fn explain_secret(scheme: &Scheme, sent: &[u8], text: &str) -> Result<Explanation, Failure> {
    let body = br#"{"id":"evt_1"}"#;
    let key = countersign::Key::from_bytes(scheme, sent)?;
    let headers = Signer::with_key(scheme, key).sign("msg_1", body, NOW);
    let background = Background { secrets: &["other", text], ..Background::default() };
    Ok(Verifier::new(scheme, [text])?.explain_with(delivery(&headers, body), NOW, &background))
}

#[test]
fn a_secret_that_is_read_differently_is_recognised() -> Result<(), Failure> {
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
        // Without the texts nobody can tell.
        let headers = Signer::with_key(scheme, countersign::Key::from_bytes(scheme, sent)?).sign("msg_1", b"{}", NOW);
        let explanation = Verifier::new(scheme, [text])?.explain(delivery(&headers, b"{}"), NOW);
        assert_eq!(codes(&explanation), Vec::<&str>::new());
    }
    Ok(())
}

#[test]
fn a_key_of_another_source_is_recognised() -> Result<(), Failure> {
    let live = Verifier::new(&senders::STRIPE, ["whsec_old", "whsec_live"])?;
    let named = countersign::Key::parse(&senders::SVIX, BASE64_KEY)?.named("2024");
    let svix = Verifier::with_keys(&senders::SVIX, vec![named])?;
    let test = Verifier::new(&senders::STRIPE, ["whsec_test"])?;
    let others = [("svix", &svix), ("live", &live)];
    let background = Background { others: &others, senders: senders::ALL, ..Background::default() };
    let body = br#"{"id":"evt_1"}"#;
    let cases = [
        (&senders::STRIPE, "whsec_live", "source `live` (key 2 of 2 made it)"),
        (&senders::SVIX, BASE64_KEY, "source `svix` (key `2024` made it)"),
    ];
    for (scheme, secret, words) in cases {
        let headers = sign(scheme, secret, body)?;
        let late = UnixTime::from_secs(NOW.as_secs() + 1000);
        let explanation = test.explain_with(delivery(&headers, body), late, &background);
        assert_eq!(codes(&explanation), ["other_source"], "{explanation:?}");
        assert!(explanation.hints[0].message.contains(words), "{explanation:?}");
    }
    Ok(())
}

#[test]
fn headers_of_another_sender_are_recognised() -> Result<(), Failure> {
    let stripe = Verifier::new(&senders::STRIPE, ["whsec_test"])?;
    for (scheme, words) in [
        (&senders::SHOPIFY, "Shopify"),
        (&senders::SLACK, "`x-slack-signature` header has arrived, which is used by Slack:"),
        (&senders::GITHUB, "GitHub"),
        (&senders::STANDARD, "Standard Webhooks"),
    ] {
        let headers = sign(scheme, secret_for(scheme).ok_or("no secret")?, b"{}")?;
        let explanation = stripe.explain(delivery(&headers, b"{}"), NOW);
        assert_eq!((explanation.verdict, codes(&explanation)), ("missing_header", vec!["other_sender"]));
        assert!(explanation.hints[0].message.contains(words), "{explanation:?}");
    }
    // Anything may have this header.
    let headers = vec![("Authorization".into(), "Bearer 1".into()), ("host".into(), "example.com".into())];
    assert_eq!(codes(&stripe.explain(delivery(&headers, b"{}"), NOW)), Vec::<&str>::new());
    Ok(())
}

#[test]
fn a_time_in_the_wrong_unit_is_recognised() -> Result<(), Failure> {
    for (scheme, unit, word) in [
        (senders::STRIPE, Unit::Milliseconds, "milliseconds"),
        (senders::STANDARD, Unit::Rfc3339, "RFC 3339"),
        (senders::SLACK, Unit::Milliseconds, "milliseconds"),
    ] {
        let Proof::Signature(mut signature) = scheme.proof else { return Err("no signature".into()) };
        signature.timestamp = signature.timestamp.map(|timestamp| countersign::scheme::Timestamp { unit, ..timestamp });
        let other = Scheme { proof: Proof::Signature(signature), ..scheme };
        let secret = secret_for(&scheme).ok_or("no secret")?;
        let headers = sign(&other, secret, b"{}")?;
        let explanation = Verifier::new(&scheme, [secret])?.explain(delivery(&headers, b"{}"), NOW);
        assert_eq!(
            (explanation.verdict, codes(&explanation)),
            ("malformed_timestamp", vec!["time_unit"]),
            "{}",
            scheme.name
        );
        assert!(explanation.hints[0].message.contains(word), "{explanation:?}");
        let explanation = Verifier::new(&scheme, [HEX_KEY])?.explain(delivery(&headers, b"{}"), NOW);
        assert_eq!(codes(&explanation), Vec::<&str>::new(), "{}: with a wrong secret", scheme.name);
    }
    Ok(())
}

#[test]
fn a_delivery_outside_the_window_is_told_by_how_much() -> Result<(), Failure> {
    let headers = sign(&senders::STRIPE, TEXT_KEY, b"{}")?;
    let verifier = Verifier::new(&senders::STRIPE, [TEXT_KEY])?;
    let at = |now| verifier.explain(delivery(&headers, b"{}"), now);
    let seconds = NOW.as_secs();
    let cases = [
        (UnixTime::from_secs(seconds + 360), "late_delivery", "it came 60 s too late"),
        (UnixTime::from_secs(seconds - 301), "clock_behind", "here is 301 s behind"),
        (UnixTime::from_secs(seconds * 1000), "time_unit", "wrong unit"),
        (UnixTime::from_millis(seconds), "time_unit", "wrong unit"),
    ];
    for (now, code, words) in cases {
        let explanation = at(now);
        assert_eq!(codes(&explanation), [code]);
        assert!(explanation.hints[0].message.contains(words), "{explanation:?}");
        let failed = explanation.checks.last().ok_or("no check")?;
        assert_eq!((failed.name, failed.ok), ("time", false));
        assert!(explanation.checks[3].ok, "{explanation:?}");
    }
    // A minute later the body has no id: that is all there is to say.
    let explanation = at(UnixTime::from_secs(seconds + 60));
    assert_eq!((explanation.verdict, codes(&explanation)), ("missing_id", vec![]));
    assert_eq!(explanation.checks[3].detail, "key 1 of 1 made it");
    assert_eq!(explanation.checks[4].detail, "signed 60 s ago");
    Ok(())
}

#[test]
fn a_key_that_is_not_the_first_is_told() -> Result<(), Failure> {
    let headers = sign(&senders::GITHUB, "old", b"{}")?;
    let explanation = Verifier::new(&senders::GITHUB, ["new", "old"])?.explain(delivery(&headers, b"{}"), NOW);
    assert_eq!((explanation.verdict, codes(&explanation)), ("valid", vec!["previous_key"]));
    assert!(explanation.hints[0].message.starts_with("key 2 of 2 "));
    Ok(())
}

#[test]
fn a_url_that_a_proxy_has_changed_is_found_a_f4() -> Result<(), Failure> {
    let secret = "12345";
    let body = b"CallSid=CA1&Digits=1234";
    // What was signed, what the receiver sees, and what a proxy says of it.
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
fn a_wrong_method_is_found() -> Result<(), Failure> {
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
    let arrived = Delivery::new(headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())), b"a=1");
    let explanation = Verifier::new(&senders::TWILIO, [TEXT_KEY])?.explain(arrived, NOW);
    assert_eq!((explanation.verdict, explanation.checks.len()), ("unsupported_signature", 1));
    assert!(explanation.checks[0].detail.contains("signs the URL"));
    Ok(())
}

#[test]
fn no_explanation_holds_a_secret_a_signature_or_the_body() -> Result<(), Failure> {
    let marked = r#"{"id":"evt_BODYMARK","text":"BODYMARK"}"#;
    let spoilt = ["\u{feff}", " \r\n"].map(|more| [more, marked].concat());
    let mut seen = 0;
    for scheme in senders::ALL.iter().filter(|scheme| signs_any_body(scheme)) {
        let secret = secret_for(scheme).ok_or("no secret")?;
        let headers = sign(scheme, secret, marked.as_bytes())?;
        for received in [marked, &spoilt[0], &spoilt[1], "", r#"{"id": "evt_BODYMARK"}"#] {
            let verifier = Verifier::new(scheme, [secret])?;
            let background = Background { secrets: &[secret], senders: senders::ALL, others: &[("same", &verifier)] };
            for now in [NOW, UnixTime::from_secs(0), UnixTime::from_secs(1_900_000_000)] {
                let text = format!(
                    "{:?}{background:?}",
                    verifier.explain_with(delivery(&headers, received.as_bytes()), now, &background)
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
