//! A position in a text, and the lexical grammar: white space, strings, numbers and words.
//!
//! The cursor is `Copy` and small, so the reader keeps it in registers. Functions that are not inlined take the text and the
//! position as separate arguments and return the new position: a cursor that is borrowed, or passed as a whole, is written
//! to memory at each call.

use super::scan;
use super::value::{JsonString, Span};
use crate::error::DecodeError;

/// A position in a text.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'j> {
    text: &'j [u8],
    at: usize,
}

#[expect(
    clippy::inline_always,
    reason = "measured: these run for every byte, and a call each costs a third of the time"
)]
impl<'j> Cursor<'j> {
    /// The start of a text.
    pub(super) const fn new(text: &'j [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// The offset in bytes.
    pub(super) const fn at(self) -> usize {
        self.at
    }

    /// The error that the byte at this position does not belong here.
    pub(super) const fn not_json(self) -> DecodeError {
        DecodeError::NotJson { at: self.at }
    }

    /// The byte at this position; `None` at the end of the text.
    #[inline(always)]
    pub(super) fn next(self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    #[inline(always)]
    pub(super) fn advance(&mut self, bytes: usize) {
        self.at = self.at.wrapping_add(bytes);
    }

    #[inline(always)]
    fn rest(self) -> &'j [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The text between an earlier position and this one.
    #[inline(always)]
    pub(super) fn since(self, start: Self) -> Span<'j> {
        Span(self.text.get(start.at..self.at).unwrap_or_default())
    }

    /// Consumes `expected` if it is the next byte; returns whether it was.
    #[inline(always)]
    pub(super) fn take(&mut self, expected: u8) -> bool {
        self.take_if(|next| next == expected)
    }

    #[inline(always)]
    fn take_if(&mut self, is_expected: impl FnOnce(u8) -> bool) -> bool {
        let is_next = self.next().is_some_and(is_expected);
        self.advance(usize::from(is_next));
        is_next
    }

    /// Skips white space. Most bodies have none.
    #[inline(always)]
    pub(super) fn skip_space(&mut self) {
        if self.next().is_some_and(|byte| byte <= b' ') {
            self.at = end_of_space(self.text, self.at);
        }
    }

    /// Skips bytes for as long as a predicate holds; returns the skipped text.
    #[inline(always)]
    pub(super) fn skip_while(&mut self, predicate: impl Fn(u8) -> bool) -> Span<'j> {
        let start = *self;
        while self.next().is_some_and(&predicate) {
            self.advance(1);
        }
        self.since(start)
    }

    /// Consumes a word, or fails.
    #[inline(always)]
    pub(super) fn word<const N: usize>(&mut self, word: &[u8; N]) -> Result<(), DecodeError> {
        if self.rest().first_chunk() != Some(word) {
            return Err(self.not_json());
        }
        self.advance(N);
        Ok(())
    }

    /// Consumes a string, quotation marks included.
    #[inline(always)]
    pub(super) fn string(&mut self) -> Result<JsonString<'j>, DecodeError> {
        if !self.take(b'"') {
            return Err(self.not_json());
        }
        // Neither of these can fail; returning an error is cheaper here than continuing with an empty slice.
        let rest = self.text.get(self.at..).ok_or(self.not_json())?;
        let (plain, after) = rest.split_at_checked(scan::plain_length(rest)).ok_or(self.not_json())?;
        let has_escapes = after.first() != Some(&b'"');
        let span = if has_escapes { self.rest_of_string()? } else { Span(plain) };
        self.advance(span.len().wrapping_add(1));
        Ok(JsonString { span, has_escapes })
    }

    /// The text from this position to the quotation mark that ends the string.
    #[inline(always)]
    fn rest_of_string(self) -> Result<Span<'j>, DecodeError> {
        let end = end_of_string(self.text, self.at)?;
        Ok(Self { at: end, ..self }.since(self))
    }

    /// Consumes a string that is known to be here, for readers that need no speed.
    #[inline(never)]
    pub(super) fn string_with_escapes(&mut self) -> Result<JsonString<'j>, DecodeError> {
        self.advance(1);
        let span = self.rest_of_string()?;
        self.advance(span.len().wrapping_add(1));
        Ok(JsonString { span, has_escapes: span.0.contains(&b'\\') })
    }

    /// Consumes an escape.
    fn escape(&mut self) -> Result<(), DecodeError> {
        self.advance(1);
        if self.take(b'u') {
            let digits = self.rest().first_chunk::<4>();
            if !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
                return Err(self.not_json());
            }
            self.advance(4);
            return Ok(());
        }
        let is_short_escape = |byte| matches!(byte, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't');
        if self.take_if(is_short_escape) { Ok(()) } else { Err(self.not_json()) }
    }

    /// Consumes a number.
    #[inline(always)]
    pub(super) fn number(&mut self) -> Result<Span<'j>, DecodeError> {
        let start = *self;
        self.take(b'-');
        let has_leading_zero = self.next() == Some(b'0');
        let digits = self.digits();
        if digits == 0 || (has_leading_zero && digits > 1) {
            return Err(self.not_json());
        }
        if self.next().is_some_and(|byte| matches!(byte, b'.' | b'e' | b'E')) {
            self.at = end_of_fraction(self.text, self.at)?;
        }
        Ok(self.since(start))
    }

    /// Skips digits and returns their count.
    #[inline(always)]
    fn digits(&mut self) -> usize {
        self.skip_while(|byte| byte.is_ascii_digit()).len()
    }
}

#[inline(never)]
fn end_of_space(text: &[u8], at: usize) -> usize {
    let mut cursor = Cursor { text, at };
    cursor.skip_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    cursor.at
}

/// The offset of the quotation mark that ends the string around `at`.
#[inline(never)]
fn end_of_string(text: &[u8], at: usize) -> Result<usize, DecodeError> {
    let mut cursor = Cursor { text, at };
    loop {
        let run = cursor;
        cursor.advance(scan::plain_length(cursor.rest()));
        match cursor.next() {
            Some(b'"') => return Ok(cursor.at),
            Some(b'\\') => cursor.escape()?,
            Some(_) => return Err(cursor.not_json()),
            None => return Err(run.not_json()),
        }
    }
}

/// The end of a number whose integer part ends at `at`.
#[inline(never)]
fn end_of_fraction(text: &[u8], at: usize) -> Result<usize, DecodeError> {
    let mut cursor = Cursor { text, at };
    if cursor.take(b'.') && cursor.digits() == 0 {
        return Err(cursor.not_json());
    }
    if cursor.take_if(|byte| matches!(byte, b'e' | b'E')) {
        cursor.take_if(|byte| matches!(byte, b'+' | b'-'));
        if cursor.digits() == 0 {
            return Err(cursor.not_json());
        }
    }
    Ok(cursor.at)
}
