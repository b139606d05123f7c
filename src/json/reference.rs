//! A plain, slow reader of strict JSON. Tests compare the verdicts of the real reader with its verdicts.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::reader::read;
use crate::error::DecodeError;
use crate::limits::MAX_DEPTH;

/// Reads a text; returns whether it has a big integer.
fn slow_read(body: &[u8]) -> Result<bool, DecodeError> {
    core::str::from_utf8(body).map_err(|error| DecodeError::NotJson { at: error.valid_up_to() })?;
    let mut reader = Slow { body, at: 0, depth: 0, has_big_integer: false };
    reader.value()?;
    if reader.at < body.len() { Err(reader.not_json()) } else { Ok(reader.has_big_integer) }
}

struct Slow<'b> {
    body: &'b [u8],
    at: usize,
    depth: usize,
    has_big_integer: bool,
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

    fn value(&mut self) -> Result<(), DecodeError> {
        self.space();
        match self.next() {
            b'{' => self.nested(b'}')?,
            b'[' => self.nested(b']')?,
            b'"' => {
                self.string()?;
            }
            b't' => self.word("true")?,
            b'f' => self.word("false")?,
            b'n' => self.word("null")?,
            _ => self.number()?,
        }
        self.space();
        Ok(())
    }

    fn word(&mut self, word: &str) -> Result<(), DecodeError> {
        if !self.body[self.at..].starts_with(word.as_bytes()) {
            return Err(self.not_json());
        }
        self.at += word.len();
        Ok(())
    }

    fn nested(&mut self, end: u8) -> Result<(), DecodeError> {
        if self.depth == MAX_DEPTH {
            return Err(DecodeError::TooDeep { at: self.at });
        }
        self.depth += 1;
        self.at += 1;
        self.space();
        let mut names: Vec<String> = Vec::new();
        let mut last = if self.next() == end { self.expect(&[end])? } else { b',' };
        while last == b',' {
            self.space();
            if end == b'}' {
                names.push(self.name()?);
            }
            self.value()?;
            last = self.expect(&[b',', end])?;
        }
        self.depth -= 1;
        let is_duplicate = |(index, name)| names[..index].contains(name);
        if names.iter().enumerate().any(is_duplicate) {
            return Err(DecodeError::DuplicateKey { at: self.at });
        }
        Ok(())
    }

    fn name(&mut self) -> Result<String, DecodeError> {
        let units = self.string()?;
        let name = String::from_utf16(&units).map_err(|_| self.not_json())?;
        self.space();
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

fn assert_same(body: &[u8]) {
    let fast = read(body, &[]).map(|document| document.has_big_integer);
    assert_eq!(fast, slow_read(body), "{:?}", String::from_utf8_lossy(body));
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
        assert_same(text.as_bytes());
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
        assert_same(&bytes);
    }

    #[test]
    fn both_readers_agree_on_noise(text in "[\\[\\]{}:,\"\\\\au0-9eE+. é-]{0,30}") {
        assert_same(text.as_bytes());
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
