//! Writes JSON again the way another program would have written it: the same values in the same order, with other white space
//! and other escapes. Numbers stay as they are, because their original form is unknown.

use alloc::string::String;

use super::value::{JsonString, Span};
use crate::text::hex;

/// The white space that a program writes.
#[derive(Clone, Copy)]
pub(crate) struct Spacing {
    /// The indentation of one level; `None` writes everything on one line.
    pub(crate) indent: Option<&'static str>,
    /// The text after a comma on one line.
    pub(crate) comma: &'static str,
    /// The text after a colon.
    pub(crate) colon: &'static str,
}

/// The characters that a program escapes although JSON does not require it.
#[derive(Clone, Copy)]
pub(crate) struct Escapes {
    /// Slashes, as `\/`.
    pub(crate) slashes: bool,
    /// All characters beyond ASCII.
    pub(crate) non_ascii: bool,
    /// These ASCII characters, as `\u00XX`, and with them the two line separators of Unicode.
    pub(crate) ascii: &'static str,
    pub(crate) digits: Digits,
}

/// The hexadecimal digits in escapes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Digits {
    LowerCase,
    UpperCase,
    /// Upper case in the escapes of [`Escapes::ascii`], lower case in the others.
    UpperCaseInAscii,
}

/// Writes a text, which must be strict JSON, with this spacing and these escapes; `None` if the result exceeds `limit` bytes.
pub(crate) fn print(json: &str, spacing: &Spacing, escapes: &Escapes, limit: usize) -> Option<String> {
    let mut printer = Printer { printed: String::new(), spacing, escapes, depth: 0 };
    let mut rest = json;
    // Whether the last byte opened an object or array, which may be empty.
    let mut was_opened = false;
    while let Some(byte) = rest.bytes().next() {
        rest = rest.get(1..)?;
        if byte.is_ascii_whitespace() {
            continue;
        }
        let closes = matches!(byte, b'}' | b']');
        if closes {
            printer.depth = printer.depth.saturating_sub(1);
        }
        if was_opened != closes {
            printer.line();
        }
        was_opened = matches!(byte, b'{' | b'[');
        if was_opened {
            printer.depth = printer.depth.saturating_add(1);
        }
        // Outside strings, JSON is ASCII.
        printer.printed.push(char::from(byte));
        match byte {
            b'"' => {
                let (raw, after) = rest.split_at_checked(string_length(rest))?;
                printer.string(JsonString { span: Span(raw.as_bytes()), has_escapes: raw.as_bytes().contains(&b'\\') });
                rest = after.get(1..)?;
            }
            b':' => printer.printed.push_str(spacing.colon),
            b',' if spacing.indent.is_some() => printer.line(),
            b',' => printer.printed.push_str(spacing.comma),
            _ => {}
        }
        if printer.printed.len() > limit {
            return None;
        }
    }
    Some(printer.printed)
}

/// The number of bytes before the quotation mark that ends a string.
pub(super) fn string_length(rest: &str) -> usize {
    let mut is_escaped = false;
    let end = rest.bytes().position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    });
    end.unwrap_or(rest.len())
}

struct Printer<'p> {
    printed: String,
    spacing: &'p Spacing,
    escapes: &'p Escapes,
    depth: usize,
}

impl Printer<'_> {
    /// Starts a new line, if the printer indents.
    fn line(&mut self) {
        if let Some(indent) = self.spacing.indent {
            self.printed.push('\n');
            for _ in 0..self.depth {
                self.printed.push_str(indent);
            }
        }
    }

    /// Writes the content of a string and its closing quotation mark.
    fn string(&mut self, text: JsonString<'_>) {
        match text.unescaped() {
            Some(unescaped) => unescaped.chars().for_each(|character| self.character(character)),
            // Half of a surrogate pair can be written only as it is.
            None => self.printed.push_str(text.raw()),
        }
        self.printed.push('"');
    }

    fn character(&mut self, character: char) {
        let Escapes { slashes, non_ascii, ascii, .. } = *self.escapes;
        let is_separator = matches!(character, '\u{2028}' | '\u{2029}') && !ascii.is_empty();
        let must_escape =
            ascii.chars().any(|escaped| escaped == character) || is_separator || (non_ascii && !character.is_ascii());
        let short = match character {
            _ if must_escape => None,
            '"' | '\\' => Some(character),
            '/' if slashes => Some('/'),
            '\u{8}' => Some('b'),
            '\u{c}' => Some('f'),
            '\n' => Some('n'),
            '\r' => Some('r'),
            '\t' => Some('t'),
            '\0'..='\u{1f}' => None,
            _ => return self.printed.push(character),
        };
        match short {
            Some(letter) => self.printed.extend(['\\', letter]),
            None => self.code_units(character, must_escape),
        }
    }

    fn code_units(&mut self, character: char, is_optional: bool) {
        let is_upper_case = match self.escapes.digits {
            Digits::LowerCase => false,
            Digits::UpperCase => true,
            Digits::UpperCaseInAscii => is_optional && character.is_ascii(),
        };
        for unit in character.encode_utf16(&mut [0; 2]) {
            let mut digits = hex::encode(&unit.to_be_bytes());
            if is_upper_case {
                digits.make_ascii_uppercase();
            }
            self.printed.push_str("\\u");
            self.printed.push_str(&digits);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPACT: Spacing = Spacing { indent: None, comma: "", colon: "" };
    const INDENTED: Spacing = Spacing { indent: Some("  "), comma: "", colon: " " };
    const PLAIN: Escapes = Escapes { slashes: false, non_ascii: false, ascii: "", digits: Digits::LowerCase };

    fn printed(json: &str, spacing: Spacing, escapes: Escapes) -> String {
        print(json, &spacing, &escapes, 1000).unwrap()
    }

    #[test]
    fn white_space_is_replaced() {
        let json = " { \"a\" : [1.0 , -2e3,\n{}, [ ] ] ,\t\"b\": {\"c\":null } } ";
        assert_eq!(printed(json, COMPACT, PLAIN), r#"{"a":[1.0,-2e3,{},[]],"b":{"c":null}}"#);
        let spaced = Spacing { indent: None, comma: " ", colon: " " };
        assert_eq!(printed(json, spaced, PLAIN), r#"{"a": [1.0, -2e3, {}, []], "b": {"c": null}}"#);
        let indented = "{\n  \"a\": [\n    1.0,\n    -2e3,\n    {},\n    []\n  ],\n  \"b\": {\n    \"c\": null\n  }\n}";
        assert_eq!(printed(json, INDENTED, PLAIN), indented);
        assert_eq!(printed(indented, COMPACT, PLAIN), printed(json, COMPACT, PLAIN));
        assert_eq!(printed(" 1 ", INDENTED, PLAIN), "1");
        assert_eq!(printed("[ ]", INDENTED, PLAIN), "[]");
    }

    #[test]
    fn escapes_are_replaced() {
        let json = r#"["\u00e9 \/ \u003c \"\\\" \u0001\b\ud83d\ude00","\ud800"]"#;
        assert_eq!(printed(json, COMPACT, PLAIN), "[\"\u{e9} / < \\\"\\\\\\\" \\u0001\\b\u{1f600}\",\"\\ud800\"]");
        let all = Escapes { slashes: true, non_ascii: true, ascii: "<\"", digits: Digits::UpperCase };
        let expected = r#"["\u00E9 \/ \u003C \u0022\\\u0022 \u0001\b\uD83D\uDE00","\ud800"]"#;
        assert_eq!(printed(json, COMPACT, all), expected);
        let meta = Escapes { slashes: true, non_ascii: true, ascii: "<", digits: Digits::UpperCaseInAscii };
        let expected = r#"["\u00e9 \/ \u003C \"\\\" \u0001\b\ud83d\ude00","\ud800"]"#;
        assert_eq!(printed(json, COMPACT, meta), expected);
        let separators = Escapes { ascii: "<", ..PLAIN };
        assert_eq!(printed("\"\u{2028}\u{e9}\"", COMPACT, separators), "\"\\u2028\u{e9}\"");
    }

    #[test]
    fn a_result_beyond_the_limit_is_not_written() {
        assert_eq!(print("[1,2,3]", &INDENTED, &PLAIN, 10), None);
        assert_eq!(print("[1]", &COMPACT, &PLAIN, 3).as_deref(), Some("[1]"));
    }
}
