//! A strict reader of JSON (RFC 8259) that answers "is this whole text sound, and what stands at these places?"
//! in one pass, without building a tree.
//!
//! It refuses what readers disagree about: a member named twice, nesting past [`MAX_DEPTH`], and text that is not
//! UTF-8. It changes nothing: numbers and strings come back as they are written.

mod cursor;
mod names;
mod print;
mod reader;
#[cfg(test)]
mod reference;
mod scan;
mod tree;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::text::split::cut;

pub(crate) use print::{Escapes, Spacing, print};
pub(crate) use reader::read;
pub(crate) use tree::{Tree, tree};

/// A value found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value<'j> {
    Null,
    Bool(bool),
    Number(Written<'j>),
    String(Text<'j>),
    Array,
    Object,
}

impl<'j> Value<'j> {
    /// The text of this value: of a string what it says, of a number or a truth value how it is written.
    pub(crate) fn plain_text(self) -> Option<Cow<'j, str>> {
        match self {
            Self::String(_) => self.text(),
            Self::Number(number) => Some(Cow::Borrowed(number.as_str())),
            Self::Bool(true) => Some(Cow::Borrowed("true")),
            Self::Bool(false) => Some(Cow::Borrowed("false")),
            Self::Null | Self::Array | Self::Object => None,
        }
    }

    /// The string this value is; `None` for other values and for strings that are not Unicode text.
    pub(crate) fn text(self) -> Option<Cow<'j, str>> {
        match self {
            Self::String(text) => text.unescaped(),
            _ => None,
        }
    }
}

/// A piece of a text, as it is written there. Most pieces only have to be passed over, so they are bytes for as long as
/// nobody asks what they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Written<'j>(&'j [u8]);

impl<'j> Written<'j> {
    /// The piece. The text that it is of is UTF-8, and no piece begins or ends within a character.
    pub(crate) fn as_str(self) -> &'j str {
        core::str::from_utf8(self.0).unwrap_or_default()
    }

    /// How many bytes it has.
    pub(crate) const fn len(self) -> usize {
        self.0.len()
    }

    /// Whether this number is an integer that a floating-point number of 64 bits cannot hold, or not with all smaller
    /// ones.
    fn is_big_integer(self) -> bool {
        let length = LARGEST_SAFE_INTEGER.len();
        // Nearly every number is told by this.
        if self.len() < length {
            return false;
        }
        let digits = self.0.strip_prefix(b"-").unwrap_or(self.0);
        digits.len() >= length
            && digits.iter().all(u8::is_ascii_digit)
            && (digits.len() > length || digits > LARGEST_SAFE_INTEGER)
    }
}

/// 2^53 - 1. Of two integers that are written without needless zeros, the longer one is larger.
const LARGEST_SAFE_INTEGER: &[u8] = b"9007199254740991";

/// A string as it is written, without the quotation marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text<'j> {
    written: Written<'j>,
    has_escapes: bool,
}

impl<'j> Text<'j> {
    /// The string as it is written.
    pub(crate) fn raw(self) -> &'j str {
        self.written.as_str()
    }

    /// What the string says; `None` where an escape names half of a surrogate pair.
    fn unescaped(self) -> Option<Cow<'j, str>> {
        if self.has_escapes { self.without_escapes().map(Cow::Owned) } else { Some(Cow::Borrowed(self.raw())) }
    }

    fn without_escapes(self) -> Option<String> {
        let mut text = String::new();
        let mut rest = self.raw();
        while let Some((plain, escape)) = cut(rest, "\\") {
            text.push_str(plain);
            let (character, after) = unescape(escape)?;
            text.push(character);
            rest = after;
        }
        text.push_str(rest);
        Some(text)
    }
}

/// The character of an escape, which begins after its backslash, and what follows it.
fn unescape(escape: &str) -> Option<(char, &str)> {
    let (letter, rest) = escape.split_at_checked(1)?;
    let character = match letter.as_bytes().first()? {
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unescape_unicode(rest),
        other => char::from(*other),
    };
    Some((character, rest))
}

/// The character of `\uXXXX`, or of two of them that make a surrogate pair.
fn unescape_unicode(digits: &str) -> Option<(char, &str)> {
    let (first, rest) = code_unit(digits)?;
    if let Some(character) = char::from_u32(first) {
        return Some((character, rest));
    }
    let (second, rest) = code_unit(rest.strip_prefix("\\u")?)?;
    let high = first.checked_sub(0xD800).filter(|high| *high < 0x400)?;
    let low = second.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
    let code_point = (high << 10).saturating_add(low).saturating_add(0x1_0000);
    Some((char::from_u32(code_point)?, rest))
}

/// The number that four hexadecimal digits write.
fn code_unit(digits: &str) -> Option<(u32, &str)> {
    let (digits, rest) = digits.split_at_checked(4)?;
    let number = digits.chars().try_fold(0, |number, digit| Some(number << 4 | digit.to_digit(16)?))?;
    Some((number, rest))
}

/// What one pass over a text found.
#[derive(Clone, Debug)]
pub(crate) struct Document<'j> {
    /// The text, which is UTF-8.
    pub(crate) text: Written<'j>,
    /// The value at each pointer, in the order asked for.
    pub(crate) found: Vec<Option<Value<'j>>>,
    /// Whether an integer is written that a 64-bit floating-point number would round.
    pub(crate) has_big_integer: bool,
}

impl Document<'_> {
    /// Whether the text as a whole is an object.
    pub(crate) fn is_object(&self) -> bool {
        self.text.0.trim_ascii_start().starts_with(b"{")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::DecodeError;
    use crate::limits::MAX_DEPTH;
    use alloc::format;
    use alloc::string::ToString;

    fn find(json: &str, pointer: &str) -> Option<String> {
        match read(json.as_bytes(), &[pointer]).ok()?.found.into_iter().next()?? {
            Value::Number(number) => Some(number.as_str().to_string()),
            value => value.text().map(Cow::into_owned),
        }
    }

    #[test]
    fn values_are_found_where_pointers_lead() {
        let json = r#" {"id":"evt_1","n":-1.5e3,"data":{"id":"inner","type":{"id":"deep"}},"list":[{"id":"no"}]} "#;
        assert_eq!(find(json, "/id").as_deref(), Some("evt_1"));
        assert_eq!(find(json, "/n").as_deref(), Some("-1.5e3"));
        assert_eq!(find(json, "/data/id").as_deref(), Some("inner"));
        assert_eq!(find(json, "/data/type/id").as_deref(), Some("deep"));
        assert_eq!(find(json, "/data/none"), None);
        assert_eq!(find(json, "/id/none"), None);
        assert_eq!(find(json, "/list/id"), None);
        assert_eq!(
            find(r#"{"\u0069d":"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00b"}"#, "/id").as_deref(),
            Some("a\"\\/\u{8}\u{c}\n\r\té😀b")
        );
        assert_eq!(find(r#"{"id":"\ud83d"}"#, "/id"), None);
    }

    #[test]
    fn pointers_lead_through_the_first_items_of_arrays() {
        let items = r#"{"a":[{"b":"first"},["x","y"],{"b":"third"}],"0":"a member"}"#;
        assert_eq!(find(items, "/a/0/b").as_deref(), Some("first"));
        assert_eq!(find(items, "/a/1/1").as_deref(), Some("y"));
        assert_eq!(find(items, "/a/2/b").as_deref(), Some("third"));
        assert_eq!(find(items, "/a/3/b"), None);
        assert_eq!(find(items, "/a/00/b"), None);
        assert_eq!(find(items, "/0").as_deref(), Some("a member"));
        assert_eq!(find(r#"["a","b"]"#, "/1").as_deref(), Some("b"));
    }

    #[test]
    fn a_slash_in_a_name_is_none_of_a_pointers() {
        for json in [r#"{"a/b":"wrong"}"#, r#"{"a\/b":"wrong"}"#, r#"{"a":{"b/":"wrong","/b":"wrong"}}"#] {
            assert_eq!(find(json, "/a/b"), None, "{json}");
        }
        assert_eq!(find(r#"{"a/b":"wrong","a":{"b":"right"},"a/":{"b":"wrong"}}"#, "/a/b").as_deref(), Some("right"));
        assert_eq!(find(r#"{"a/":{"b":"wrong"}}"#, "/a//b"), None);
    }

    #[test]
    fn a_name_that_a_pointer_only_begins_or_ends_like_is_another() {
        for json in [r#"{"i":"wrong"}"#, r#"{"idx":"wrong"}"#, r#"{"":"wrong"}"#, r#"{"d":"wrong"}"#] {
            assert_eq!(find(json, "/id"), None, "{json}");
        }
        assert_eq!(find(r#"{"data":{"i":{"d":"wrong"}},"dat":{"a":{"id":"wrong"}}}"#, "/data/id"), None);
        // What does not begin with a slash is no pointer.
        for pointer in ["", "id", "xid"] {
            assert_eq!(find(r#"{"id":"wrong","d":"wrong","":"wrong"}"#, pointer), None, "{pointer}");
        }
    }

    #[test]
    fn several_pointers_share_one_pass() {
        let json = br#"{"type":"event_callback","event":{"type":"app_mention","id":7}}"#;
        let found = read(json, &["/event/type", "/type", "/event/id", "/event"]).map(|document| document.found);
        let found = found.unwrap_or_default();
        let texts: Vec<_> = found.iter().map(|value| value.and_then(Value::text)).collect();
        assert_eq!(texts, [Some("app_mention".into()), Some("event_callback".into()), None, None]);
        assert_eq!(found.get(2), Some(&Some(Value::Number(Written(b"7")))));
        assert_eq!(found.get(3), Some(&Some(Value::Object)));
    }

    #[test]
    fn pointers_that_are_the_same_all_find_the_value() {
        let found = read(br#"{"a":{"b":"c"}}"#, &["/a/b", "/a", "/a/b"]).map(|document| document.found).unwrap();
        assert_eq!(found.first(), found.get(2));
        assert_eq!(found.first().copied().flatten().and_then(Value::text).as_deref(), Some("c"));
        assert_eq!(found.get(1), Some(&Some(Value::Object)));
    }

    #[test]
    fn a_member_named_twice_is_refused_a33() {
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

    #[test]
    fn names_with_escapes_are_compared_by_what_they_say_a33() {
        // All have the same ends and length, and so the same mark.
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

    #[test]
    fn nesting_is_bounded_a34() {
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
    fn integers_that_would_be_rounded_are_seen() {
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
    fn what_is_not_json_is_refused_at_the_byte_that_does_not_fit() {
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
}
