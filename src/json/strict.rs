//! Reads a text that must follow the strict rules from end to end.

use alloc::vec::Vec;

use super::cursor::Cursor;
use super::find::{check_encoding, find};
use super::grammar::pass_value;
use super::rules::StrictRules;
use super::value::{Document, Span};
use crate::error::DecodeError;

/// Reads a whole text strictly and returns the values at `pointers` (RFC 6901, without `~` escapes).
///
/// # Errors
///
/// [`DecodeError::NotJson`], [`DecodeError::DuplicateKey`] or [`DecodeError::TooDeep`] with the offset of the byte at which
/// the text stops being strict JSON.
pub(crate) fn read<'j>(body: &'j [u8], pointers: &[&str]) -> Result<Document<'j>, DecodeError> {
    check_encoding(body)?;
    let mut rules = StrictRules::new();
    let mut cursor = Cursor::new(body);
    cursor.skip_space();
    let has_big_integer = pass_value(&mut cursor, Some(&mut rules))?;
    cursor.skip_space();
    if cursor.next().is_some() {
        return Err(cursor.not_json());
    }
    // Texts with pointers are small: bodies that are not signed as a whole, and tokens. So a second pass may find the values.
    if !pointers.is_empty() {
        return find(body, pointers);
    }
    Ok(Document { text: Span(body), found: Vec::new(), has_big_integer })
}
