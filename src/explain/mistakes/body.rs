//! Alterations of the body by frameworks, proxies and editors, and how to undo them.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::explain::attempt::Attempt;
use crate::explain::explanation::{Hint, HintCode};
use crate::json::{self, Escapes, Spacing};
use crate::limits::{MAX_EXPLAINED_BODY_BYTES, MAX_REPRINTED_BODY_BYTES};

/// An alteration, and how to undo it.
struct Alteration {
    code: HintCode,
    /// The form in which the body was signed.
    signed: &'static str,
    /// The form in which the body arrived.
    arrived: &'static str,
    undo: Undo,
}

/// The step that restores the signed body.
enum Undo {
    Append(&'static [u8]),
    RemoveEnd(&'static [u8]),
    Trim,
    ConvertLineEnds(&'static [u8]),
    AddByteOrderMark,
    RemoveByteOrderMark,
    /// The bytes were decoded as characters of this set; encodes them back.
    Encode(Charset),
    /// The text was encoded in this set; decodes it.
    Decode(Charset),
}

impl Undo {
    fn apply(&self, body: &[u8]) -> Option<Vec<u8>> {
        Some(match self {
            Self::Append(end) => [body, end].concat(),
            Self::RemoveEnd(end) => body.strip_suffix(*end)?.to_vec(),
            Self::Trim => body.trim_ascii().to_vec(),
            Self::ConvertLineEnds(line_end) => convert_line_ends(body, line_end),
            Self::AddByteOrderMark => [BYTE_ORDER_MARK, body].concat(),
            Self::RemoveByteOrderMark => body.strip_prefix(BYTE_ORDER_MARK)?.to_vec(),
            Self::Encode(charset) => encode(body, charset)?,
            Self::Decode(charset) => decode(body, charset),
        })
    }
}

const ALTERATIONS: &[Alteration] = &[
    alteration(HintCode::FinalNewline, "with a line feed at its end", "without one", Undo::Append(b"\n")),
    alteration(HintCode::FinalNewline, "with CR LF at its end", "without it", Undo::Append(b"\r\n")),
    alteration(HintCode::FinalNewline, "without CR LF at its end", "with it", Undo::RemoveEnd(b"\r\n")),
    alteration(HintCode::FinalNewline, "without a line feed at its end", "with one", Undo::RemoveEnd(b"\n")),
    alteration(HintCode::WhiteSpace, "without white space around it", "with white space", Undo::Trim),
    alteration(HintCode::LineEndings, "with LF line ends", "with CR LF", Undo::ConvertLineEnds(b"\n")),
    alteration(HintCode::LineEndings, "with CR LF line ends", "with LF", Undo::ConvertLineEnds(b"\r\n")),
    alteration(HintCode::ByteOrderMark, "without a byte order mark", "with one", Undo::RemoveByteOrderMark),
    alteration(HintCode::ByteOrderMark, "with a byte order mark", "without one", Undo::AddByteOrderMark),
    alteration(HintCode::Charset, "in UTF-8", "decoded as Latin-1 and encoded again", Undo::Encode(LATIN_1)),
    alteration(HintCode::Charset, "in UTF-8", "decoded as Windows-1252 and encoded again", Undo::Encode(WINDOWS_1252)),
    alteration(HintCode::Charset, "in UTF-8", "in Latin-1", Undo::Decode(LATIN_1)),
    alteration(HintCode::Charset, "in UTF-8", "in Windows-1252", Undo::Decode(WINDOWS_1252)),
];

const fn alteration(code: HintCode, signed: &'static str, arrived: &'static str, undo: Undo) -> Alteration {
    Alteration { code, signed, arrived, undo }
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

fn is_signed(attempt: &Attempt<'_>, body: &[u8]) -> bool {
    attempt.verify(&attempt.delivery.clone().with_body(body)).is_some()
}

/// Undoes the alterations one by one, then re-serialization.
pub(super) fn altered_body(attempt: &Attempt<'_>) -> Option<Hint> {
    let body = attempt.delivery.body();
    if body.len() > MAX_EXPLAINED_BODY_BYTES {
        return None;
    }
    for Alteration { code, signed, arrived, undo } in ALTERATIONS {
        if undo.apply(body).is_some_and(|original| is_signed(attempt, &original)) {
            let message = format!(
                "the body was signed {signed} and arrived {arrived}: pass the bytes of the request as received, before any decoder, editor or log changes them"
            );
            return Some(Hint { code: *code, message });
        }
    }
    reserialized_body(attempt, body)
}

/// Recognizes JSON that was parsed and serialized again with other white space or escapes. A change in the order of the members or
/// in the form of numbers cannot be undone.
fn reserialized_body(attempt: &Attempt<'_>, body: &[u8]) -> Option<Hint> {
    json::read(body, &[]).ok()?;
    let text = core::str::from_utf8(body).ok()?;
    for (layout, spacing) in SPACINGS {
        let mut last = String::new();
        for (escaped, escapes) in ESCAPES {
            let Some(printed) = json::print(text, spacing, escapes, MAX_REPRINTED_BODY_BYTES) else { continue };
            // Most bodies have nothing to escape.
            if printed == last {
                continue;
            }
            for (ending, newline) in ENDINGS {
                if is_signed(attempt, format!("{printed}{newline}").as_bytes()) {
                    let message = format!(
                        "the body was parsed and serialized again; it was signed {layout}{escaped}{ending}: verify the bytes of the request before anything parses them"
                    );
                    return Some(Hint { code: HintCode::JsonReprinted, message });
                }
            }
            last = printed;
        }
    }
    None
}

/// Recognizes a body that has certainly or probably been replaced, which cannot be undone.
pub(in crate::explain) fn suspicious_body(attempt: &Attempt<'_>) -> Option<Hint> {
    let body = attempt.delivery.body();
    if !attempt.signs_body() {
        return None;
    }
    let (code, message) = if body.is_empty() || body == b"[object Object]" {
        (
            HintCode::BodyMissing,
            "no body was passed: if the request had one, a framework may have read or parsed it first; pass its bytes",
        )
    } else if body.windows(3).any(|bytes| bytes == b"\xef\xbf\xbd") {
        (
            HintCode::LossyDecoding,
            "the body contains U+FFFD, which replaces bytes that are not UTF-8: it may have been decoded lossily; pass the bytes as received",
        )
    } else {
        return None;
    };
    Some(Hint { code, message: message.into() })
}

/// The layouts that serializers write.
const SPACINGS: &[(&str, Spacing)] = &[
    ("without white space", Spacing { indent: None, comma: "", colon: "" }),
    ("with a space after commas and colons", Spacing { indent: None, comma: " ", colon: " " }),
    ("indented by two spaces", Spacing { indent: Some("  "), comma: "", colon: " " }),
    ("indented by four spaces", Spacing { indent: Some("    "), comma: "", colon: " " }),
    ("indented by tabs", Spacing { indent: Some("\t"), comma: "", colon: " " }),
];

const PLAIN: Escapes = Escapes { slashes: false, non_ascii: false, ascii: "", upper_case: false };

/// The escapes that serializers write: JavaScript and most others; Python; PHP (two modes); Go and Ruby on Rails; Gson; .NET.
const ESCAPES: &[(&str, Escapes)] = &[
    ("", PLAIN),
    (", non-ASCII escaped", Escapes { non_ascii: true, ..PLAIN }),
    (", slashes and non-ASCII escaped", Escapes { slashes: true, non_ascii: true, ..PLAIN }),
    (", slashes escaped", Escapes { slashes: true, ..PLAIN }),
    (", < > & escaped", Escapes { ascii: "<>&", ..PLAIN }),
    (", < > & = ' escaped", Escapes { ascii: "<>&='", ..PLAIN }),
    (
        ", non-ASCII and the characters of HTML escaped in upper case",
        Escapes { non_ascii: true, ascii: "<>&'+\"`\u{7f}", upper_case: true, slashes: false },
    ),
];

const ENDINGS: &[(&str, &str)] =
    &[("", ""), (", with a line feed at the end", "\n"), (", with CR LF at the end", "\r\n")];

fn convert_line_ends(body: &[u8], line_end: &[u8]) -> Vec<u8> {
    let mut converted = Vec::new();
    let mut rest = body;
    while let [byte, tail @ ..] = rest {
        match byte {
            b'\r' if tail.first() == Some(&b'\n') => {}
            b'\n' => converted.extend_from_slice(line_end),
            other => converted.push(*other),
        }
        rest = tail;
    }
    converted
}

/// The characters of the bytes from 128 on. Bytes without a character in the list have the code point of their number.
type Charset = &'static [char];

const LATIN_1: Charset = &[];
/// Undefined bytes are control characters, as on the web (WHATWG Encoding).
const WINDOWS_1252: Charset = &[
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2c6}', '\u{2030}',
    '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}', '\u{90}', '\u{2018}', '\u{2019}', '\u{201c}',
    '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}', '\u{153}', '\u{9d}',
    '\u{17e}', '\u{178}',
];

/// Encodes UTF-8 text in a character set; `None` if a character is not in the set.
fn encode(body: &[u8], charset: Charset) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for character in core::str::from_utf8(body).ok()?.chars() {
        let index = if character.is_ascii() { None } else { charset.iter().position(|member| *member == character) };
        bytes.push(match index {
            Some(index) => u8::try_from(index).ok()?.wrapping_add(128),
            None => u8::try_from(u32::from(character)).ok()?,
        });
    }
    Some(bytes)
}

/// Decodes bytes of a character set into UTF-8.
fn decode(body: &[u8], charset: Charset) -> Vec<u8> {
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
    fn a_wrong_character_set_is_undone_in_both_directions() {
        let signed = "\u{20ac} \u{e9}t\u{e9} \u{17e}".as_bytes();
        let misread = decode(signed, WINDOWS_1252);
        assert_ne!(misread, signed);
        assert_eq!(encode(&misread, WINDOWS_1252).as_deref(), Some(signed));
        assert_eq!(encode(&decode(signed, LATIN_1), LATIN_1).as_deref(), Some(signed));
        assert_eq!(encode(signed, WINDOWS_1252).map(|bytes| decode(&bytes, WINDOWS_1252)).as_deref(), Some(signed));
        assert_eq!(encode(signed, LATIN_1), None);
        assert_eq!(encode(b"\xff", LATIN_1), None);
    }

    #[test]
    fn line_ends_are_converted_in_both_directions() {
        assert_eq!(convert_line_ends(b"a\r\nb\rc\n\r\n", b"\n"), b"a\nb\rc\n\n");
        assert_eq!(convert_line_ends(b"a\nb\r\n", b"\r\n"), b"a\r\nb\r\n");
    }
}
