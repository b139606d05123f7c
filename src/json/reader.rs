//! The strict pass over a text: its grammar, its depth, and the member names that must not repeat.
//!
//! The whole grammar is one function, [`Reader::read`], without recursion: the stack of open objects and arrays is a vector, and
//! the variables of the loop stay in registers. Splitting it into functions that share `&mut self` made bodies with many
//! members 45 % slower, because every step then waits for the last position to be stored and loaded again.
//!
//! All bytes at which the reader stops (brackets, quotation marks, commas, backslashes) are ASCII, so it never cuts a
//! character in two.

use alloc::vec::Vec;

use super::cursor::Cursor;
use super::find::{check_encoding, find};
use super::member_names::{MemberNames, fingerprint};
use super::value::{Document, JsonString, Span};
use crate::error::DecodeError;
use crate::limits::MAX_DEPTH;

/// Reads a whole text strictly and returns the values at `pointers` (RFC 6901, without `~` escapes).
///
/// # Errors
///
/// [`DecodeError::NotJson`], [`DecodeError::DuplicateKey`] or [`DecodeError::TooDeep`] with the offset of the byte at which
/// the text stops being strict JSON.
pub(crate) fn read<'j>(body: &'j [u8], pointers: &[&str]) -> Result<Document<'j>, DecodeError> {
    check_encoding(body)?;
    let mut reader = Reader { names: MemberNames::new(), outer: Vec::new(), has_big_integer: false };
    reader.read(Cursor::new(body))?;
    // Texts with pointers are small: bodies that nobody signed whole, and tokens. So a second pass may find the values.
    if !pointers.is_empty() {
        return find(body, pointers);
    }
    Ok(Document { text: Span(body), found: Vec::new(), has_big_integer: reader.has_big_integer })
}

/// The state of a pass, except for the position and the innermost container, which are local variables of the loop.
struct Reader<'j> {
    names: MemberNames<'j>,
    /// The containers around the innermost one, outermost first.
    outer: Vec<Container>,
    has_big_integer: bool,
}

/// An open object or array, or the whole text.
#[derive(Clone, Copy)]
struct Container {
    /// The bracket that closes it; zero, which closes nothing, for the whole text.
    closing: u8,
    /// The index of its first name in [`MemberNames`], for objects.
    first_name: usize,
}

impl Container {
    const WHOLE_TEXT: Self = Self { closing: 0, first_name: 0 };
}

#[expect(
    clippy::inline_always,
    reason = "measured: these run for every value, and a call each costs a third of the time"
)]
impl<'j> Reader<'j> {
    fn read(&mut self, mut cursor: Cursor<'j>) -> Result<(), DecodeError> {
        let mut container = Container::WHOLE_TEXT;
        loop {
            cursor.skip_space();
            if container.closing == b'}' {
                self.read_name(&mut cursor)?;
            }
            match cursor.next() {
                Some(b'"') => {
                    cursor.string()?;
                }
                // The remaining values begin with a letter or a bracket, all of which come after the digits in ASCII.
                Some(start @ b'A'..) => match start {
                    b'{' | b'[' => {
                        let closing = if start == b'{' { b'}' } else { b']' };
                        container = self.open(&mut cursor, container, closing)?;
                        if cursor.next() != Some(closing) {
                            continue;
                        }
                    }
                    b't' => cursor.word(b"true")?,
                    b'f' => cursor.word(b"false")?,
                    b'n' => cursor.word(b"null")?,
                    _ => return Err(cursor.not_json()),
                },
                _ => self.has_big_integer |= cursor.number()?.is_big_integer(),
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

    /// Consumes the name of a member, its colon and the white space around it, and remembers the name.
    #[inline(always)]
    fn read_name(&mut self, cursor: &mut Cursor<'j>) -> Result<(), DecodeError> {
        let name = cursor.string()?;
        cursor.skip_space();
        let fingerprint = if name.has_escapes {
            // A name with half of a surrogate pair is read differently by every parser.
            fingerprint_of_escaped(name).ok_or_else(|| cursor.not_json())?
        } else {
            fingerprint(name.span.0)
        };
        self.names.push(name, fingerprint);
        if !cursor.take(b':') {
            return Err(cursor.not_json());
        }
        cursor.skip_space();
        Ok(())
    }

    /// Opens an object or array.
    #[inline(always)]
    fn open(&mut self, cursor: &mut Cursor<'j>, outer: Container, closing: u8) -> Result<Container, DecodeError> {
        if self.outer.len() == MAX_DEPTH {
            return Err(DecodeError::TooDeep { at: cursor.at() });
        }
        self.outer.push(outer);
        cursor.advance(1);
        cursor.skip_space();
        Ok(Container { closing, first_name: self.names.len() })
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
}

#[inline(never)]
fn fingerprint_of_escaped(name: JsonString<'_>) -> Option<u64> {
    Some(fingerprint(name.unescaped()?.as_bytes()))
}
