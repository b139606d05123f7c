//! Prints a text again as other programs would: the same values in the same order, with other white space and other
//! escapes. Numbers are left as they are written, since nobody can tell how they were written before.

use alloc::string::String;

use super::{Text, Written};
use crate::text::hex;
use crate::text::split::holds;

/// Where a printer puts white space.
#[derive(Clone, Copy)]
pub(crate) struct Spacing {
    /// What one level is indented by; without it all stands in one line.
    pub(crate) indent: Option<&'static str>,
    /// What follows a comma in one line.
    pub(crate) comma: &'static str,
    /// What follows a colon.
    pub(crate) colon: &'static str,
}

/// What a printer escapes beyond what it must.
#[derive(Clone, Copy)]
pub(crate) struct Escapes {
    /// Slashes, as `\/`.
    pub(crate) slashes: bool,
    /// Everything that is not ASCII.
    pub(crate) non_ascii: bool,
    /// Some characters of ASCII, as `\u00XX`, and with them the two line separators of Unicode.
    pub(crate) ascii: &'static str,
    /// Whether the digits of an escape are upper-case.
    pub(crate) upper_case: bool,
}

/// The text as such a printer prints it; `None`, where that is longer than `limit` bytes. The text is strict JSON.
pub(crate) fn print(json: &str, spacing: &Spacing, escapes: &Escapes, limit: usize) -> Option<String> {
    let mut printer = Printer { printed: String::new(), spacing, escapes, depth: 0 };
    let mut rest = json;
    // An object or array that was just opened may turn out to be empty.
    let mut is_open = false;
    while let Some(byte) = rest.bytes().next() {
        rest = rest.get(1..)?;
        if byte.is_ascii_whitespace() {
            continue;
        }
        let closes = matches!(byte, b'}' | b']');
        if closes {
            printer.depth = printer.depth.saturating_sub(1);
        }
        if is_open != closes {
            printer.line();
        }
        is_open = matches!(byte, b'{' | b'[');
        if is_open {
            printer.depth = printer.depth.saturating_add(1);
        }
        // Outside of strings all is ASCII.
        printer.printed.push(char::from(byte));
        match byte {
            b'"' => {
                let (raw, after) = rest.split_at_checked(string_length(rest))?;
                printer.string(Text { written: Written(raw.as_bytes()), has_escapes: holds(raw.as_bytes(), b'\\') });
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

/// How many bytes stand before the quotation mark that ends a string.
fn string_length(rest: &str) -> usize {
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
    fn line(&mut self) {
        if let Some(indent) = self.spacing.indent {
            self.printed.push('\n');
            for _ in 0..self.depth {
                self.printed.push_str(indent);
            }
        }
    }

    /// What follows the first quotation mark.
    fn string(&mut self, text: Text<'_>) {
        match text.unescaped() {
            Some(unescaped) => unescaped.chars().for_each(|character| self.character(character)),
            // Half of a surrogate pair has no other way to be written.
            None => self.printed.push_str(text.raw()),
        }
        self.printed.push('"');
    }

    fn character(&mut self, character: char) {
        let Escapes { slashes, non_ascii, ascii, .. } = *self.escapes;
        let is_separator = matches!(character, '\u{2028}' | '\u{2029}') && !ascii.is_empty();
        let is_chosen =
            ascii.chars().any(|own| own == character) || is_separator || (non_ascii && !character.is_ascii());
        let short = match character {
            _ if is_chosen => None,
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
            None => self.code_units(character),
        }
    }

    fn code_units(&mut self, character: char) {
        for unit in character.encode_utf16(&mut [0; 2]) {
            let mut digits = hex::encode(&unit.to_be_bytes());
            if self.escapes.upper_case {
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
    const PLAIN: Escapes = Escapes { slashes: false, non_ascii: false, ascii: "", upper_case: false };

    fn printed(json: &str, spacing: Spacing, escapes: Escapes) -> String {
        print(json, &spacing, &escapes, 1000).unwrap()
    }

    #[test]
    fn white_space_is_laid_out_anew() {
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
    fn strings_are_escaped_anew() {
        let json = r#"["\u00e9 \/ \u003c \"\\\" \u0001\b\ud83d\ude00","\ud800"]"#;
        assert_eq!(printed(json, COMPACT, PLAIN), "[\"\u{e9} / < \\\"\\\\\\\" \\u0001\\b\u{1f600}\",\"\\ud800\"]");
        let all = Escapes { slashes: true, non_ascii: true, ascii: "<\"", upper_case: true };
        let expected = r#"["\u00E9 \/ \u003C \u0022\\\u0022 \u0001\b\uD83D\uDE00","\ud800"]"#;
        assert_eq!(printed(json, COMPACT, all), expected);
        let separators = Escapes { ascii: "<", ..PLAIN };
        assert_eq!(printed("\"\u{2028}\u{e9}\"", COMPACT, separators), "\"\\u2028\u{e9}\"");
    }

    #[test]
    fn what_would_grow_too_long_is_not_printed() {
        assert_eq!(print("[1,2,3]", &INDENTED, &PLAIN, 10), None);
        assert_eq!(print("[1]", &COMPACT, &PLAIN, 3).as_deref(), Some("[1]"));
    }
}
