//! JSON that lost more than white space when it was parsed and serialized again. Every signed text is written here by hand.

use countersign::senders;

use crate::cases::Failure;
use crate::support::{assert_hint_for_each_sender, codes, explain_body};

/// A body of each sender with a last member `more`: with this text when it was signed, and with that when it arrived.
fn assert_lost(words: &str, signed: &str, received: &str) -> Result<(), Failure> {
    let with = |body: &str, value: &str| {
        let body = body.trim_end().trim_end_matches('}').trim_end();
        let separator = if body.ends_with('{') { "" } else { "," };
        let text = [body, separator, r#""more":"#, value, "}"].concat();
        // Without white space and escapes, which parsers do not keep either.
        let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        assert!(value.is_object(), "{text}");
        text
    };
    for (scheme, body) in [
        (&senders::STRIPE, r#"{"id":"evt_1","type":"invoice.paid","created":1700000000}"#),
        (&senders::GITHUB, r#"{"action":"opened","number":2,"tags":[],"ratio":2.5}"#),
        (&senders::SLACK, r#"{"event_id":"Ev1","event_time":1234567890,"authed_users":["U1"]}"#),
        (&senders::STANDARD, r#"{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":[7,8,9.25]}"#),
    ] {
        let explanation = explain_body(scheme, with(body, signed).as_bytes(), with(body, received).as_bytes())?;
        assert_eq!(codes(&explanation), ["json_reprinted"], "{signed} {received}: {explanation:?}");
        assert!(explanation.hints[0].message.contains(words), "{explanation:?}");
        // The sender writes a space after commas and colons, which is lost as well.
        let spaced = with(body, signed).replace(',', ", ").replace(':', ": ");
        let explanation = explain_body(scheme, spaced.as_bytes(), with(body, received).as_bytes())?;
        assert_eq!(codes(&explanation), ["json_reprinted"], "{spaced} {received}: {explanation:?}");
        assert!(explanation.hints[0].message.contains("with a space after"), "{explanation:?}");
    }
    Ok(())
}

#[test]
fn numbers_that_javascript_printed_again_are_recognized() -> Result<(), Failure> {
    for (words, signed, received) in [
        ("two decimals", "170.00", "170"),
        ("two decimals", r#"{"price":2.50,"vat":0.10}"#, r#"{"price":2.5,"vat":0.1}"#),
        ("two decimals", r#"[{"price":170.00},{"price":19.90}]"#, r#"[{"price":170},{"price":19.9}]"#),
        ("`.0`", "1.0", "1"),
        ("`.0`", "-20.0", "-20"),
        ("like 1e3", "1e3", "1000"),
        ("like 1E3", "1E3", "1000"),
        ("like 1e+3", "1e+21", "1000000000000000000000"),
        ("like 1.0E3", "1.0E7", "10000000"),
        ("like 1.0E3", "1.2345678E7", "12345678"),
        ("-0", "-0", "0"),
        ("-0.0", "-0.0", "0"),
    ] {
        assert_lost(words, signed, received)?;
    }
    Ok(())
}

#[test]
fn numbers_that_java_or_python_printed_again_are_recognized() -> Result<(), Failure> {
    for (signed, received) in [
        ("170", "170.0"),
        ("1700000000", "1.7E9"),
        ("1234567890", "1.23456789E9"),
        ("-15000000", "-1.5E7"),
        ("0.00001", "1e-05"),
        ("0", "0.0"),
    ] {
        assert_lost("without `.0` and without exponents", signed, received)?;
    }
    Ok(())
}

#[test]
fn an_empty_object_that_php_printed_as_an_array_is_recognized() -> Result<(), Failure> {
    assert_lost("`{}` for empty objects", "{}", "[]")?;
    assert_lost("`{}` for empty objects", r#"{"a":{},"b":[]}"#, r#"{"a":[],"b":[]}"#)?;
    // PHP escapes slashes and non-ASCII as well.
    let signed = "{\"id\":\"evt_1\",\"url\":\"https://example.com/caf\u{e9}\",\"meta\":{}}";
    let received = r#"{"id":"evt_1","url":"https:\/\/example.com\/caf\u00e9","meta":[]}"#;
    assert_eq!(codes(&explain_body(&senders::STRIPE, signed.as_bytes(), received.as_bytes())?), ["json_reprinted"]);
    Ok(())
}

#[test]
fn members_in_another_order_are_recognized() -> Result<(), Failure> {
    // Go and PostgreSQL sort members, so the signed order must be found.
    for (signed, received) in [
        (r#"{"type":"a","id":"1"}"#, r#"{"id":"1","type":"a"}"#),
        (
            r#"{"type":"a","id":"1","data":{"z":[{"y":1,"x":2}],"b":3}}"#,
            r#"{"data":{"b":3,"z":[{"x":2,"y":1}]},"id":"1","type":"a"}"#,
        ),
        (r#"{"f":1,"e":2,"d":3,"c":4,"b":5,"a":6}"#, r#"{"a":6,"b":5,"c":4,"d":3,"e":2,"f":1}"#),
        (r#"{"type": "a", "id": "1", "created": 2}"#, r#"{"created":2,"id":"1","type":"a"}"#),
    ] {
        for scheme in [&senders::STRIPE, &senders::GITHUB, &senders::SLACK, &senders::STANDARD] {
            let explanation = explain_body(scheme, signed.as_bytes(), received.as_bytes())?;
            assert_eq!(codes(&explanation), ["json_reprinted"], "{explanation:?}");
            assert!(explanation.hints[0].message.contains("order"), "{explanation:?}");
        }
    }
    Ok(())
}

#[test]
fn members_that_the_sender_sorts_are_recognized_however_many_there_are() -> Result<(), Failure> {
    assert_hint_for_each_sender("json_reprinted", "sorted by name", |body| {
        let mut members: Vec<(String, serde_json::Value)> =
            serde_json::from_str::<serde_json::Map<_, _>>(body).unwrap_or_default().into_iter().collect();
        members.retain(|(_, value)| value.is_string() || value.is_number());
        members.retain(|(_, value)| {
            value.to_string().bytes().all(|byte| byte.is_ascii() && !b"\\/<>&='+`%@".contains(&byte))
        });
        for index in 0..9 {
            members.push((format!("more_{index}"), index.into()));
        }
        members.sort_by(|(one, _), (other, _)| one.cmp(other));
        let print = |members: &[(String, serde_json::Value)]| {
            let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
            ["{", &members.join(","), "}"].concat().into_bytes()
        };
        let signed = print(&members);
        members.reverse();
        (signed, print(&members))
    })
}
