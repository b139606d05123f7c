//! A strict reader of JSON (RFC 8259) that answers "is this whole text sound, and what stands at these places?"
//! in one pass, without building a tree.
//!
//! It refuses what readers disagree about: a member named twice, nesting past [`MAX_DEPTH`], and text that is not
//! UTF-8. It changes nothing: numbers and strings come back as they are written.

mod print;
#[cfg(test)]
mod reference;
mod scan;
mod tree;

use alloc::borrow::Cow;
use alloc::collections::BinaryHeap;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::encoding::{cut, decimal};
use crate::error::DecodeError;

pub(crate) use print::{Escapes, Spacing, print};
pub(crate) use tree::{Tree, tree};

/// How many objects and arrays may be open at once.
pub const MAX_DEPTH: usize = 64;

/// The last item of an array that a pointer may lead to.
const LAST_INDEX: u64 = 9;

/// With so few members, looking at every pair is quickest.
const FEW_KEYS: usize = 16;

/// A value found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value<'j> {
    Null,
    Bool(bool),
    Number(&'j str),
    String(Text<'j>),
    Array,
    Object,
}

impl<'j> Value<'j> {
    /// The text of this value: of a string what it says, of a number or a truth value how it is written.
    pub(crate) fn plain_text(self) -> Option<Cow<'j, str>> {
        match self {
            Self::String(_) => self.text(),
            Self::Number(digits) => Some(Cow::Borrowed(digits)),
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

/// A string as it is written, without the quotation marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text<'j> {
    raw: &'j str,
    has_escapes: bool,
}

impl<'j> Text<'j> {
    /// The string as it is written.
    pub(crate) const fn raw(self) -> &'j str {
        self.raw
    }

    /// What the string says; `None` where an escape names half of a surrogate pair.
    fn unescaped(self) -> Option<Cow<'j, str>> {
        if self.has_escapes { self.without_escapes().map(Cow::Owned) } else { Some(Cow::Borrowed(self.raw)) }
    }

    fn without_escapes(self) -> Option<String> {
        let mut text = String::new();
        let mut rest = self.raw;
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
    let mut rest = escape.chars();
    let character = match rest.next()? {
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return unescape_unicode(rest.as_str()),
        other => other,
    };
    Some((character, rest.as_str()))
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
    Some((u32::from_str_radix(digits, 16).ok()?, rest))
}

/// What one pass over a text found.
#[derive(Clone, Debug)]
pub(crate) struct Document<'j> {
    /// The text.
    pub(crate) text: &'j str,
    /// The value at each pointer, in the order asked for.
    pub(crate) found: Vec<Option<Value<'j>>>,
    /// What the text is as a whole.
    pub(crate) root: Value<'j>,
    /// Whether an integer is written that a 64-bit floating-point number would round.
    pub(crate) has_big_integer: bool,
}

/// Reads a whole text and picks out the values at `pointers`.
pub(crate) fn read<'j>(body: &'j [u8], pointers: &[&str]) -> Result<Document<'j>, DecodeError> {
    let text = core::str::from_utf8(body).map_err(|error| DecodeError::NotJson { at: error.valid_up_to() })?;
    let mut reader = Reader::new(text, pointers);
    reader.space();
    let root = reader.value(Alive::ALL)?;
    reader.space();
    if reader.next().is_some() {
        return Err(reader.not_json());
    }
    Ok(Document { text, found: reader.found, root, has_big_integer: reader.has_big_integer })
}

/// How far the text is read, and what was learnt on the way. It goes byte by byte: whatever ends a value, a name or a
/// run of plain text is ASCII, so no character is ever cut.
struct Reader<'j, 'p> {
    text: &'j str,
    at: usize,
    depth: usize,
    /// The names of the members of every open object; an object's own are the last ones.
    keys: Vec<Name<'j>>,
    pointers: &'p [&'p str],
    found: Vec<Option<Value<'j>>>,
    has_big_integer: bool,
}

/// The name of a member. Names are compared by their marks first, and so are seldom read again.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name<'j> {
    mark: u64,
    text: Cow<'j, str>,
}

impl<'j> Name<'j> {
    fn new(text: Cow<'j, str>) -> Self {
        Self { mark: mark(text.as_bytes()), text }
    }
}

/// A number that is the same for equal names, and seldom for others: their two ends and their length, mixed. Whoever
/// makes names of one mark gains nothing, since they are compared in full then.
fn mark(name: &[u8]) -> u64 {
    let ends = match (name.first_chunk(), name.last_chunk()) {
        (Some(first), Some(last)) => u64::from_le_bytes(*first) ^ u64::from_le_bytes(*last).rotate_left(29),
        _ => name.iter().fold(0, |bytes, byte| bytes << 8 | u64::from(*byte)),
    };
    ends ^ u64::try_from(name.len()).unwrap_or(0).rotate_right(8)
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

#[expect(clippy::inline_always, reason = "compiled for size, what is done for every byte would be a call otherwise")]
impl<'j, 'p> Reader<'j, 'p> {
    fn new(text: &'j str, pointers: &'p [&'p str]) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            keys: Vec::new(),
            pointers,
            found: vec![None; pointers.len()],
            has_big_integer: false,
        }
    }

    fn not_json(&self) -> DecodeError {
        DecodeError::NotJson { at: self.at }
    }

    #[inline(always)]
    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline(always)]
    fn advance(&mut self, bytes: usize) {
        self.at = self.at.wrapping_add(bytes);
    }

    /// What was read since `start`.
    #[inline(always)]
    fn since(&self, start: usize) -> &'j str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Passes over bytes for as long as they are of a kind.
    #[inline(always)]
    fn pass_over(&mut self, is_of_kind: impl Fn(u8) -> bool) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|byte| !is_of_kind(*byte));
        self.advance(length.unwrap_or(rest.len()));
    }

    /// Passes over white space, of which there is none in most places.
    #[inline(always)]
    fn space(&mut self) {
        if self.next().is_some_and(|byte| byte <= b' ') {
            self.long_space();
        }
    }

    #[cold]
    fn long_space(&mut self) {
        self.pass_over(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    }

    /// Takes `expected` if it is next.
    #[inline(always)]
    fn take(&mut self, expected: u8) -> bool {
        self.take_if(|next| next == expected)
    }

    #[inline(always)]
    fn take_if(&mut self, is_expected: impl FnOnce(u8) -> bool) -> bool {
        let is_next = self.next().is_some_and(is_expected);
        self.advance(usize::from(is_next));
        is_next
    }

    fn value(&mut self, alive: Alive) -> Result<Value<'j>, DecodeError> {
        match self.next() {
            Some(b'{') => self.nested(|reader| reader.object(alive)),
            Some(b'[') => self.nested(|reader| reader.array(alive)),
            Some(b'"') => self.string().map(Value::String),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(_) => self.number(),
            None => Err(self.not_json()),
        }
    }

    fn word(&mut self, word: &str, value: Value<'j>) -> Result<Value<'j>, DecodeError> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(self.not_json());
        }
        self.advance(word.len());
        Ok(value)
    }

    fn nested(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Value<'j>, DecodeError>,
    ) -> Result<Value<'j>, DecodeError> {
        if self.depth == MAX_DEPTH {
            return Err(DecodeError::TooDeep { at: self.at });
        }
        self.depth = self.depth.saturating_add(1);
        let value = read(self)?;
        self.depth = self.depth.saturating_sub(1);
        Ok(value)
    }

    fn array(&mut self, alive: Alive) -> Result<Value<'j>, DecodeError> {
        self.take(b'[');
        self.space();
        if self.take(b']') {
            return Ok(Value::Array);
        }
        let mut index: u64 = 0;
        loop {
            self.space();
            let is_pointed_at = alive.0 != 0 && index <= LAST_INDEX;
            let (through, here) =
                if is_pointed_at { self.follow(alive, &decimal(index)) } else { (Alive::NONE, Alive::NONE) };
            index = index.saturating_add(1);
            let value = self.value(through)?;
            if here.0 != 0 {
                self.remember(here, value);
            }
            self.space();
            if self.ends(b']')? {
                return Ok(Value::Array);
            }
        }
    }

    fn object(&mut self, alive: Alive) -> Result<Value<'j>, DecodeError> {
        let first_key = self.keys.len();
        self.take(b'{');
        self.space();
        if self.take(b'}') {
            return Ok(Value::Object);
        }
        loop {
            self.space();
            self.member(alive)?;
            self.space();
            if self.ends(b'}')? {
                break;
            }
        }
        self.close_object(first_key)
    }

    /// Takes the end of an object or array, or else the comma before what follows.
    #[inline(always)]
    fn ends(&mut self, end: u8) -> Result<bool, DecodeError> {
        let next = self.next();
        if next != Some(b',') && next != Some(end) {
            return Err(self.not_json());
        }
        self.advance(1);
        Ok(next == Some(end))
    }

    fn member(&mut self, alive: Alive) -> Result<(), DecodeError> {
        let key = self.string()?;
        // A name that is no Unicode text, since it holds half of a surrogate pair, is read differently everywhere.
        let name = if key.has_escapes {
            Cow::Owned(key.without_escapes().ok_or_else(|| self.not_json())?)
        } else {
            Cow::Borrowed(key.raw)
        };
        self.space();
        if !self.take(b':') {
            return Err(self.not_json());
        }
        self.space();
        let (through, here) = if alive.0 == 0 { (Alive::NONE, Alive::NONE) } else { self.follow(alive, &name) };
        let value = self.value(through)?;
        if here.0 != 0 {
            self.remember(here, value);
        }
        self.keys.push(Name::new(name));
        Ok(())
    }

    fn remember(&mut self, here: Alive, value: Value<'j>) {
        for (index, found) in self.found.iter_mut().enumerate() {
            if here.has(index) {
                *found = Some(value);
            }
        }
    }

    /// Which pointers lead on through the member or item `name` of the value at hand, and which end at it. Several may
    /// be the same.
    fn follow(&self, alive: Alive, name: &str) -> (Alive, Alive) {
        let mut through = Alive::NONE;
        let mut here = Alive::NONE;
        for (index, pointer) in self.pointers.iter().enumerate() {
            let mut segments = pointer.as_bytes().split(|byte| *byte == b'/');
            if !alive.has(index) || segments.nth(self.depth) != Some(name.as_bytes()) {
                continue;
            }
            let leads = if segments.next().is_some() { &mut through } else { &mut here };
            leads.0 |= Alive::bit(index);
        }
        (through, here)
    }

    /// Forgets the names of the object that ends here, after a look for one that stands twice.
    fn close_object(&mut self, first_key: usize) -> Result<Value<'j>, DecodeError> {
        let own = self.keys.get(first_key..).unwrap_or_default();
        let repeats = if own.len() <= FEW_KEYS {
            stands_twice(own)
        } else {
            // In the order of their marks, and of their texts where marks are equal, equal names are neighbours; a heap keeps the cost down whatever the names are.
            let sorted = BinaryHeap::from(self.keys.split_off(first_key)).into_sorted_vec();
            sorted.windows(2).any(|pair| matches!(pair, [a, b] if a == b))
        };
        self.keys.truncate(first_key);
        if repeats { Err(DecodeError::DuplicateKey { at: self.at }) } else { Ok(Value::Object) }
    }

    fn string(&mut self) -> Result<Text<'j>, DecodeError> {
        if !self.take(b'"') {
            return Err(self.not_json());
        }
        let start = self.at;
        let mut has_escapes = false;
        loop {
            let run = self.at;
            let rest = self.text.as_bytes().get(run..).unwrap_or_default();
            self.advance(scan::plain_length(rest));
            match self.next() {
                Some(b'"') => {
                    let raw = self.since(start);
                    self.advance(1);
                    return Ok(Text { raw, has_escapes });
                }
                Some(b'\\') => self.escape()?,
                Some(_) => return Err(self.not_json()),
                None => return Err(DecodeError::NotJson { at: run }),
            }
            has_escapes = true;
        }
    }

    fn escape(&mut self) -> Result<(), DecodeError> {
        self.advance(1);
        if self.take(b'u') {
            let digits = self.text.as_bytes().get(self.at..).and_then(|rest| rest.first_chunk::<4>());
            if !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
                return Err(self.not_json());
            }
            self.advance(4);
            return Ok(());
        }
        let is_known = |byte| matches!(byte, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't');
        if self.take_if(is_known) { Ok(()) } else { Err(self.not_json()) }
    }

    fn number(&mut self) -> Result<Value<'j>, DecodeError> {
        let start = self.at;
        self.take(b'-');
        let leads_with_zero = self.next() == Some(b'0');
        let whole = self.digits();
        if whole == 0 || (leads_with_zero && whole > 1) {
            return Err(self.not_json());
        }
        let mut is_integer = true;
        if self.take(b'.') {
            is_integer = false;
            if self.digits() == 0 {
                return Err(self.not_json());
            }
        }
        if self.take_if(|byte| matches!(byte, b'e' | b'E')) {
            is_integer = false;
            self.take_if(|byte| matches!(byte, b'+' | b'-'));
            if self.digits() == 0 {
                return Err(self.not_json());
            }
        }
        let written = self.since(start);
        self.has_big_integer |= is_integer && whole > 15 && is_big(written.trim_start_matches('-'));
        Ok(Value::Number(written))
    }

    /// Passes over digits and says how many there are.
    fn digits(&mut self) -> usize {
        let start = self.at;
        self.pass_over(|byte| byte.is_ascii_digit());
        self.at.wrapping_sub(start)
    }
}

/// Whether two of a few names are equal.
fn stands_twice(names: &[Name<'_>]) -> bool {
    let mut others = names;
    while let [name, rest @ ..] = others {
        if rest.iter().any(|other| name.mark == other.mark && name.text == other.text) {
            return true;
        }
        others = rest;
    }
    false
}

/// Whether a floating-point number of 64 bits cannot hold this and all smaller integers exactly.
fn is_big(digits: &str) -> bool {
    const LARGEST_SAFE: u64 = 9_007_199_254_740_991;
    digits.len() > 15 && digits.parse::<u64>().map_or(true, |integer| integer > LARGEST_SAFE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;

    fn find(json: &str, pointer: &str) -> Option<String> {
        match read(json.as_bytes(), &[pointer]).ok()?.found.into_iter().next()?? {
            Value::Number(number) => Some(number.to_string()),
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
        assert_eq!(found.get(2), Some(&Some(Value::Number("7"))));
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
