//! What the reader finds: values as they are written in the text, borrowed from it.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

/// A value found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value<'j> {
    Null,
    Bool(bool),
    Number(Span<'j>),
    String(JsonString<'j>),
    Array,
    Object,
}

impl<'j> Value<'j> {
    /// The text of a scalar: the content of a string, a number or a boolean as it is written; `None` for other values.
    pub(crate) fn plain_text(self) -> Option<Cow<'j, str>> {
        match self {
            Self::String(_) => self.text(),
            Self::Number(number) => Some(Cow::Borrowed(number.as_str())),
            Self::Bool(true) => Some(Cow::Borrowed("true")),
            Self::Bool(false) => Some(Cow::Borrowed("false")),
            Self::Null | Self::Array | Self::Object => None,
        }
    }

    /// The content of a string; `None` for other values and for strings that are not Unicode text.
    pub(crate) fn text(self) -> Option<Cow<'j, str>> {
        match self {
            Self::String(string) => string.unescaped(),
            _ => None,
        }
    }
}

/// A part of the text, as it is written. It is kept as bytes: most parts are only passed over, and checking their UTF-8 again
/// would cost time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span<'j>(pub(super) &'j [u8]);

impl<'j> Span<'j> {
    /// The part as text. The whole text is UTF-8, and no part begins or ends inside a character.
    pub(crate) fn as_str(self) -> &'j str {
        core::str::from_utf8(self.0).unwrap_or_default()
    }

    /// Its length in bytes.
    pub(crate) const fn len(self) -> usize {
        self.0.len()
    }

    /// Whether this number is an integer beyond ±(2^53 − 1), which a 64-bit floating-point number may round.
    pub(super) fn is_big_integer(self) -> bool {
        let max_length = MAX_SAFE_INTEGER.len();
        // The length settles it for nearly every number.
        if self.len() < max_length {
            return false;
        }
        let digits = self.0.strip_prefix(b"-").unwrap_or(self.0);
        digits.len() >= max_length
            && digits.iter().all(u8::is_ascii_digit)
            && (digits.len() > max_length || digits > MAX_SAFE_INTEGER)
    }
}

/// 2^53 − 1. JSON integers have no leading zeros, so the longer of two is the larger.
const MAX_SAFE_INTEGER: &[u8] = b"9007199254740991";

/// A string as it is written, without its quotation marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JsonString<'j> {
    pub(super) span: Span<'j>,
    pub(super) has_escapes: bool,
}

impl<'j> JsonString<'j> {
    /// The string as it is written, with its escapes.
    pub(crate) fn raw(self) -> &'j str {
        self.span.as_str()
    }

    /// The content of the string; `None` if an escape is half of a surrogate pair.
    pub(super) fn unescaped(self) -> Option<Cow<'j, str>> {
        if self.has_escapes { self.resolve_escapes().map(Cow::Owned) } else { Some(Cow::Borrowed(self.raw())) }
    }

    fn resolve_escapes(self) -> Option<String> {
        let mut text = String::new();
        let mut rest = self.raw();
        while let Some((plain, escape)) = rest.split_once('\\') {
            text.push_str(plain);
            let (character, after) = read_escape(escape)?;
            text.push(character);
            rest = after;
        }
        text.push_str(rest);
        Some(text)
    }
}

/// Reads the escape that begins after a backslash. Returns its character and the text after it.
fn read_escape(escape: &str) -> Option<(char, &str)> {
    let (letter, rest) = escape.split_at_checked(1)?;
    let character = match letter.as_bytes().first()? {
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return read_unicode_escape(rest),
        other => char::from(*other),
    };
    Some((character, rest))
}

/// Reads the four digits after `\u`, and the second escape of a surrogate pair.
fn read_unicode_escape(digits: &str) -> Option<(char, &str)> {
    let (first, rest) = read_code_unit(digits)?;
    if let Some(character) = char::from_u32(first) {
        return Some((character, rest));
    }
    let (second, rest) = read_code_unit(rest.strip_prefix("\\u")?)?;
    let high = first.checked_sub(0xD800).filter(|high| *high < 0x400)?;
    let low = second.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
    let code_point = (high << 10).saturating_add(low).saturating_add(0x1_0000);
    Some((char::from_u32(code_point)?, rest))
}

/// Reads four hexadecimal digits. Returns their number and the text after them.
fn read_code_unit(digits: &str) -> Option<(u32, &str)> {
    let (digits, rest) = digits.split_at_checked(4)?;
    let number = digits.chars().try_fold(0, |number, digit| Some(number << 4 | digit.to_digit(16)?))?;
    Some((number, rest))
}

/// The result of one pass over a text.
#[derive(Clone, Debug)]
pub(crate) struct Document<'j> {
    /// The whole text, which is UTF-8.
    pub(crate) text: Span<'j>,
    /// The value at each pointer, in the order of the pointers; `None` where the text has no such member.
    pub(crate) found: Vec<Option<Value<'j>>>,
    /// Whether the text has an integer that a 64-bit floating-point number would round.
    pub(crate) has_big_integer: bool,
}

impl Document<'_> {
    /// Whether the top-level value is an object.
    pub(crate) fn is_object(&self) -> bool {
        self.text.0.trim_ascii_start().starts_with(b"{")
    }
}
