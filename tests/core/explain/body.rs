//! Alterations of the body.

use std::collections::BTreeMap;

use countersign::{Explanation, Verifier, senders};

use crate::cases::Failure;
use crate::shared::TEXT_KEY;
use crate::support::{NOW, assert_hint_for_each_sender, codes, delivery, explain_body, sender_bodies};

/// The members of a body that all serializers write alike, and one more, without white space.
fn compact(body: &str, more: &str) -> String {
    let mut body: BTreeMap<String, serde_json::Value> = serde_json::from_str(body).unwrap_or_default();
    body.retain(|_, value| value.to_string().bytes().all(|byte| byte.is_ascii() && !b"/<>&='+`@%".contains(&byte)));
    let body = serde_json::to_string(&body).unwrap_or_default();
    [r#"{"text":"#, more, ",", body.trim_start_matches('{')].concat().replace(",}", "}")
}

#[test]
fn json_with_other_escapes_is_recognized_for_the_usual_serializers() -> Result<(), Failure> {
    let text = r#""caf\u00e9 \/ <b> & '=' \ud83d\ude00 +""#;
    let as_javascript = "\"caf\u{e9} / <b> & '=' \u{1f600} +\"";
    // The same text as JSON libraries write it: Python, PHP (two modes), Go, Gson, .NET.
    let printed = [
        (", non-ASCII escaped", r#""caf\u00e9 / <b> & '=' \ud83d\ude00 +""#),
        (", slashes and non-ASCII escaped", r#""caf\u00e9 \/ <b> & '=' \ud83d\ude00 +""#),
        (", slashes escaped", "\"caf\u{e9} \\/ <b> & '=' \u{1f600} +\""),
        (", < > & escaped", "\"caf\u{e9} / \\u003cb\\u003e \\u0026 '=' \u{1f600} +\""),
        (", < > & = ' escaped", "\"caf\u{e9} / \\u003cb\\u003e \\u0026 \\u0027\\u003d\\u0027 \u{1f600} +\""),
        // Meta: letters in the escapes of ASCII are in upper case, the others in lower case.
        ("as Meta does", r#""caf\u00e9 \/ \u003Cb> & '=' \ud83d\ude00 +""#),
        ("in upper case", r#""caf\u00E9 / \u003Cb\u003E \u0026 \u0027=\u0027 \uD83D\uDE00 \u002B""#),
    ];
    for (words, escaped) in printed {
        assert_hint_for_each_sender("json_reprinted", words, |body| {
            (compact(body, escaped).into_bytes(), compact(body, as_javascript).into_bytes())
        })?;
    }
    assert_hint_for_each_sender("json_reprinted", "signed without white space:", |body| {
        (compact(body, as_javascript).into_bytes(), compact(body, text).into_bytes())
    })
}

#[test]
fn json_with_other_white_space_is_recognized() -> Result<(), Failure> {
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
        assert_hint_for_each_sender("json_reprinted", words, |body| {
            let signed = indented(body, indent.as_bytes());
            let value: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&signed).unwrap_or_default();
            (signed, serde_json::to_vec(&value).unwrap_or_default())
        })?;
        assert_hint_for_each_sender("json_reprinted", "without white space", |body| {
            let received = indented(body, indent.as_bytes());
            let value: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&received).unwrap_or_default();
            (serde_json::to_vec(&value).unwrap_or_default(), received)
        })?;
    }
    Ok(())
}

#[test]
fn json_that_python_wrote_and_javascript_reserialized_is_recognized() -> Result<(), Failure> {
    let signed = br#"{"id": "evt_1", "list": [1, 2.50, {}], "name": "Zo\u00eb"}"#;
    let received = "{\"id\":\"evt_1\",\"list\":[1,2.50,{}],\"name\":\"Zo\u{eb}\"}";
    for scheme in [&senders::STRIPE, &senders::GITHUB, &senders::SLACK, &senders::STANDARD] {
        let explanation = explain_body(scheme, signed, received.as_bytes())?;
        assert_eq!(codes(&explanation), ["json_reprinted"]);
        assert!(explanation.hints[0].message.contains("a space after commas and colons, non-ASCII escaped"));
    }
    // A number that was changed cannot be restored.
    let rounded = received.replace("2.50", "2.4");
    assert_eq!(codes(&explain_body(&senders::STRIPE, signed, rounded.as_bytes())?), Vec::<&str>::new());
    Ok(())
}

#[test]
fn reserialized_json_without_its_final_line_end_is_recognized() -> Result<(), Failure> {
    assert_hint_for_each_sender("json_reprinted", "with CR LF at the end", |body| {
        let value: BTreeMap<String, serde_json::Value> = serde_json::from_str(body).unwrap_or_default();
        let mut signed = serde_json::to_string_pretty(&value).unwrap_or_default().into_bytes();
        signed.extend(b"\r\n");
        (signed, serde_json::to_vec(&value).unwrap_or_default())
    })
}

#[test]
fn an_added_or_removed_final_newline_is_recognized() -> Result<(), Failure> {
    for newline in ["\n", "\r\n"] {
        let word = if newline == "\n" { "line feed" } else { "CR LF" };
        let longer = |body: &str| [body, newline].concat().into_bytes();
        assert_hint_for_each_sender("final_newline", word, |body| (body.as_bytes().to_vec(), longer(body)))?;
        assert_hint_for_each_sender("final_newline", word, |body| (longer(body), body.as_bytes().to_vec()))?;
    }
    Ok(())
}

#[test]
fn white_space_around_the_body_is_recognized() -> Result<(), Failure> {
    assert_hint_for_each_sender("white_space", "white space", |body| {
        (body.trim().into(), [" ", body, " \t\n"].concat().into_bytes())
    })
}

#[test]
fn converted_line_ends_are_recognized() -> Result<(), Failure> {
    let lines = |body: &str, ending: &str| {
        [body.trim(), "line", "line", ""].join("\n").replace("\r\n", "\n").replace('\n', ending).into_bytes()
    };
    assert_hint_for_each_sender("line_endings", "arrived with CR LF", |body| (lines(body, "\n"), lines(body, "\r\n")))?;
    assert_hint_for_each_sender("line_endings", "arrived with LF", |body| (lines(body, "\r\n"), lines(body, "\n")))
}

#[test]
fn an_added_or_removed_byte_order_mark_is_recognized() -> Result<(), Failure> {
    let marked = |body: &str| ["\u{feff}", body].concat().into_bytes();
    assert_hint_for_each_sender("byte_order_mark", "arrived with one", |body| {
        (body.as_bytes().to_vec(), marked(body))
    })?;
    assert_hint_for_each_sender("byte_order_mark", "arrived without", |body| (marked(body), body.as_bytes().to_vec()))
}

#[test]
fn a_body_in_the_wrong_character_set_is_recognized() -> Result<(), Failure> {
    let utf8 = |body: &str| [body, "\u{e9}"].concat().into_bytes();
    let latin1 = |body: &str| [body.as_bytes(), b"\xe9"].concat();
    // ASCII is the same in all of these character sets.
    let ascii = |body: &str| body.chars().filter(char::is_ascii).collect::<String>();
    assert_hint_for_each_sender("charset", "arrived decoded as Latin-1", |body| {
        let body = ascii(body);
        (utf8(&body), [&body, "\u{c3}\u{a9}"].concat().into_bytes())
    })?;
    assert_hint_for_each_sender("charset", "arrived decoded as Windows-1252", |body| {
        let body = ascii(body);
        ([&body, "\u{20ac}"].concat().into_bytes(), [&body, "\u{e2}\u{201a}\u{ac}"].concat().into_bytes())
    })?;
    assert_hint_for_each_sender("charset", "arrived in Latin-1", |body| (utf8(&ascii(body)), latin1(&ascii(body))))?;
    assert_hint_for_each_sender("charset", "arrived in Windows-1252", |body| {
        let body = ascii(body);
        ([&body, "\u{20ac}"].concat().into_bytes(), [body.as_bytes(), b"\x80"].concat())
    })
}

#[test]
fn lossy_decoding_is_suspected_only_if_no_mistake_can_be_undone() -> Result<(), Failure> {
    assert_hint_for_each_sender("lossy_decoding", "U+FFFD", |body| {
        ([body.as_bytes(), b"\xff\xfe"].concat(), [body, "\u{fffd}\u{fffd}"].concat().into_bytes())
    })?;
    assert_hint_for_each_sender("final_newline", "line feed", |body| {
        let body = [body, "\u{fffd}"].concat();
        ([&body, "\n"].concat().into_bytes(), body.into_bytes())
    })
}

#[test]
fn a_body_that_a_framework_has_consumed_is_reported_as_missing() -> Result<(), Failure> {
    for (scheme, body) in sender_bodies()? {
        for received in ["", "[object Object]"] {
            let explanation = explain_body(scheme, body.as_bytes(), received.as_bytes())?;
            assert_eq!(codes(&explanation), ["body_missing"], "{}: {explanation:?}", scheme.name);
        }
    }
    // A malformed header has nothing to do with the body.
    let headers = vec![("stripe-signature".into(), "t=1,v1=00".into())];
    let explanation = Verifier::new(&senders::STRIPE, [TEXT_KEY])?.explain(delivery(&headers, b""), NOW);
    assert_eq!((explanation.verdict, codes(&explanation)), ("malformed_timestamp", vec![]));
    Ok(())
}

#[test]
fn json_that_meta_escaped_is_recognized_however_much_of_it_was_decoded() -> Result<(), Failure> {
    let signed = r#"{"object":"page","text":"50\u0025 \u003C3 me\u0040example.com \u00e4\u00f6\u00e5 https:\/\/x"}"#;
    for received in [
        "{\"object\":\"page\",\"text\":\"50% <3 me@example.com \u{e4}\u{f6}\u{e5} https://x\"}",
        r#"{"object":"page","text":"50% <3 me@example.com \u00e4\u00f6\u00e5 https://x"}"#,
        r#"{"object":"page","text":"50\u0025 <3 me@example.com \u00E4\u00F6\u00E5 https:\/\/x"}"#,
    ] {
        let explanation = explain_body(&senders::META, signed.as_bytes(), received.as_bytes())?;
        assert_eq!(codes(&explanation), ["json_reprinted"], "{explanation:?}");
        assert!(explanation.hints[0].message.contains("as Meta does"), "{explanation:?}");
    }
    Ok(())
}

#[test]
fn a_large_body_gets_fewer_attempts_and_the_explanation_says_so() -> Result<(), Failure> {
    let body = vec![b'a'; 1024 * 1024];
    let longer = [body.as_slice(), b"\n"].concat();
    let detail = |explanation: &Explanation| explanation.checks.last().map(|check| check.detail.clone());
    for (signed, received) in [(&longer, &body), (&body, &longer)] {
        let explanation = explain_body(&senders::GITHUB, signed, received)?;
        assert_eq!(codes(&explanation), ["final_newline"]);
        assert!(detail(&explanation).is_some_and(|detail| !detail.contains("Not every mistake was tried")));
    }
    // Indented, this body would have gigabytes.
    let nested = ["[".repeat(60), vec!["1"; 100_000].join(","), "]".repeat(60)].concat();
    for received in [body, nested.into_bytes(), vec![b'a'; 20 * 1024 * 1024]] {
        let explanation = explain_body(&senders::GITHUB, b"other", &received)?;
        assert_eq!(codes(&explanation), Vec::<&str>::new());
        assert!(detail(&explanation).is_some_and(|detail| detail.contains("Not every mistake was tried")));
    }
    let explanation = explain_body(&senders::GITHUB, b"other", b"{}")?;
    assert!(detail(&explanation).is_some_and(|detail| !detail.contains("Not every mistake was tried")));
    Ok(())
}
