//! The strict rules: no object names a member twice, member names are Unicode text, and the nesting is bounded.

use alloc::vec::Vec;

use super::cursor::Cursor;
use super::member_names::{MemberNames, fingerprint};
use super::value::JsonString;
use crate::error::DecodeError;
use crate::limits::MAX_DEPTH;

/// The state of the rules at a place in the text.
pub(super) struct StrictRules<'j> {
    /// The names of all open objects.
    names: MemberNames<'j>,
    /// For each open object or array, outermost first: the index of its first name in `names`.
    first_names: Vec<usize>,
}

impl<'j> StrictRules<'j> {
    /// The state at the start of a text.
    pub(super) fn new() -> Self {
        Self { names: MemberNames::new(), first_names: Vec::new() }
    }

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
