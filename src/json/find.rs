//! Reads a text strictly on the way to the values at some pointers, and as leniently as other parsers everywhere else.
//!
//! The way consists of the objects and arrays that contain one of the values, at any distance. Every name in them is compared, in
//! whatever spelling. A name on the way that occurs twice makes the value ambiguous, and the text is rejected. Everything
//! else is passed to [`pass_value`].

use alloc::vec::Vec;

use super::cursor::Cursor;
use super::grammar::pass_value;
use super::pointers::{PointerSet, Reached, follow};
use super::scan;
use super::value::{Document, JsonString, Span, Value};
use crate::error::DecodeError;
use crate::limits::{MAX_ARRAY_INDEX, MAX_DEPTH};

/// Finds the values at `pointers` (RFC 6901, without `~` escapes) in a text that other parsers will read, too.
///
/// Use it for texts that the sender signed as a whole. Duplicate keys and deep nesting off the way to the values are
/// accepted.
///
/// # Errors
///
/// [`DecodeError::NotJson`], or [`DecodeError::DuplicateKey`] if a name on the way to one of the values occurs twice.
/// [`DecodeError::TooDeep`] if one of the values is deeper than [`MAX_DEPTH`].
pub(crate) fn find<'j>(body: &'j [u8], pointers: &[&str]) -> Result<Document<'j>, DecodeError> {
    let all = PointerSet::all(pointers).ok_or(DecodeError::TooDeep { at: 0 })?;
    check_encoding(body)?;
    let mut finder =
        Finder { pointers, found: pointers.iter().map(|_| None).collect(), has_big_integer: false, outer: Vec::new() };
    finder.walk(Cursor::new(body), all)?;
    Ok(Document { text: Span(body), found: finder.found, has_big_integer: finder.has_big_integer })
}

/// Checks that a text is UTF-8.
pub(super) fn check_encoding(body: &[u8]) -> Result<(), DecodeError> {
    if !scan::is_ascii(body) {
        core::str::from_utf8(body).map_err(|error| DecodeError::NotJson { at: error.valid_up_to() })?;
    }
    Ok(())
}

/// The state of a pass, except for the position and the innermost container.
struct Finder<'j, 'p> {
    pointers: &'p [&'p str],
    found: Vec<Option<Value<'j>>>,
    has_big_integer: bool,
    /// The containers around the innermost one, outermost first.
    outer: Vec<Container>,
}

/// An object or array on the way, or the whole text.
#[derive(Clone, Copy)]
struct Container {
    /// The bracket that closes it; zero, which closes nothing, for the whole text.
    closing: u8,
    /// The pointers that lead into it, and how many of their bytes lead here.
    pointers: PointerSet,
    matched: usize,
    /// How many of its items were read, for arrays.
    items: usize,
    /// The pointers that one of its members lies on, for objects.
    seen: PointerSet,
    /// Whether two of its members lie on one pointer.
    is_ambiguous: bool,
}

impl Container {
    const fn new(closing: u8, pointers: PointerSet, matched: usize) -> Self {
        Self { closing, pointers, matched, items: 0, seen: PointerSet::NONE, is_ambiguous: false }
    }
}

impl<'j> Finder<'j, '_> {
    fn walk(&mut self, mut cursor: Cursor<'j>, all: PointerSet) -> Result<(), DecodeError> {
        let mut container = Container::new(0, all, 0);
        loop {
            let reached = self.enter_value(&mut cursor, &mut container)?;
            let value = match cursor.next() {
                Some(b'{') if !reached.through.is_empty() => Some((b'}', Value::Object)),
                Some(b'[') if !reached.through.is_empty() => Some((b']', Value::Array)),
                _ => None,
            };
            if let Some((closing, value)) = value {
                self.store(reached.here, value);
                if self.outer.len() == MAX_DEPTH {
                    return Err(DecodeError::TooDeep { at: cursor.at() });
                }
                self.outer.push(container);
                container = Container::new(closing, reached.through, reached.matched);
                cursor.advance(1);
                cursor.skip_space();
                if cursor.next() != Some(closing) {
                    continue;
                }
            } else {
                let start = cursor;
                self.has_big_integer |= pass_value(&mut cursor, None)?;
                if !reached.here.is_empty() {
                    self.store(reached.here, value_of(cursor.since(start)));
                }
            }
            // After a value: closing brackets, then a comma and the next value, or the end of the text.
            loop {
                cursor.skip_space();
                match cursor.next() {
                    Some(b',') if container.closing != 0 => break cursor.advance(1),
                    Some(closing) if closing == container.closing && closing != 0 => {
                        cursor.advance(1);
                        if container.is_ambiguous {
                            return Err(DecodeError::DuplicateKey { at: cursor.at() });
                        }
                        container = self.outer.pop().unwrap_or(container);
                    }
                    None if container.closing == 0 => return Ok(()),
                    _ => return Err(cursor.not_json()),
                }
            }
        }
    }

    /// Moves to the next value, past the name of a member, and finds the pointers that reach it.
    fn enter_value(&self, cursor: &mut Cursor<'j>, container: &mut Container) -> Result<Reached, DecodeError> {
        cursor.skip_space();
        let Container { pointers, matched, .. } = *container;
        match container.closing {
            b'}' => {
                let name = cursor.string()?;
                cursor.skip_space();
                if !cursor.take(b':') {
                    return Err(cursor.not_json());
                }
                cursor.skip_space();
                let reached = if name.has_escapes {
                    // A name with half of a surrogate pair equals no name in a pointer.
                    let name = name.unescaped();
                    name.map_or(Reached::NONE, |name| follow(self.pointers, pointers, matched, name.as_bytes()))
                } else {
                    follow(self.pointers, pointers, matched, name.span.0)
                };
                let lies_on = reached.through.union(reached.here);
                container.is_ambiguous |= lies_on.intersects(container.seen);
                container.seen = container.seen.union(lies_on);
                Ok(reached)
            }
            b']' => {
                let index = container.items;
                container.items = index.saturating_add(1);
                Ok(match DIGITS.get(index..=index) {
                    Some(digit) if index <= MAX_ARRAY_INDEX => follow(self.pointers, pointers, matched, digit),
                    _ => Reached::NONE,
                })
            }
            _ => Ok(Reached { through: pointers, here: PointerSet::NONE, matched }),
        }
    }

    fn store(&mut self, pointers: PointerSet, value: Value<'j>) {
        for (index, found) in self.found.iter_mut().enumerate() {
            if pointers.contains(index) {
                *found = Some(value);
            }
        }
    }
}

/// The indices that a pointer may contain.
const DIGITS: &[u8] = b"0123456789";

/// The value that a span holds.
fn value_of(span: Span<'_>) -> Value<'_> {
    match span.0 {
        [b'"', content @ .., b'"'] => {
            Value::String(JsonString { span: Span(content), has_escapes: content.contains(&b'\\') })
        }
        [b'{', ..] => Value::Object,
        [b'[', ..] => Value::Array,
        [b't', ..] => Value::Bool(true),
        [b'f', ..] => Value::Bool(false),
        [b'n', ..] => Value::Null,
        _ => Value::Number(span),
    }
}
