//! The one pass over a text: its grammar, the pointers that are followed, the names that may not stand twice.

use alloc::vec::Vec;

use super::cursor::Cursor;
use super::names::{Names, mark};
use super::{Document, Text, Value, Written, scan};
use crate::error::DecodeError;
use crate::limits::{MAX_DEPTH, MAX_POINTERS};
use crate::text::decimal::decimal;
use crate::text::split::holds;

/// The last item of an array that a pointer may lead to.
const LAST_INDEX: usize = 9;

/// Reads a whole text and picks out the values at `pointers`.
pub(crate) fn read<'j>(body: &'j [u8], pointers: &[&str]) -> Result<Document<'j>, DecodeError> {
    // No scheme of ours asks for half as many. What were not followed would pass for something that is not there.
    if pointers.len() > MAX_POINTERS {
        return Err(DecodeError::TooDeep { at: 0 });
    }
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

/// What was learnt on the way. Reading goes byte by byte: whatever ends a value, a name or a run of plain text is ASCII, so
/// no character is ever cut.
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
    /// How much of each of those has led here: the names on the way, with a slash before each.
    by: usize,
    /// How many of its items were read.
    items: usize,
    /// How many names stand before its own.
    first_name: usize,
}

impl Within {
    const WHOLE_TEXT: Self = Self { end: 0, alive: Alive::ALL, by: 0, items: 0, first_name: 0 };
}

/// Which of the pointers lead to or through the value at hand, as bits.
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
    /// How much of each of them has led to the value.
    by: usize,
}

impl Led {
    const NOWHERE: Self = Self { through: Alive::NONE, here: Alive::NONE, by: 0 };
    const TO_WHOLE_TEXT: Self = Self { through: Alive::ALL, ..Self::NOWHERE };
}

#[expect(clippy::inline_always, reason = "compiled for size, what is done for every value would be a call otherwise")]
impl<'j> Reader<'j, '_> {
    /// Reads a whole text without recursion: what is done for every value is compiled into this one function, whose
    /// variables are registers.
    fn read(&mut self, mut cursor: Cursor<'j>) -> Result<(), DecodeError> {
        let mut within = Within::WHOLE_TEXT;
        loop {
            let led = self.enter(&mut cursor, &mut within)?;
            match cursor.next() {
                Some(b'"') => {
                    let text = cursor.string()?;
                    self.note(led, || Value::String(text));
                }
                // What begins all others stands behind the digits.
                Some(start @ b'A'..) => match start {
                    b'{' | b'[' => {
                        let (end, value) = if start == b'{' { (b'}', Value::Object) } else { (b']', Value::Array) };
                        self.note(led, || value);
                        within = self.open(&mut cursor, within, end, led)?;
                        if cursor.next() != Some(end) {
                            continue;
                        }
                    }
                    b't' => {
                        cursor.word(b"true")?;
                        self.note(led, || Value::Bool(true));
                    }
                    b'f' => {
                        cursor.word(b"false")?;
                        self.note(led, || Value::Bool(false));
                    }
                    b'n' => {
                        cursor.word(b"null")?;
                        self.note(led, || Value::Null);
                    }
                    _ => return Err(cursor.not_json()),
                },
                _ => {
                    let number = cursor.number()?;
                    self.has_big_integer |= number.is_big_integer();
                    self.note(led, || Value::Number(number));
                }
            }
            // What ends here, and then the comma before what comes next, or the end of the text.
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

    /// Notes a value, if a pointer ends at it.
    #[inline(always)]
    fn note(&mut self, led: Led, value: impl FnOnce() -> Value<'j>) {
        if led.here.0 != 0 {
            self.remember(led.here, value());
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
                let (mark, led) = if name.has_escapes {
                    // A name that is no Unicode text, since it holds half of a surrogate pair, is read differently everywhere.
                    self.enter_escaped(*within, name).ok_or_else(|| cursor.not_json())?
                } else {
                    self.enter_member(*within, name.written.0)
                };
                self.names.push(name, mark);
                if !cursor.take(b':') {
                    return Err(cursor.not_json());
                }
                cursor.space();
                Ok(led)
            }
            b']' => {
                let index = within.items;
                within.items = index.saturating_add(1);
                let is_pointed_at = within.alive.0 != 0 && index <= LAST_INDEX;
                Ok(if is_pointed_at { self.follow_to_item(within.alive, within.by, index) } else { Led::NOWHERE })
            }
            _ => Ok(Led::TO_WHOLE_TEXT),
        }
    }

    /// Goes to the member whose name says this: gives its mark, and what leads there.
    #[inline(always)]
    fn enter_member(&self, within: Within, says: &[u8]) -> (u64, Led) {
        let led = if within.alive.0 == 0 { Led::NOWHERE } else { self.follow(within.alive, within.by, says) };
        (mark(says), led)
    }

    #[inline(never)]
    fn enter_escaped(&self, within: Within, name: Text<'j>) -> Option<(u64, Led)> {
        Some(self.enter_member(within, name.unescaped()?.as_bytes()))
    }

    /// Goes into an object or array.
    #[inline(always)]
    fn open(&mut self, cursor: &mut Cursor<'j>, outer: Within, end: u8, led: Led) -> Result<Within, DecodeError> {
        if self.outer.len() == MAX_DEPTH {
            return Err(DecodeError::TooDeep { at: cursor.at() });
        }
        self.outer.push(outer);
        cursor.advance(1);
        cursor.space();
        Ok(Within { end, alive: led.through, by: led.by, items: 0, first_name: self.names.len() })
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

    #[inline(always)]
    fn follow_to_item(&self, alive: Alive, by: usize, index: usize) -> Led {
        self.follow(alive, by, decimal(u64::try_from(index).unwrap_or(u64::MAX)).as_bytes())
    }

    /// Follows pointers on, so much of which has led to what is open, to its member or item `name`.
    #[inline(always)]
    fn follow(&self, alive: Alive, by: usize, name: &[u8]) -> Led {
        let [through, here] = self.leads(alive, by, name);
        Led { through, here, by: by.saturating_add(1).saturating_add(name.len()) }
    }

    /// The pointers that lead through a member or item, and those that end at it. Several may be the same.
    #[inline(never)]
    fn leads(&self, alive: Alive, by: usize, name: &[u8]) -> [Alive; 2] {
        let start = by.saturating_add(1);
        let end = start.saturating_add(name.len());
        let (mut through, mut here) = (Alive::NONE, Alive::NONE);
        for (index, pointer) in self.pointers.iter().enumerate() {
            let pointer = pointer.as_bytes();
            let leads = match pointer.get(end..) {
                Some([]) => &mut here,
                Some([b'/', ..]) => &mut through,
                _ => continue,
            };
            // Most names are told by their length already, which costs the least.
            let is_led = alive.has(index) && pointer.get(by) == Some(&b'/');
            if is_led && pointer.get(start..end) == Some(name) {
                leads.0 |= Alive::bit(index);
            }
        }
        // A slash parts the names in a pointer, and is no part of any: what has one in its name cannot be pointed at.
        let is_found = here.0 | through.0 != 0;
        if is_found && holds(name, b'/') { [Alive::NONE; 2] } else { [through, here] }
    }
}
