//! A strict reader of JSON (RFC 8259) that answers "is this whole text sound, and what stands at these places?"
//! in one pass, without building a tree.
//!
//! It refuses what readers disagree about: a member named twice, nesting past [`MAX_DEPTH`], and text that is not
//! UTF-8. It changes nothing: numbers and strings come back as they are written.

mod cursor;
mod names;
mod print;
#[cfg(test)]
mod reference;
mod scan;
mod tree;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::encoding::{cut, decimal};
use crate::error::DecodeError;
use cursor::Cursor;
use names::Names;

pub(crate) use print::{Escapes, Spacing, print};
pub(crate) use tree::{Tree, tree};

/// How many objects and arrays may be open at once.
pub const MAX_DEPTH: usize = 64;

/// The last item of an array that a pointer may lead to.
const LAST_INDEX: usize = 9;

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
        let digits = self.0.strip_prefix(b"-").unwrap_or(self.0);
        let length = LARGEST_SAFE_INTEGER.len();
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

/// Reads a whole text and picks out the values at `pointers`.
pub(crate) fn read<'j>(body: &'j [u8], pointers: &[&str]) -> Result<Document<'j>, DecodeError> {
    if !scan::is_ascii(body) {
        core::str::from_utf8(body).map_err(|error| DecodeError::NotJson { at: error.valid_up_to() })?;
    }
    let mut reader = Reader {
        names: Names::new(),
        outer: Vec::new(),
        pointers,
        found: pointers.iter().map(|_| None).collect(),
        has_big_integer: false,
    };
    reader.read(Cursor::new(body))?;
    Ok(Document { text: Written(body), found: reader.found, has_big_integer: reader.has_big_integer })
}

/// What was learnt on the way. It goes byte by byte: whatever ends a value, a name or a run of plain text is ASCII, so no
/// character is ever cut.
struct Reader<'j, 'p> {
    names: Names<'j>,
    /// What the value at hand is in, but for the innermost: the whole text, then what is open.
    outer: Vec<Within>,
    pointers: &'p [&'p str],
    found: Vec<Option<Value<'j>>>,
    has_big_integer: bool,
}

/// What a value is in.
#[derive(Clone, Copy)]
struct Within {
    /// The byte that ends it; zero, which ends nothing, for the whole text.
    end: u8,
    /// The pointers that lead through it.
    alive: Alive,
    /// How many of its items were read.
    items: usize,
    /// How many names stand before its own.
    first_name: usize,
}

impl Within {
    const WHOLE_TEXT: Self = Self { end: 0, alive: Alive::ALL, items: 0, first_name: 0 };
}

/// Which of the pointers lead to or through the value at hand, as bits; there are never more than 32.
#[derive(Clone, Copy)]
struct Alive(u32);

impl Alive {
    const NONE: Self = Self(0);
    const ALL: Self = Self(u32::MAX);

    fn bit(index: usize) -> u32 {
        u32::try_from(index).ok().and_then(|index| 1_u32.checked_shl(index)).unwrap_or(0)
    }

    fn has(self, index: usize) -> bool {
        self.0 & Self::bit(index) != 0
    }
}

/// The pointers that lead on through a value, and those that end at it.
#[derive(Clone, Copy)]
struct Led {
    through: Alive,
    here: Alive,
}

impl Led {
    const NOWHERE: Self = Self { through: Alive::NONE, here: Alive::NONE };
}

#[expect(clippy::inline_always, reason = "compiled for size, what is done for every value would be a call otherwise")]
impl<'j> Reader<'j, '_> {
    /// Reads all of it, without recursion: what is done for every value stands in one function, whose variables are
    /// registers.
    fn read(&mut self, mut cursor: Cursor<'j>) -> Result<(), DecodeError> {
        let mut within = Within::WHOLE_TEXT;
        loop {
            let led = self.enter(&mut cursor, &mut within)?;
            match cursor.next() {
                Some(start @ (b'{' | b'[')) => {
                    let (end, value) = if start == b'{' { (b'}', Value::Object) } else { (b']', Value::Array) };
                    self.pass(led, value);
                    within = self.open(&mut cursor, within, end, led.through)?;
                    if cursor.next() != Some(end) {
                        continue;
                    }
                }
                Some(b'"') => {
                    let text = cursor.string()?;
                    self.pass(led, Value::String(text));
                }
                Some(b't') => {
                    cursor.word(b"true")?;
                    self.pass(led, Value::Bool(true));
                }
                Some(b'f') => {
                    cursor.word(b"false")?;
                    self.pass(led, Value::Bool(false));
                }
                Some(b'n') => {
                    cursor.word(b"null")?;
                    self.pass(led, Value::Null);
                }
                _ => {
                    let number = cursor.number()?;
                    self.has_big_integer |= number.is_big_integer();
                    self.pass(led, Value::Number(number));
                }
            }
            loop {
                cursor.space();
                match cursor.next() {
                    Some(b',') if within.end != 0 => break cursor.advance(1),
                    Some(end) if end == within.end && end != 0 => within = self.close(&mut cursor, within)?,
                    None if within.end == 0 => return Ok(()),
                    _ => return Err(cursor.not_json()),
                }
            }
        }
    }

    #[inline(always)]
    fn pass(&mut self, led: Led, value: Value<'j>) {
        if led.here.0 != 0 {
            self.remember(led.here, value);
        }
    }

    /// Goes on to the next value: past the name of a member, of whose value a pointer may speak.
    #[inline(always)]
    fn enter(&mut self, cursor: &mut Cursor<'j>, within: &mut Within) -> Result<Led, DecodeError> {
        cursor.space();
        match within.end {
            b'}' => {
                let name = cursor.string()?;
                cursor.space();
                // A name that is no Unicode text, since it holds half of a surrogate pair, is read differently everywhere.
                let name = if name.has_escapes {
                    let text = name.without_escapes().ok_or_else(|| cursor.not_json())?;
                    Cow::Owned(text.into_bytes())
                } else {
                    Cow::Borrowed(name.written.0)
                };
                if !cursor.take(b':') {
                    return Err(cursor.not_json());
                }
                cursor.space();
                let led = if within.alive.0 == 0 { Led::NOWHERE } else { self.follow(within.alive, &name) };
                self.names.push(name);
                Ok(led)
            }
            b']' => {
                let index = within.items;
                within.items = index.saturating_add(1);
                let is_pointed_at = within.alive.0 != 0 && index <= LAST_INDEX;
                Ok(if is_pointed_at { self.follow_to_item(within.alive, index) } else { Led::NOWHERE })
            }
            _ => Ok(Led { through: Alive::ALL, here: Alive::NONE }),
        }
    }

    /// Goes into an object or array.
    #[inline(always)]
    fn open(&mut self, cursor: &mut Cursor<'j>, outer: Within, end: u8, alive: Alive) -> Result<Within, DecodeError> {
        if self.outer.len() == MAX_DEPTH {
            return Err(DecodeError::TooDeep { at: cursor.at() });
        }
        self.outer.push(outer);
        cursor.advance(1);
        cursor.space();
        Ok(Within { end, alive, items: 0, first_name: self.names.len() })
    }

    /// Goes out of an object or array, after a look for a name that stands twice.
    #[inline(always)]
    fn close(&mut self, cursor: &mut Cursor<'j>, within: Within) -> Result<Within, DecodeError> {
        cursor.advance(1);
        if within.end == b'}' && self.names.forget(within.first_name) {
            return Err(DecodeError::DuplicateKey { at: cursor.at() });
        }
        Ok(self.outer.pop().unwrap_or(Within::WHOLE_TEXT))
    }

    #[inline(never)]
    fn remember(&mut self, here: Alive, value: Value<'j>) {
        for (index, found) in self.found.iter_mut().enumerate() {
            if here.has(index) {
                *found = Some(value);
            }
        }
    }

    #[inline(never)]
    fn follow_to_item(&self, alive: Alive, index: usize) -> Led {
        self.follow(alive, decimal(u64::try_from(index).unwrap_or(u64::MAX)).as_bytes())
    }

    /// Follows pointers to the member or item `name` of what is open. Several may be the same.
    #[inline(never)]
    fn follow(&self, alive: Alive, name: &[u8]) -> Led {
        let mut led = Led::NOWHERE;
        for (index, pointer) in self.pointers.iter().enumerate() {
            let mut segments = pointer.as_bytes().split(|byte| *byte == b'/');
            // What a pointer begins with is empty and stands for the whole text.
            if !alive.has(index) || segments.nth(self.outer.len()) != Some(name) {
                continue;
            }
            let leads = if segments.next().is_some() { &mut led.through } else { &mut led.here };
            leads.0 |= Alive::bit(index);
        }
        led
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
