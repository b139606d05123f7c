//! The strict rules, which apply to a text as a whole: no object names a member twice, member names are Unicode text, and the
//! nesting is bounded.

use alloc::vec::Vec;

use super::cursor::Cursor;
use super::find::{check_encoding, find};
use super::grammar::pass_value;
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
    let mut rules = StrictRules { names: MemberNames::new(), first_names: Vec::new() };
    let mut cursor = Cursor::new(body);
    cursor.skip_space();
    let has_big_integer = pass_value(&mut cursor, Some(&mut rules))?;
    cursor.skip_space();
    if cursor.next().is_some() {
        return Err(cursor.not_json());
    }
    // Texts with pointers are small: bodies that nobody signed whole, and tokens. So a second pass may find the values.
    if !pointers.is_empty() {
        return find(body, pointers);
    }
    Ok(Document { text: Span(body), found: Vec::new(), has_big_integer })
}

/// The state of the rules at a place in the text.
pub(super) struct StrictRules<'j> {
    /// The names of all open objects.
    names: MemberNames<'j>,
    /// For each open object or array, outermost first: the index of its first name in `names`.
    first_names: Vec<usize>,
}

impl<'j> StrictRules<'j> {
    /// Checks that an object or array at the cursor is within the depth limit.
    #[inline(never)]
    pub(super) fn open(&mut self, cursor: Cursor<'j>) -> Result<(), DecodeError> {
        if self.first_names.len() == MAX_DEPTH {
            return Err(DecodeError::TooDeep { at: cursor.at() });
        }
        self.first_names.push(self.names.len());
        Ok(())
    }

    /// Remembers the name of a member. The cursor is after the name and the white space that follows it.
    #[inline(never)]
    pub(super) fn name(&mut self, name: JsonString<'j>, cursor: Cursor<'j>) -> Result<(), DecodeError> {
        let fingerprint = if name.has_escapes {
            // A name with half of a surrogate pair is read differently by every parser.
            fingerprint(name.unescaped().ok_or(cursor.not_json())?.as_bytes())
        } else {
            fingerprint(name.span.0)
        };
        self.names.push(name, fingerprint);
        Ok(())
    }

    /// Rejects the object that ends at the cursor if it has two members of one name. An array has no members.
    #[inline(never)]
    pub(super) fn close(&mut self, cursor: Cursor<'j>) -> Result<(), DecodeError> {
        let first = self.first_names.pop().unwrap_or_default();
        if self.names.close_object(first) { Err(DecodeError::DuplicateKey { at: cursor.at() }) } else { Ok(()) }
    }
}
