//! A plain, slow reader of JSON, strict or not. Tests compare the verdicts of the real readers with its verdicts.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::find::find;
use super::strict::read;
use super::value::Value;
use crate::error::DecodeError;
use crate::limits::MAX_DEPTH;

/// A text that was read.
struct SlowDocument {
    root: Node,
    has_big_integer: bool,
}

/// A value with everything inside it. An object keeps all members, also those with equal names. Strings are UTF-16, which can
/// hold half of a surrogate pair.
enum Node {
    /// Null, a boolean or a number, as written.
    Word(String),
    String(Vec<u16>),
    Array(Vec<Self>),
    Object(Vec<(Vec<u16>, Self)>),
}

/// Reads a text strictly.
fn slow_read(body: &[u8]) -> Result<bool, DecodeError> {
    slow(body, true, &[]).map(|document| document.has_big_integer)
}

/// Reads a text strictly, or only on the way to the values at some pointers.
fn slow(body: &[u8], is_strict: bool, pointers: &[&str]) -> Result<SlowDocument, DecodeError> {
    core::str::from_utf8(body).map_err(|error| DecodeError::NotJson { at: error.valid_up_to() })?;
    let mut reader = Slow { body, at: 0, depth: 0, has_big_integer: false, is_strict };
    let ways: Vec<Way<'_>> = pointers.iter().map(|pointer| pointer.split('/').skip(1).collect()).collect();
    let root = reader.value(&ways)?;
    if reader.at < body.len() {
        return Err(reader.not_json());
    }
    Ok(SlowDocument { root, has_big_integer: reader.has_big_integer })
}

/// The names that lead from a value to another value inside it.
type Way<'p> = Vec<&'p str>;

/// The ways that lead into a member or item, from that on.
fn into<'p>(name: &[u16], ways: &[Way<'p>]) -> Vec<Way<'p>> {
    let leads = |way: &&Way<'_>| way.first().is_some_and(|first| first.encode_utf16().eq(name.iter().copied()));
    ways.iter().filter(leads).map(|way| way[1..].to_vec()).collect()
}

/// Which of two members with equal names a parser takes.
#[derive(Clone, Copy)]
enum Pick {
    First,
    Last,
}

/// The value at a pointer, as a parser finds it that takes the first or the last of two members with equal names.
fn look_up<'n>(root: &'n Node, pointer: &str, pick: Pick) -> Option<&'n Node> {
    let mut node = root;
    for name in pointer.split('/').skip(1) {
        node = match node {
            Node::Object(members) => {
                let mut equal = members.iter().filter(|(other, _)| name.encode_utf16().eq(other.iter().copied()));
                let (_, value) = match pick {
                    Pick::First => equal.next(),
                    Pick::Last => equal.next_back(),
                }?;
                value
            }
            Node::Array(items) => items.get(name.parse::<usize>().ok().filter(|_| name.len() == 1)?)?,
            Node::Word(_) | Node::String(_) => return None,
        };
    }
    Some(node)
}

/// Whether a value that the real reader found is this one.
fn is_same(found: Option<Value<'_>>, expected: Option<&Node>) -> bool {
    match (found, expected) {
        (None, None) | (Some(Value::Array), Some(Node::Array(_))) | (Some(Value::Object), Some(Node::Object(_))) => {
            true
        }
        (Some(value @ Value::String(_)), Some(Node::String(units))) => {
            value.text().map(|text| text.encode_utf16().collect())
                == String::from_utf16(units).ok().map(|_| units.clone())
        }
        (Some(Value::Null), Some(Node::Word(word))) => word == "null",
        (Some(value @ (Value::Bool(_) | Value::Number(_))), Some(Node::Word(word))) => {
            value.plain_text().as_deref() == Some(word.as_str())
        }
        _ => false,
    }
}

struct Slow<'b> {
    body: &'b [u8],
    at: usize,
    depth: usize,
    has_big_integer: bool,
    is_strict: bool,
}

impl Slow<'_> {
    fn not_json(&self) -> DecodeError {
        DecodeError::NotJson { at: self.at }
    }

    /// The next byte; zero at the end, which is valid nowhere.
    fn next(&self) -> u8 {
        self.body.get(self.at).copied().unwrap_or(0)
    }

    fn expect(&mut self, expected: &[u8]) -> Result<u8, DecodeError> {
        let byte = self.next();
        if byte == 0 || !expected.contains(&byte) {
            return Err(self.not_json());
        }
        self.at += 1;
        Ok(byte)
    }

    fn space(&mut self) {
        while self.expect(b" \t\n\r").is_ok() {}
    }

    fn value(&mut self, ways: &[Way<'_>]) -> Result<Node, DecodeError> {
        self.space();
        let start = self.at;
        let mut node = match self.next() {
            b'{' => self.nested(b'}', ways)?,
            b'[' => self.nested(b']', ways)?,
            b'"' => Node::String(self.string()?),
            first => {
                match first {
                    b't' => self.word("true")?,
                    b'f' => self.word("false")?,
                    b'n' => self.word("null")?,
                    _ => self.number()?,
                }
                Node::Word(String::new())
            }
        };
        if let Node::Word(word) = &mut node {
            word.push_str(core::str::from_utf8(&self.body[start..self.at]).unwrap());
        }
        self.space();
        Ok(node)
    }

    fn word(&mut self, word: &str) -> Result<(), DecodeError> {
        if !self.body[self.at..].starts_with(word.as_bytes()) {
            return Err(self.not_json());
        }
        self.at += word.len();
        Ok(())
    }

    fn nested(&mut self, end: u8, ways: &[Way<'_>]) -> Result<Node, DecodeError> {
        if self.is_strict && self.depth == MAX_DEPTH {
            return Err(DecodeError::TooDeep { at: self.at });
        }
        self.depth += 1;
        self.at += 1;
        self.space();
        let mut names: Vec<Vec<u16>> = Vec::new();
        let mut values: Vec<Node> = Vec::new();
        let mut last = if self.next() == end { self.expect(&[end])? } else { b',' };
        while last == b',' {
            self.space();
            if end == b'}' {
                names.push(self.name()?);
            }
            let index: Vec<u16> = values.len().to_string().encode_utf16().collect();
            let is_index = index.len() == 1;
            let within = match names.last() {
                Some(name) => into(name, ways),
                None if is_index => into(&index, ways),
                None => Vec::new(),
            };
            values.push(self.value(&within)?);
            last = self.expect(&[b',', end])?;
        }
        self.depth -= 1;
        let matters = |name: &Vec<u16>| self.is_strict || !into(name, ways).is_empty();
        let is_duplicate = |(index, name): (usize, &Vec<u16>)| names[..index].contains(name) && matters(name);
        if names.iter().enumerate().any(is_duplicate) {
            return Err(DecodeError::DuplicateKey { at: self.at });
        }
        let members = || names.clone().into_iter();
        Ok(if end == b'}' { Node::Object(members().zip(values).collect()) } else { Node::Array(values) })
    }

    fn name(&mut self) -> Result<Vec<u16>, DecodeError> {
        let name = self.string()?;
        self.space();
        // Like the real reader, which looks at the name once it is past the white space.
        if self.is_strict && String::from_utf16(&name).is_err() {
            return Err(self.not_json());
        }
        self.expect(b":")?;
        Ok(name)
    }

    /// A string as UTF-16, which can hold half of a surrogate pair.
    fn string(&mut self) -> Result<Vec<u16>, DecodeError> {
        self.expect(b"\"")?;
        // A string without an end is an error at the start of its last run of plain text.
        let mut run = self.at;
        let mut units = Vec::new();
        loop {
            if self.at == self.body.len() {
                return Err(DecodeError::NotJson { at: run });
            }
            match self.next() {
                b'"' => break,
                b'\\' => {
                    units.push(self.escape()?);
                    run = self.at;
                }
                0..b' ' => return Err(self.not_json()),
                _ => {
                    let text = core::str::from_utf8(&self.body[self.at..]).unwrap();
                    let character = text.chars().next().unwrap();
                    units.extend(character.to_string().encode_utf16());
                    self.at += character.len_utf8();
                }
            }
        }
        self.at += 1;
        Ok(units)
    }

    fn escape(&mut self) -> Result<u16, DecodeError> {
        self.at += 1;
        Ok(match self.expect(b"\"\\/bfnrtu")? {
            b'b' => 8,
            b'f' => 12,
            b'n' => 10,
            b'r' => 13,
            b't' => 9,
            b'u' => {
                let digits = self.body.get(self.at..self.at + 4).filter(|four| four.iter().all(u8::is_ascii_hexdigit));
                let digits = digits.ok_or_else(|| self.not_json())?;
                self.at += 4;
                u16::from_str_radix(core::str::from_utf8(digits).unwrap(), 16).unwrap()
            }
            other => other.into(),
        })
    }

    fn number(&mut self) -> Result<(), DecodeError> {
        let _ = self.expect(b"-");
        let whole = self.digits()?;
        if whole.len() > 1 && whole.starts_with('0') {
            return Err(self.not_json());
        }
        let mut is_integer = true;
        if self.expect(b".").is_ok() {
            is_integer = false;
            self.digits()?;
        }
        if self.expect(b"eE").is_ok() {
            is_integer = false;
            let _ = self.expect(b"+-");
            self.digits()?;
        }
        self.has_big_integer |= is_integer && whole.parse::<u128>().map_or(true, |whole| whole >= 1 << 53);
        Ok(())
    }

    fn digits(&mut self) -> Result<String, DecodeError> {
        let mut digits = String::from(char::from(self.expect(b"0123456789")?));
        while let Ok(digit) = self.expect(b"0123456789") {
            digits.push(char::from(digit));
        }
        Ok(digits)
    }
}

/// Random JSON whose names are those of pointers, often repeated, in any spelling.
fn events() -> impl Strategy<Value = String> {
    let name = "\"(id|\\\\u0069d|i\\\\u0064|a|\\\\u0061|A|a/id|b|\\\\ud800)\"";
    let leaf = prop_oneof!["null|true|-?[1-9][0-9]{0,18}", "\"(x|\\\\n|\\\\ud800|é){0,3}\""];
    leaf.prop_recursive(5, 40, 4, move |inner| {
        let member = (name, inner.clone()).prop_map(|(name, value)| format!("{name}:{value}"));
        let objects = prop::collection::vec(member, 0..5).prop_map(|members| format!("{{{}}}", members.join(",")));
        let arrays = prop::collection::vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(",")));
        prop_oneof![3 => objects, 1 => arrays]
    })
}

fn assert_same(body: &[u8]) {
    let fast = read(body, &[]).map(|document| document.has_big_integer);
    assert_eq!(fast, slow_read(body), "{:?}", String::from_utf8_lossy(body));
    assert_same_on_the_way(body, &[]);
}

/// Checks a text with all pointers.
fn assert_same_everywhere(body: &[u8]) {
    assert_same(body);
    for pointers in POINTERS {
        assert_same_on_the_way(body, pointers);
    }
}

/// Pointers of all kinds: next to each other, inside each other, through arrays, equal ones.
const POINTERS: &[&[&str]] =
    &[&["/id"], &["/a/id"], &["/a", "/a/a/id", "/id", "/a/a/id"], &["/0/id", "/a/0", "/1/a", "/a/1/a/2"]];

/// Checks the reader that is strict on the way to some pointers only: it has the verdict of the plain reader, and finds the
/// values that all parsers find, whichever of two equal names they take.
fn assert_same_on_the_way(body: &[u8], pointers: &[&str]) {
    let shown = String::from_utf8_lossy(body);
    match (find(body, pointers), slow(body, false, pointers)) {
        (Ok(document), Ok(expected)) => {
            assert_eq!(document.has_big_integer, expected.has_big_integer, "{shown}");
            assert_eq!(document.found.len(), pointers.len());
            for (pointer, found) in pointers.iter().zip(&document.found) {
                for pick in [Pick::First, Pick::Last] {
                    let expected = look_up(&expected.root, pointer, pick);
                    assert!(is_same(*found, expected), "{pointer} in {shown}: {found:?}");
                }
            }
        }
        (found, expected) => {
            assert_eq!(found.map(|_| ()), expected.map(|_| ()), "{pointers:?} in {shown}");
        }
    }
}

/// Random JSON with many member names that are equal or nearly equal.
fn json() -> impl Strategy<Value = String> {
    let string = "\"([a-zé😀 !#]|\\\\[nt\"\\\\/]|\\\\u00[46][19]|\\\\ud83d\\\\ude00){0,40}\"";
    let leaf = prop_oneof!["true|false|null", "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?", string];
    let name = prop_oneof!["\"[ab]{0,3}\"", "\"(a|b|\\\\u0061)[a-z]{0,2}prefix_and_suffix[ab]\"", "\"[a-zé]{0,20}\""];
    let space = "[ \t\n\r]{0,2}";
    leaf.prop_recursive(4, 120, 24, move |inner| {
        let member =
            (name.clone(), space, inner.clone()).prop_map(|(name, space, value)| format!("{name}{space}:{value}"));
        let objects = (prop::collection::vec(member, 0..24), space)
            .prop_map(|(members, space)| format!("{{{space}{}{space}}}", members.join(&format!("{space},"))));
        let arrays = (prop::collection::vec(inner, 0..8), space)
            .prop_map(|(items, space)| format!("[{space}{}{space}]", items.join(&format!(",{space}"))));
        prop_oneof![objects, arrays]
    })
}

proptest! {
    #[test]
    fn both_readers_agree_on_valid_json(text in json()) {
        assert_same_everywhere(text.as_bytes());
    }

    #[test]
    fn both_readers_agree_on_broken_json(text in json(), place: prop::sample::Index, byte: u8, kind in 0..3) {
        let mut bytes = text.into_bytes();
        let place = place.index(bytes.len());
        match kind {
            0 => bytes[place] = byte,
            1 => bytes.insert(place, byte),
            _ => bytes.truncate(place),
        }
        assert_same_everywhere(&bytes);
    }

    #[test]
    fn a_value_is_found_only_if_all_parsers_find_the_same(text in events()) {
        assert_same_everywhere(text.as_bytes());
    }

    #[test]
    fn both_readers_agree_on_noise(text in "[\\[\\]{}:,\"\\\\au0-9eE+. é-]{0,30}") {
        assert_same_everywhere(text.as_bytes());
    }
}

#[test]
fn both_readers_agree_on_every_byte_at_every_place_of_a_string() {
    for length in 1..=40 {
        for place in 0..length {
            for byte in 0..=u8::MAX {
                let mut body = vec![b'x'; length + 2];
                body[0] = b'"';
                body[length + 1] = b'"';
                body[place + 1] = byte;
                assert_same(&body);
            }
            for piece in ["é", "😀", "\\n", "\\u0061", "\\ud83d", "\\u00g0", "\u{2028}"] {
                let text = format!("{{\"{}{piece}{}\":1}}", "x".repeat(place), "y".repeat(length - place));
                assert_same(text.as_bytes());
            }
        }
    }
}

#[test]
fn names_with_equal_fingerprints_are_compared_in_full() {
    // The fingerprint covers both ends and the length, which are equal here.
    let name = |index: usize| format!("the_start_{index:04}_is_the_same_end");
    assert_eq!(
        super::member_names::fingerprint(name(1).as_bytes()),
        super::member_names::fingerprint(name(2).as_bytes())
    );
    for count in [2, 16, 17, 300] {
        let members = |names: Vec<String>| {
            let members: Vec<_> = names.iter().map(|name| format!("\"{name}\":0")).collect();
            format!("{{{}}}", members.join(","))
        };
        let distinct: Vec<_> = (0..count).map(name).collect();
        assert!(read(members(distinct.clone()).as_bytes(), &[]).is_ok());
        let mut repeated = distinct;
        repeated.push(name(count / 2).replace('_', "\\u005f"));
        let body = members(repeated);
        assert_eq!(read(body.as_bytes(), &[]).map(|_| ()), Err(DecodeError::DuplicateKey { at: body.len() }));
    }
}
