//! What frameworks, proxies and editors do to a body on its way, undone.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Hint, Inquiry};
use crate::json::{self, Escapes, Spacing};
use crate::limits::{MAX_EXPLAINED_BODY_BYTES, MAX_REPRINTED_BODY_BYTES};
use crate::text::decimal::join;

/// How a body was changed, and how to undo it.
struct Change {
    code: &'static str,
    signed: &'static str,
    arrived: &'static str,
    undo: Undo,
}

/// What gives the body that was signed.
enum Undo {
    Append(&'static [u8]),
    CutOff(&'static [u8]),
    Trim,
    EndLines(&'static [u8]),
    Mark,
    Unmark,
    Encode(Charset),
    Decode(Charset),
}

impl Undo {
    fn apply(&self, body: &[u8]) -> Option<Vec<u8>> {
        Some(match self {
            Self::Append(end) => [body, end].concat(),
            Self::CutOff(end) if body.ends_with(end) => {
                body.get(..body.len().saturating_sub(end.len())).unwrap_or_default().to_vec()
            }
            Self::Trim => body.trim_ascii().to_vec(),
            Self::EndLines(line_end) => with_line_ends(body, line_end),
            Self::Mark => [BYTE_ORDER_MARK, body].concat(),
            Self::Unmark if body.starts_with(BYTE_ORDER_MARK) => {
                body.get(BYTE_ORDER_MARK.len()..).unwrap_or_default().to_vec()
            }
            Self::Encode(charset) => narrowed(body, charset)?,
            Self::Decode(charset) => widened(body, charset),
            Self::CutOff(_) | Self::Unmark => return None,
        })
    }
}

const CHANGES: &[Change] = &[
    change("final_newline", "with a line feed at its end", "without", Undo::Append(b"\n")),
    change("final_newline", "with CR LF at its end", "without", Undo::Append(b"\r\n")),
    change("final_newline", "without CR LF at its end", "with it", Undo::CutOff(b"\r\n")),
    change("final_newline", "without a line feed at its end", "with one", Undo::CutOff(b"\n")),
    change("white_space", "without white space around it", "with it", Undo::Trim),
    change("line_endings", "with LF at the end of each line", "with CR LF", Undo::EndLines(b"\n")),
    change("line_endings", "with CR LF at the end of each line", "with LF", Undo::EndLines(b"\r\n")),
    change("byte_order_mark", "without a byte order mark", "with one", Undo::Unmark),
    change("byte_order_mark", "with a byte order mark", "without", Undo::Mark),
    change("charset", "in UTF-8", "read as Latin-1 and encoded again", Undo::Encode(LATIN_1)),
    change("charset", "in UTF-8", "read as Windows-1252 and encoded again", Undo::Encode(WINDOWS_1252)),
    change("charset", "in UTF-8", "in Latin-1", Undo::Decode(LATIN_1)),
    change("charset", "in UTF-8", "in Windows-1252", Undo::Decode(WINDOWS_1252)),
];

const fn change(code: &'static str, signed: &'static str, arrived: &'static str, undo: Undo) -> Change {
    Change { code, signed, arrived, undo }
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl Inquiry<'_> {
    fn passes(&self, body: &[u8]) -> bool {
        self.attempt(&self.delivery.clone().with_body(body)).is_some()
    }

    /// The change that the body went through, if it passes when that is undone.
    pub(super) fn other_body(&self) -> Option<Hint> {
        let body = self.delivery.body();
        if body.len() > MAX_EXPLAINED_BODY_BYTES {
            return None;
        }
        for Change { code, signed, arrived, undo } in CHANGES {
            if undo.apply(body).is_some_and(|original| self.passes(&original)) {
                let message = join(&[
                    "the body was signed ",
                    signed,
                    " and is here ",
                    arrived,
                    ": pass the bytes of the request as they come, which no decoder, editor or log has touched",
                ]);
                return Some(Hint { code, message });
            }
        }
        self.printed_body(body)
    }

    /// Whether the body is JSON that was parsed and printed again. The order of its members and its numbers are left as
    /// they are.
    fn printed_body(&self, body: &[u8]) -> Option<Hint> {
        json::read(body, &[]).ok()?;
        let text = core::str::from_utf8(body).ok()?;
        for (layout, spacing) in SPACINGS {
            let mut last = String::new();
            for (escapes, escaped) in ESCAPES {
                let Some(printed) = json::print(text, spacing, escaped, MAX_REPRINTED_BODY_BYTES) else { continue };
                // Most bodies have nothing to escape.
                if printed == last {
                    continue;
                }
                for (ending, newline) in ENDINGS {
                    if self.passes(join(&[&printed, newline]).as_bytes()) {
                        let message = join(&[
                            "the body was parsed and printed again; it was signed as printed ",
                            layout,
                            escapes,
                            ending,
                            ": verify the bytes of the request before anything parses them",
                        ]);
                        return Some(Hint { code: "json_reprinted", message });
                    }
                }
                last = printed;
            }
        }
        None
    }

    /// What looks wrong about a body and cannot be undone.
    pub(super) fn suspicious_body(&self) -> Option<Hint> {
        let body = self.delivery.body();
        if !self.signs_body() {
            return None;
        }
        let (code, message) = if body.is_empty() || body == b"[object Object]" {
            (
                "body_missing",
                "no body was passed: if there was one, something has read or parsed it before; pass its bytes",
            )
        } else if body.windows(3).any(|bytes| bytes == b"\xef\xbf\xbd") {
            (
                "lossy_decoding",
                "the body holds U+FFFD, which decoding leaves of bytes that are no UTF-8: if the sender did not write it, pass the bytes as they come",
            )
        } else {
            return None;
        };
        Some(Hint { code, message: message.into() })
    }
}

/// How programs lay out what they print.
const SPACINGS: &[(&str, Spacing)] = &[
    ("without white space", Spacing { indent: None, comma: "", colon: "" }),
    ("with a space after commas and colons", Spacing { indent: None, comma: " ", colon: " " }),
    ("indented by two spaces", Spacing { indent: Some("  "), comma: "", colon: " " }),
    ("indented by four spaces", Spacing { indent: Some("    "), comma: "", colon: " " }),
    ("indented by tabs", Spacing { indent: Some("\t"), comma: "", colon: " " }),
];

const PLAIN: Escapes = Escapes { slashes: false, non_ascii: false, ascii: "", upper_case: false };

/// What programs escape: JavaScript and most others; Python; PHP, twice; Go and Ruby on Rails; Gson; .NET.
const ESCAPES: &[(&str, Escapes)] = &[
    ("", PLAIN),
    (", non-ASCII escaped", Escapes { non_ascii: true, ..PLAIN }),
    (", slashes and non-ASCII escaped", Escapes { slashes: true, non_ascii: true, ..PLAIN }),
    (", slashes escaped", Escapes { slashes: true, ..PLAIN }),
    (", < > & escaped", Escapes { ascii: "<>&", ..PLAIN }),
    (", < > & = ' escaped", Escapes { ascii: "<>&='", ..PLAIN }),
    (
        ", non-ASCII and what HTML reserves escaped in upper case",
        Escapes { non_ascii: true, ascii: "<>&'+\"`\u{7f}", upper_case: true, slashes: false },
    ),
];

const ENDINGS: &[(&str, &str)] =
    &[("", ""), (", with a line feed at the end", "\n"), (", with CR LF at the end", "\r\n")];

fn with_line_ends(body: &[u8], line_end: &[u8]) -> Vec<u8> {
    let mut changed = Vec::new();
    let mut rest = body;
    while let [byte, tail @ ..] = rest {
        match byte {
            b'\r' if tail.first() == Some(&b'\n') => {}
            b'\n' => changed.extend_from_slice(line_end),
            other => changed.push(*other),
        }
        rest = tail;
    }
    changed
}

/// The characters that the bytes from 128 on stand for; where there are none, their own numbers.
type Charset = &'static [char];

const LATIN_1: Charset = &[];
/// The bytes that it leaves open stand for control characters, as on the web (WHATWG Encoding).
const WINDOWS_1252: Charset = &[
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2c6}', '\u{2030}',
    '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}', '\u{90}', '\u{2018}', '\u{2019}', '\u{201c}',
    '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}', '\u{153}', '\u{9d}',
    '\u{17e}', '\u{178}',
];

/// The bytes that were taken for characters; `None`, where a character stands for no byte.
fn narrowed(body: &[u8], charset: Charset) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for character in core::str::from_utf8(body).ok()?.chars() {
        let index = if character.is_ascii() { None } else { charset.iter().position(|own| *own == character) };
        bytes.push(match index {
            Some(index) => u8::try_from(index).ok()?.wrapping_add(128),
            None => u8::try_from(u32::from(character)).ok()?,
        });
    }
    Some(bytes)
}

/// The bytes as characters, in UTF-8.
fn widened(body: &[u8], charset: Charset) -> Vec<u8> {
    let mut text = String::new();
    for byte in body {
        text.push(charset.get(usize::from(*byte).wrapping_sub(128)).copied().unwrap_or(char::from(*byte)));
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charsets_are_undone_both_ways() {
        let signed = "\u{20ac} \u{e9}t\u{e9} \u{17e}".as_bytes();
        let misread = widened(signed, WINDOWS_1252);
        assert_ne!(misread, signed);
        assert_eq!(narrowed(&misread, WINDOWS_1252).as_deref(), Some(signed));
        assert_eq!(narrowed(&widened(signed, LATIN_1), LATIN_1).as_deref(), Some(signed));
        assert_eq!(narrowed(signed, WINDOWS_1252).map(|bytes| widened(&bytes, WINDOWS_1252)).as_deref(), Some(signed));
        assert_eq!(narrowed(signed, LATIN_1), None);
        assert_eq!(narrowed(b"\xff", LATIN_1), None);
    }

    #[test]
    fn line_endings_are_undone_both_ways() {
        assert_eq!(with_line_ends(b"a\r\nb\rc\n\r\n", b"\n"), b"a\nb\rc\n\n");
        assert_eq!(with_line_ends(b"a\nb\r\n", b"\r\n"), b"a\r\nb\r\n");
    }
}
