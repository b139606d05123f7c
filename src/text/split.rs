//! Cutting header values and URLs at separators.

/// Whether one of these bytes is `byte`.
///
/// The standard library's search is made for long texts, and brings a third of a kilobyte of WebAssembly along.
#[expect(clippy::manual_contains, reason = "that is the search")]
pub(crate) fn holds(bytes: &[u8], byte: u8) -> bool {
    bytes.iter().any(|other| *other == byte)
}

/// Where the first of these bytes stands that is `byte`. Looks at eight at a time.
fn position(bytes: &[u8], byte: u8) -> Option<usize> {
    let (blocks, rest) = bytes.as_chunks();
    let sought = u64::from_le_bytes([byte; 8]);
    let mut passed: usize = 0;
    for block in blocks {
        // Where bytes are equal there is a zero now. What is subtracted borrows from the next byte only there, so the first
        // mark is always right.
        let difference = u64::from_le_bytes(*block) ^ sought;
        let found = difference.wrapping_sub(u64::from_le_bytes([1; 8])) & !difference & u64::from_le_bytes([0x80; 8]);
        if found != 0 {
            return Some(passed.wrapping_add(usize::try_from(found.trailing_zeros() / 8).ok()?));
        }
        passed = passed.wrapping_add(8);
    }
    rest.iter().position(|other| *other == byte).map(|offset| passed.wrapping_add(offset))
}

/// What stands before and after the first place where `separator` stands.
///
/// Searching for a text with the standard library brings three kilobytes of WebAssembly along; header values are short.
pub(crate) fn cut<'t>(text: &'t str, separator: &str) -> Option<(&'t str, &'t str)> {
    let first = *separator.as_bytes().first()?;
    let mut from = 0;
    loop {
        let rest = text.as_bytes().get(from..)?;
        from = position(rest, first)?.wrapping_add(from);
        // No character holds the first byte of another but at its own beginning: nothing is cut in the middle of one.
        let (before, found) = text.split_at_checked(from)?;
        if let Some(after) = found.strip_prefix(separator) {
            return Some((before, after));
        }
        from = from.wrapping_add(1);
    }
}

/// What stands before and after the last place where a letter of ASCII stands.
pub(crate) fn cut_last(text: &str, letter: u8) -> Option<(&str, &str)> {
    let (before, rest) = text.split_at_checked(text.bytes().rposition(|byte| byte == letter)?)?;
    Some((before, rest.get(1..)?))
}

/// What stands before the first of some letters of ASCII, and from it on.
pub(crate) fn cut_before<'t>(text: &'t str, letters: &[u8]) -> (&'t str, &'t str) {
    let end = text.bytes().position(|byte| holds(letters, byte));
    text.split_at_checked(end.unwrap_or(text.len())).unwrap_or((text, ""))
}

/// The pieces of a text between which `separator` stands.
pub(crate) struct Pieces<'t, 's> {
    rest: Option<&'t str>,
    separator: &'s str,
}

pub(crate) fn pieces<'t, 's>(text: &'t str, separator: &'s str) -> Pieces<'t, 's> {
    Pieces { rest: Some(text), separator }
}

impl<'t> Iterator for Pieces<'t, '_> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let text = self.rest?;
        match cut(text, self.separator) {
            Some((piece, rest)) => {
                self.rest = Some(rest);
                Some(piece)
            }
            None => self.rest.take(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn a_byte_is_found_where_it_stands_first() {
        // What differs from it by one bit could be taken for it behind the first.
        for filler in [b'a', b',' ^ 1, b',' ^ 0x80, 0, 0xff] {
            for length in 0..40 {
                let mut bytes = vec![filler; length];
                assert_eq!(position(&bytes, b','), None);
                for place in (0..length).rev() {
                    bytes[place] = b',';
                    assert_eq!(position(&bytes, b','), Some(place), "{filler} before {place} of {length}");
                }
            }
        }
    }
}
