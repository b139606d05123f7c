//! A place in a text, and what is read there without knowing what it is in: white space, strings, numbers and words.

use super::{Text, Written, scan};
use crate::error::DecodeError;
use crate::text::split::holds;

/// A place in a text. Whoever reads holds it in a variable of its own. What is not compiled into the reader gets the text and
/// the place each by itself, and says where it got to: what is lent out, or passed as a whole, is written to memory each time.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'j> {
    text: &'j [u8],
    at: usize,
}

#[expect(clippy::inline_always, reason = "compiled for size, what is done for every byte would be a call otherwise")]
impl<'j> Cursor<'j> {
    /// The beginning of a text.
    pub(super) const fn new(text: &'j [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// How many bytes stand before it.
    pub(super) const fn at(self) -> usize {
        self.at
    }

    /// The error that what stands here is not what has to.
    pub(super) const fn not_json(self) -> DecodeError {
        DecodeError::NotJson { at: self.at }
    }

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

    /// What stands between an earlier place and this one.
    #[inline(always)]
    fn since(self, start: Self) -> Written<'j> {
        Written(self.text.get(start.at..self.at).unwrap_or_default())
    }

    /// Takes `expected` if it is next.
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

    /// Passes over white space, of which there is none in most places.
    #[inline(always)]
    pub(super) fn space(&mut self) {
        if self.next().is_some_and(|byte| byte <= b' ') {
            self.at = after_space(self.text, self.at);
        }
    }

    /// Passes over bytes for as long as they are of a kind.
    #[inline(always)]
    pub(super) fn pass_over(&mut self, is_of_kind: impl Fn(u8) -> bool) -> Written<'j> {
        let start = *self;
        while self.next().is_some_and(&is_of_kind) {
            self.advance(1);
        }
        self.since(start)
    }

    /// Takes a word.
    #[inline(always)]
    pub(super) fn word<const N: usize>(&mut self, word: &[u8; N]) -> Result<(), DecodeError> {
        if self.rest().first_chunk() != Some(word) {
            return Err(self.not_json());
        }
        self.advance(N);
        Ok(())
    }

    /// Reads a string.
    #[inline(always)]
    pub(super) fn string(&mut self) -> Result<Text<'j>, DecodeError> {
        if !self.take(b'"') {
            return Err(self.not_json());
        }
        // Neither of these two is ever refused; to go on with nothing instead would cost more.
        let rest = self.text.get(self.at..).ok_or(self.not_json())?;
        let (plain, after) = rest.split_at_checked(scan::plain_length(rest)).ok_or(self.not_json())?;
        let has_escapes = after.first() != Some(&b'"');
        let written = if has_escapes { self.rest_of_string()? } else { Written(plain) };
        self.advance(written.len().wrapping_add(1));
        Ok(Text { written, has_escapes })
    }

    /// What stands before the quotation mark that ends the string in which this place is.
    #[inline(always)]
    fn rest_of_string(self) -> Result<Written<'j>, DecodeError> {
        let end = end_of_string(self.text, self.at)?;
        Ok(Self { at: end, ..self }.since(self))
    }

    /// Reads a string that is known to stand here. It is the smaller way, for who reads little.
    #[inline(never)]
    pub(super) fn string_with_escapes(&mut self) -> Result<Text<'j>, DecodeError> {
        self.advance(1);
        let written = self.rest_of_string()?;
        self.advance(written.len().wrapping_add(1));
        Ok(Text { written, has_escapes: holds(written.0, b'\\') })
    }

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
        let is_known = |byte| matches!(byte, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't');
        if self.take_if(is_known) { Ok(()) } else { Err(self.not_json()) }
    }

    /// Reads a number.
    #[inline(always)]
    pub(super) fn number(&mut self) -> Result<Written<'j>, DecodeError> {
        let start = *self;
        self.take(b'-');
        let leads_with_zero = self.next() == Some(b'0');
        let whole = self.digits();
        if whole == 0 || (leads_with_zero && whole > 1) {
            return Err(self.not_json());
        }
        if self.next().is_some_and(|byte| matches!(byte, b'.' | b'e' | b'E')) {
            self.at = after_fraction(self.text, self.at)?;
        }
        Ok(self.since(start))
    }

    /// Passes over digits and says how many there are.
    #[inline(always)]
    fn digits(&mut self) -> usize {
        self.pass_over(|byte| byte.is_ascii_digit()).len()
    }
}

#[inline(never)]
fn after_space(text: &[u8], at: usize) -> usize {
    let mut cursor = Cursor { text, at };
    cursor.pass_over(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    cursor.at
}

/// Where the quotation mark stands that ends the string in which this place is.
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

/// The end of a number whose whole part ends at this place.
#[inline(never)]
fn after_fraction(text: &[u8], at: usize) -> Result<usize, DecodeError> {
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
