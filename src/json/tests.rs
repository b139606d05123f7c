//! The reader: values at pointers, and what it rejects.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::find::find;
use super::strict::read;
use super::value::{Span, Value};
use crate::error::DecodeError;
use crate::limits::MAX_DEPTH;

fn value_at(json: &str, pointer: &str) -> Option<String> {
    match read(json.as_bytes(), &[pointer]).ok()?.found.into_iter().next()?? {
        Value::Number(number) => Some(number.as_str().to_string()),
        value => value.text().map(Cow::into_owned),
    }
}

#[test]
fn a_pointer_finds_its_value() {
    let json = r#" {"id":"evt_1","n":-1.5e3,"data":{"id":"inner","type":{"id":"deep"}},"list":[{"id":"no"}]} "#;
    assert_eq!(value_at(json, "/id").as_deref(), Some("evt_1"));
    assert_eq!(value_at(json, "/n").as_deref(), Some("-1.5e3"));
    assert_eq!(value_at(json, "/data/id").as_deref(), Some("inner"));
    assert_eq!(value_at(json, "/data/type/id").as_deref(), Some("deep"));
    assert_eq!(value_at(json, "/data/none"), None);
    assert_eq!(value_at(json, "/id/none"), None);
    assert_eq!(value_at(json, "/list/id"), None);
    assert_eq!(
        value_at(r#"{"\u0069d":"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00b"}"#, "/id").as_deref(),
        Some("a\"\\/\u{8}\u{c}\n\r\té😀b")
    );
    assert_eq!(value_at(r#"{"id":"\ud83d"}"#, "/id"), None);
}

#[test]
fn a_pointer_follows_the_first_ten_items_of_an_array() {
    let items = r#"{"a":[{"b":"first"},["x","y"],{"b":"third"}],"0":"a member"}"#;
    assert_eq!(value_at(items, "/a/0/b").as_deref(), Some("first"));
    assert_eq!(value_at(items, "/a/1/1").as_deref(), Some("y"));
    assert_eq!(value_at(items, "/a/2/b").as_deref(), Some("third"));
    assert_eq!(value_at(items, "/a/3/b"), None);
    assert_eq!(value_at(items, "/a/00/b"), None);
    assert_eq!(value_at(items, "/0").as_deref(), Some("a member"));
    assert_eq!(value_at(r#"["a","b"]"#, "/1").as_deref(), Some("b"));
}

#[test]
fn a_member_with_a_slash_in_its_name_is_never_found() {
    for json in [r#"{"a/b":"wrong"}"#, r#"{"a\/b":"wrong"}"#, r#"{"a":{"b/":"wrong","/b":"wrong"}}"#] {
        assert_eq!(value_at(json, "/a/b"), None, "{json}");
    }
    assert_eq!(value_at(r#"{"a/b":"wrong","a":{"b":"right"},"a/":{"b":"wrong"}}"#, "/a/b").as_deref(), Some("right"));
    assert_eq!(value_at(r#"{"a/":{"b":"wrong"}}"#, "/a//b"), None);
}

#[test]
fn a_member_whose_name_is_only_similar_is_not_found() {
    for json in [r#"{"i":"wrong"}"#, r#"{"idx":"wrong"}"#, r#"{"":"wrong"}"#, r#"{"d":"wrong"}"#] {
        assert_eq!(value_at(json, "/id"), None, "{json}");
    }
    assert_eq!(value_at(r#"{"data":{"i":{"d":"wrong"}},"dat":{"a":{"id":"wrong"}}}"#, "/data/id"), None);
    // A pointer begins with a slash.
    for pointer in ["", "id", "xid"] {
        assert_eq!(value_at(r#"{"id":"wrong","d":"wrong","":"wrong"}"#, pointer), None, "{pointer}");
    }
}

#[test]
fn several_pointers_share_one_pass() {
    let json = br#"{"type":"event_callback","event":{"type":"app_mention","id":7}}"#;
    let found = read(json, &["/event/type", "/type", "/event/id", "/event"]).map(|document| document.found);
    let found = found.unwrap_or_default();
    let texts: Vec<_> = found.iter().map(|value| value.and_then(Value::text)).collect();
    assert_eq!(texts, [Some("app_mention".into()), Some("event_callback".into()), None, None]);
    assert_eq!(found.get(2), Some(&Some(Value::Number(Span(b"7")))));
    assert_eq!(found.get(3), Some(&Some(Value::Object)));
}

#[test]
fn equal_pointers_find_the_same_value() {
    let found = read(br#"{"a":{"b":"c"}}"#, &["/a/b", "/a", "/a/b"]).map(|document| document.found).unwrap();
    assert_eq!(found.first(), found.get(2));
    assert_eq!(found.first().copied().flatten().and_then(Value::text).as_deref(), Some("c"));
    assert_eq!(found.get(1), Some(&Some(Value::Object)));
}

/// The text of the value that the reader finds that is strict on the way only, or the code of its error.
fn found_on_the_way(json: &str, pointer: &str) -> Result<Option<String>, &'static str> {
    let document = find(json.as_bytes(), &[pointer]).map_err(|error| error.code())?;
    Ok(document.found.first().copied().flatten().and_then(Value::plain_text).map(Cow::into_owned))
}

/// Threat model: A-33.
#[test]
fn a_duplicate_name_on_the_way_to_a_value_is_rejected() {
    for (json, pointer) in [
        (r#"{"id":"1","id":"2"}"#, "/id"),
        (r#"{"id":"1","id":"1"}"#, "/id"),
        (r#"{"id":"1","\u0069d":"2"}"#, "/id"),
        (r#"{"\u0069\u0064":"1","i\u0064":"2"}"#, "/id"),
        (r#"{"id":"1","x":{"deep":[1,2,{"a":1,"a":2}]},"id":"2"}"#, "/id"),
        (r#"{"data":{"id":"1"},"data":{}}"#, "/data/id"),
        (r#"{"data":null,"data":{"id":"1"}}"#, "/data/id"),
        (r#"{"d\u0061ta":{"id":"1"},"data":7}"#, "/data/id"),
        (r#"{"data":{"id":"1","id":"2"}}"#, "/data/id"),
        (r#"{"events":[{"type":"a","type":"b"}]}"#, "/events/0/type"),
        (r#"{"events":[{"type":"a"}],"events":[]}"#, "/events/0/type"),
        (r#"[{"id":"1","id":"2"}]"#, "/0/id"),
        (r#"{"a":{"b":{"c":1},"b":[]}}"#, "/a/b/c"),
    ] {
        assert_eq!(found_on_the_way(json, pointer), Err("duplicate_key"), "{json}");
        let more = format!("{json}!");
        assert_eq!(found_on_the_way(&more, pointer).map(|_| ()), Err("duplicate_key"), "{more}");
        assert!(found_on_the_way(json.strip_suffix(['}', ']']).unwrap(), pointer).is_err(), "{json}");
    }
    let json = r#" {"a":{"b":1,"b":2} , "c":3}"#;
    let error = find(json.as_bytes(), &["/a/b"]).map(|_| ()).unwrap_err();
    assert_eq!(error, DecodeError::DuplicateKey { at: r#" {"a":{"b":1,"b":2}"#.len() });
}

/// Threat model: A-33.
#[test]
fn a_duplicate_name_off_the_way_is_accepted() {
    for (json, pointer) in [
        (r#"{"id":"1","x":1,"x":2}"#, "/id"),
        (r#"{"x":1,"\u0078":2,"id":"1"}"#, "/id"),
        (r#"{"id":"1","data":{"id":"2","id":"3"}}"#, "/id"),
        (r#"{"id":"1","list":[{"id":"2","id":"3"}]}"#, "/id"),
        (r#"{"data":{"id":"1","data":{"id":"2","id":"3"}},"id":"4","id":"5"}"#, "/data/id"),
        (r#"{"events":[{"type":"1"},{"type":"2","type":"3"}]}"#, "/events/0/type"),
        (r#"{"id":"1","ID":"2","Id":"3","i":"4","id ":"5"}"#, "/id"),
        (r#"{"id":"1","\ud800":2,"\ud800":3}"#, "/id"),
        (r#"{"id":{"a":1,"a":2},"x":"1"}"#, "/x"),
    ] {
        assert_eq!(found_on_the_way(json, pointer), Ok(Some("1".into())), "{json}");
        assert!(read(json.as_bytes(), &[pointer]).is_err() || json.contains("ID"), "{json}");
    }
}

#[test]
fn all_pointers_of_a_pass_are_on_the_way() {
    let pointers = ["/event/type", "/type", "/id"];
    let document = find(br#"{"type":"a","event":{"id":1,"id":2},"id":"b"}"#, &pointers).unwrap();
    assert_eq!(document.found.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true, true]);
    for json in [
        r#"{"type":"a","event":{"type":"b","type":"c"},"id":"b"}"#,
        r#"{"type":"a","event":{},"event":{},"id":"b"}"#,
        r#"{"type":"a","type":"a","event":{"type":"b"},"id":"b"}"#,
    ] {
        assert_eq!(find(json.as_bytes(), &pointers).map(|_| ()).unwrap_err().code(), "duplicate_key", "{json}");
    }
}

/// Threat model: A-34.
#[test]
fn deep_nesting_off_the_way_is_accepted_and_takes_one_bit_a_level() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
        for depth in [60, 63, 64, 65, 66, 127, 128, 129, 1000] {
            let (open, close) = (open.repeat(depth), close.repeat(depth));
            let json = format!(r#"{{"x":{open}1{close},"id":"1"}}"#);
            assert_eq!(found_on_the_way(&json, "/id"), Ok(Some("1".into())), "{depth} levels");
            for broken in [
                format!(r#"{{"x":{open}1{close}],"id":"1"}}"#),
                format!(r#"{{"x":{open}1{},"id":"1"}}"#, close.split_at(1).1),
                format!(r#"{{"x":{open},"id":"1"}}"#),
                format!(r#"{{"id":"1","x":{open}"#),
            ] {
                assert_eq!(found_on_the_way(&broken, "/id"), Err("not_json"), "{depth} levels");
            }
        }
    }
    let million = format!(r#"{{"x":{}{},"id":"1"}}"#, "[".repeat(1_000_000), "]".repeat(1_000_000));
    assert_eq!(found_on_the_way(&million, "/id"), Ok(Some("1".into())));
    assert_eq!(found_on_the_way(&"{\"id\":[".repeat(500_000), "/id"), Err("not_json"));
    // A closing bracket of the wrong kind, at each level.
    for depth in [1, 63, 64, 65, 200] {
        for place in 0..depth {
            let mut json = ["[".repeat(depth), "]".repeat(depth)].concat().into_bytes();
            json[depth + place] = b'}';
            let error = find(&json, &["/id"]).map(|_| ()).unwrap_err();
            assert_eq!(error, DecodeError::NotJson { at: depth + place });
        }
    }
}

/// Threat model: A-34.
#[test]
fn a_value_deeper_than_the_limit_is_not_looked_for() {
    let pointer = "/a".repeat(MAX_DEPTH + 1);
    let nested = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    assert_eq!(found_on_the_way(&nested(MAX_DEPTH), &"/a".repeat(MAX_DEPTH)), Ok(Some("1".into())));
    assert_eq!(found_on_the_way(&nested(MAX_DEPTH + 1), &pointer), Err("too_deep"));
}

/// Threat model: A-33.
#[test]
fn an_object_with_a_duplicate_member_is_rejected() {
    for json in [
        r#"{"a":1,"a":2}"#,
        r#"{"a":1,"b":{"c":1,"d":2,"c":3}}"#,
        r#"{"a":1,"\u0061":2}"#,
        r#"[{"":0,"":0}]"#,
        r#"{"__proto__":1,"__proto__":2}"#,
        r#"{"a":0,"b":0,"c":0,"d":0,"e":0,"f":0,"g":0,"h":0,"i":0,"j":0,"k":0,"l":0,"m":0,"n":0,"o":0,"p":0,"q":0,"a":0}"#,
    ] {
        let error = read(json.as_bytes(), &[]).map(|_| ()).unwrap_err();
        assert_eq!(error.code(), "duplicate_key", "{json}");
    }
    for json in [r#"{"a":{"a":1},"b":[{"a":1},{"a":2}]}"#, "{\"\u{e9}\":1,\"e\u{301}\":2}"] {
        assert!(read(json.as_bytes(), &[]).is_ok(), "{json}");
    }
}

/// Threat model: A-33.
#[test]
fn member_names_are_compared_after_unescaping() {
    // All names have the same ends and length, and so the same fingerprint.
    let name = |middle: &str| format!("\"ends alike {middle} ends alike\":0");
    for (one, other) in [("a", "\\u0061"), ("\\n", "\\u000a"), ("\\u00e9", "é"), ("\\ud83d\\ude00", "😀")] {
        let twice = format!("{{{},{}}}", name(one), name(other));
        assert_eq!(read(twice.as_bytes(), &[]).map(|_| ()).unwrap_err().code(), "duplicate_key", "{twice}");
    }
    for (one, other) in [("a", "\\u0062"), ("\\n", "\\t"), ("\\u0061", "\\u0062")] {
        let both = format!("{{{},{}}}", name(one), name(other));
        assert!(read(both.as_bytes(), &[]).is_ok(), "{both}");
    }
}

/// Threat model: A-34.
#[test]
fn nesting_beyond_the_limit_is_rejected() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(read(nested(MAX_DEPTH).as_bytes(), &[]).is_ok());
    let error = read(nested(MAX_DEPTH + 1).as_bytes(), &[]).map(|_| ()).unwrap_err();
    assert_eq!(error, DecodeError::TooDeep { at: MAX_DEPTH });
    let bomb = "[".repeat(100_000);
    assert_eq!(read(bomb.as_bytes(), &[]).map(|_| ()).unwrap_err().code(), "too_deep");
    let bomb = "{\"a\":".repeat(50_000);
    assert_eq!(read(bomb.as_bytes(), &[]).map(|_| ()).unwrap_err().code(), "too_deep");
}

#[test]
fn integers_that_a_float_would_round_are_reported() {
    for (json, big) in [
        ("9007199254740991", false),
        ("9007199254740992", true),
        ("-9007199254740993", true),
        ("123456789012345678901234567890", true),
        ("1e999", false),
        ("0.1234567890123456789", false),
        ("[1,{\"a\":18446744073709551616}]", true),
    ] {
        assert_eq!(read(json.as_bytes(), &[]).map(|document| document.has_big_integer), Ok(big), "{json}");
    }
}

#[test]
fn a_text_that_is_not_json_is_rejected_at_the_offending_byte() {
    for (json, at) in [
        ("", 0),
        (" ", 1),
        ("{", 1),
        ("[1,]", 3),
        ("[1 2]", 3),
        ("{\"a\"}", 4),
        ("{\"a\":}", 5),
        ("{a:1}", 1),
        ("01", 2),
        ("-", 1),
        ("1.", 2),
        (".5", 0),
        ("1e", 2),
        ("+1", 0),
        ("NaN", 0),
        ("nul", 0),
        ("'a'", 0),
        ("\"a", 1),
        ("\"\\x\"", 2),
        ("\"\\u12G4\"", 3),
        ("\"\t\"", 1),
        ("{} {}", 3),
        ("\u{feff}{}", 0),
        ("[1]\0", 3),
        ("{\"a\":1,}", 7),
        (r#"{"\ud800":1}"#, 9),
    ] {
        let error = read(json.as_bytes(), &[]).map(|_| ()).unwrap_err();
        assert_eq!(error, DecodeError::NotJson { at }, "{json:?}");
    }
    assert_eq!(read(b"\"\xff\"", &[]).map(|_| ()).unwrap_err(), DecodeError::NotJson { at: 1 });
}
