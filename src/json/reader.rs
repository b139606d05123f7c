//! The one pass over a text: its grammar, the pointers that it follows, the member names that must not repeat.
//!
//! The whole grammar is one function, [`Reader::read`], without recursion: the stack of open objects and arrays is a vector, and
//! the variables of the loop stay in registers. Splitting it into functions that share `&mut self` made bodies with many
//! members 45 % slower, because every step then waits for the last position to be stored and loaded again.
//!
//! All bytes at which the reader stops (brackets, quotation marks, commas, backslashes) are ASCII, so it never cuts a
//! character in two.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::cursor::Cursor;
use super::member_names::{MemberNames, fingerprint};
use super::scan;
use super::value::{Document, JsonString, Span, Value};
use crate::error::DecodeError;
use crate::limits::{MAX_ARRAY_INDEX, MAX_DEPTH, MAX_POINTERS};

/// Reads a whole text and returns the values at `pointers` (RFC 6901, without `~` escapes).
///
/// # Errors
///
/// [`DecodeError::NotJson`], [`DecodeError::DuplicateKey`] or [`DecodeError::TooDeep`] with the offset of the byte at which
/// the text stops being strict JSON.
pub(crate) fn read<'j>(body: &'j [u8], pointers: &[&str]) -> Result<Document<'j>, DecodeError> {
    // A pointer that is not followed would look like a member that is missing.
    if pointers.len() > MAX_POINTERS {
        return Err(DecodeError::TooDeep { at: 0 });
    }
    if !scan::is_ascii(body) {
        core::str::from_utf8(body).map_err(|error| DecodeError::NotJson { at: error.valid_up_to() })?;
    }
    let mut reader = Reader {
        names: MemberNames::new(),
        outer: Vec::new(),
        pointers,
        found: pointers.iter().map(|_| None).collect(),
        has_big_integer: false,
    };
    reader.read(Cursor::new(body))?;
    Ok(Document { text: Span(body), found: reader.found, has_big_integer: reader.has_big_integer })
}

/// The state of a pass, except for the position and the innermost container, which are local variables of the loop.
struct Reader<'j, 'p> {
    names: MemberNames<'j>,
    /// The containers around the innermost one, outermost first.
    outer: Vec<Container>,
    pointers: &'p [&'p str],
    found: Vec<Option<Value<'j>>>,
    has_big_integer: bool,
}

/// An open object or array, or the whole text.
#[derive(Clone, Copy)]
struct Container {
    /// The bracket that closes it; zero, which closes nothing, for the whole text.
    closing: u8,
    /// The pointers that lead into it.
    pointers: PointerSet,
    /// How many bytes of each of those pointers lead here: the names on the way, each with its slash.
    matched: usize,
    /// How many of its items were read, for arrays.
    items: usize,
    /// The index of its first name in [`MemberNames`], for objects.
    first_name: usize,
}

impl Container {
    const WHOLE_TEXT: Self = Self { closing: 0, pointers: PointerSet::ALL, matched: 0, items: 0, first_name: 0 };
}

/// A subset of the pointers, one bit each.
#[derive(Clone, Copy)]
struct PointerSet(u32);

impl PointerSet {
    const NONE: Self = Self(0);
    const ALL: Self = Self(u32::MAX);

    fn bit(index: usize) -> u32 {
        u32::try_from(index).ok().and_then(|index| 1_u32.checked_shl(index)).unwrap_or(0)
    }

    const fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn contains(self, index: usize) -> bool {
        self.0 & Self::bit(index) != 0
    }

    fn insert(&mut self, index: usize) {
        self.0 |= Self::bit(index);
    }
}

/// The pointers that reach the value at the cursor.
#[derive(Clone, Copy)]
struct Reached {
    /// Those that lead on into the value.
    through: PointerSet,
    /// Those that end at the value.
    here: PointerSet,
    /// How many bytes of each of them lead to the value.
    matched: usize,
}

impl Reached {
    const NONE: Self = Self { through: PointerSet::NONE, here: PointerSet::NONE, matched: 0 };
    const WHOLE_TEXT: Self = Self { through: PointerSet::ALL, ..Self::NONE };
}

#[expect(
    clippy::inline_always,
    reason = "measured: these run for every value, and a call each costs a third of the time"
)]
impl<'j> Reader<'j, '_> {
    fn read(&mut self, mut cursor: Cursor<'j>) -> Result<(), DecodeError> {
        let mut container = Container::WHOLE_TEXT;
        loop {
            let reached = self.enter_value(&mut cursor, &mut container)?;
            match cursor.next() {
                Some(b'"') => {
                    let string = cursor.string()?;
                    self.record(reached, || Value::String(string));
                }
                // The remaining values begin with a letter or a bracket, all of which come after the digits in ASCII.
                Some(start @ b'A'..) => match start {
                    b'{' | b'[' => {
                        let (closing, value) = if start == b'{' { (b'}', Value::Object) } else { (b']', Value::Array) };
                        self.record(reached, || value);
                        container = self.open(&mut cursor, container, closing, reached)?;
                        if cursor.next() != Some(closing) {
                            continue;
                        }
                    }
                    b't' => {
                        cursor.word(b"true")?;
                        self.record(reached, || Value::Bool(true));
                    }
                    b'f' => {
                        cursor.word(b"false")?;
                        self.record(reached, || Value::Bool(false));
                    }
                    b'n' => {
                        cursor.word(b"null")?;
                        self.record(reached, || Value::Null);
                    }
                    _ => return Err(cursor.not_json()),
                },
                _ => {
                    let number = cursor.number()?;
                    self.has_big_integer |= number.is_big_integer();
                    self.record(reached, || Value::Number(number));
                }
            }
            // After a value: closing brackets, then a comma and the next value, or the end of the text.
            loop {
                cursor.skip_space();
                match cursor.next() {
                    Some(b',') if container.closing != 0 => break cursor.advance(1),
                    Some(closing) if closing == container.closing && closing != 0 => {
                        container = self.close(&mut cursor, container)?;
                    }
                    None if container.closing == 0 => return Ok(()),
                    _ => return Err(cursor.not_json()),
                }
            }
        }
    }

    /// Records a value if a pointer ends at it.
    #[inline(always)]
    fn record(&mut self, reached: Reached, value: impl FnOnce() -> Value<'j>) {
        if !reached.here.is_empty() {
            self.store(reached.here, value());
        }
    }

    #[inline(never)]
    fn store(&mut self, pointers: PointerSet, value: Value<'j>) {
        for (index, found) in self.found.iter_mut().enumerate() {
            if pointers.contains(index) {
                *found = Some(value);
            }
        }
    }

    /// Moves to the next value, past the name of a member, and finds the pointers that reach it.
    #[inline(always)]
    fn enter_value(&mut self, cursor: &mut Cursor<'j>, container: &mut Container) -> Result<Reached, DecodeError> {
        cursor.skip_space();
        match container.closing {
            b'}' => {
                let name = cursor.string()?;
                cursor.skip_space();
                let (fingerprint, reached) = if name.has_escapes {
                    // A name with half of a surrogate pair is read differently by every parser.
                    self.enter_escaped_member(*container, name).ok_or_else(|| cursor.not_json())?
                } else {
                    self.enter_member(*container, name.span.0)
                };
                self.names.push(name, fingerprint);
                if !cursor.take(b':') {
                    return Err(cursor.not_json());
                }
                cursor.skip_space();
                Ok(reached)
            }
            b']' => {
                let index = container.items;
                container.items = index.saturating_add(1);
                let may_match = !container.pointers.is_empty() && index <= MAX_ARRAY_INDEX;
                Ok(if may_match { self.follow(*container, index.to_string().as_bytes()) } else { Reached::NONE })
            }
            _ => Ok(Reached::WHOLE_TEXT),
        }
    }

    /// Returns the fingerprint of a member's name, and the pointers that reach the member.
    #[inline(always)]
    fn enter_member(&self, container: Container, name: &[u8]) -> (u64, Reached) {
        let reached = if container.pointers.is_empty() { Reached::NONE } else { self.follow(container, name) };
        (fingerprint(name), reached)
    }

    #[inline(never)]
    fn enter_escaped_member(&self, container: Container, name: JsonString<'j>) -> Option<(u64, Reached)> {
        Some(self.enter_member(container, name.unescaped()?.as_bytes()))
    }

    /// Opens an object or array.
    #[inline(always)]
    fn open(
        &mut self,
        cursor: &mut Cursor<'j>,
        outer: Container,
        closing: u8,
        reached: Reached,
    ) -> Result<Container, DecodeError> {
        if self.outer.len() == MAX_DEPTH {
            return Err(DecodeError::TooDeep { at: cursor.at() });
        }
        self.outer.push(outer);
        cursor.advance(1);
        cursor.skip_space();
        let Reached { through, matched, .. } = reached;
        Ok(Container { closing, pointers: through, matched, items: 0, first_name: self.names.len() })
    }

    /// Closes an object or array and rejects an object with two members of one name.
    #[inline(always)]
    fn close(&mut self, cursor: &mut Cursor<'j>, container: Container) -> Result<Container, DecodeError> {
        cursor.advance(1);
        if container.closing == b'}' && self.names.close_object(container.first_name) {
            return Err(DecodeError::DuplicateKey { at: cursor.at() });
        }
        Ok(self.outer.pop().unwrap_or(Container::WHOLE_TEXT))
    }

    /// Follows the pointers that lead into a container to its member or item `name`.
    #[inline(always)]
    fn follow(&self, container: Container, name: &[u8]) -> Reached {
        let Container { pointers, matched, .. } = container;
        let (through, here) = self.match_name(pointers, matched, name);
        Reached { through, here, matched: matched.saturating_add(1).saturating_add(name.len()) }
    }

    /// Finds which of some pointers, whose first `matched` bytes lead to a container, go on with `name`: those that lead through
    /// that member, and those that end at it. Two pointers may be equal.
    #[inline(never)]
    fn match_name(&self, pointers: PointerSet, matched: usize, name: &[u8]) -> (PointerSet, PointerSet) {
        let start = matched.saturating_add(1);
        let end = start.saturating_add(name.len());
        let (mut through, mut here) = (PointerSet::NONE, PointerSet::NONE);
        for (index, pointer) in self.pointers.iter().enumerate() {
            let pointer = pointer.as_bytes();
            // The length of the name excludes most pointers at the least cost.
            let matching = match pointer.get(end..) {
                Some([]) => &mut here,
                Some([b'/', ..]) => &mut through,
                _ => continue,
            };
            let leads_here = pointers.contains(index) && pointer.get(matched) == Some(&b'/');
            if leads_here && pointer.get(start..end) == Some(name) {
                matching.insert(index);
            }
        }
        // A slash separates names in a pointer, so a member with a slash in its name cannot be pointed at.
        let is_reached = !(here.is_empty() && through.is_empty());
        if is_reached && name.contains(&b'/') { (PointerSet::NONE, PointerSet::NONE) } else { (through, here) }
    }
}
