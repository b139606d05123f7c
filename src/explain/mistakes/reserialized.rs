//! JSON that was parsed and serialized again, and how the sender may have written it. In: the body as it arrived. Out: texts of the same
//! meaning, one of which the signature then proves.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::explain::attempt::Attempt;
use crate::explain::explanation::{Hint, HintCode};
use crate::json::{self, Digits, Escapes, Lost, Spacing, reorder, restore, sort_members};
use crate::limits::MAX_REPRINTED_BODY_BYTES;

/// Recognizes JSON that was serialized with other white space or escapes.
pub(super) fn reserialized_body(attempt: &Attempt<'_>) -> Option<Hint> {
    let text = json_text(attempt)?;
    let escapes = different_escapes(attempt, text);
    Layouts { attempt, spacings: SPACINGS, escapes, endings: ENDINGS }.find(text, "")
}

/// Recognizes JSON that lost more: the order of its members, the form of its numbers, or empty objects.
pub(super) fn rewritten_body(attempt: &Attempt<'_>) -> Option<Hint> {
    let text = json_text(attempt)?;
    let escapes = different_escapes(attempt, text);
    let layouts = Layouts { attempt, spacings: COMMON_SPACINGS, escapes, endings: NO_ENDING };
    let mut hint = None;
    // Returns whether to stop.
    let mut visit = |words: &str, text: &str| {
        if !attempt.budget.spend_on_writing(text) {
            return true;
        }
        hint = layouts.find(text, words);
        hint.is_some()
    };
    if visit(", its members sorted by name", &sort_members(text)) {
        return hint;
    }
    let mut is_done = false;
    for (words, lost) in LOST {
        restore(text, *lost, &mut |text| {
            is_done = visit(words, text);
            is_done
        });
        if is_done {
            return hint;
        }
    }
    reorder(text, &mut |text| visit(", its members in another order", text));
    hint
}

/// The body, if it is JSON that is not too long.
fn json_text<'a>(attempt: &Attempt<'a>) -> Option<&'a str> {
    let body = attempt.delivery.body();
    if body.len() > MAX_REPRINTED_BODY_BYTES {
        attempt.budget.give_up();
        return None;
    }
    json::read(body, &[]).ok()?;
    core::str::from_utf8(body).ok()
}

/// Those of the serializers' escapes that make a difference in this text. Most bodies have nothing to escape.
fn different_escapes(attempt: &Attempt<'_>, text: &str) -> Vec<NamedEscapes> {
    let mut different = Vec::new();
    let mut last = None;
    for escapes in ESCAPES {
        let (_, spacing) = &COMPACT;
        let printed = if attempt.budget.spend_on_writing(text) { print(text, spacing, escapes) } else { None };
        if printed.is_some() && printed != last {
            different.push(escapes);
            last = printed;
        }
    }
    different
}

fn print(text: &str, spacing: &Spacing, (_, escapes): NamedEscapes) -> Option<String> {
    json::print(text, spacing, escapes, MAX_REPRINTED_BODY_BYTES)
}

/// The layouts and escapes in which a text is tried.
struct Layouts<'l> {
    attempt: &'l Attempt<'l>,
    spacings: &'static [(&'static str, Spacing)],
    escapes: Vec<NamedEscapes>,
    endings: &'static [(&'static str, &'static str)],
}

impl Layouts<'_> {
    /// Writes a text in every layout until the signature matches. `words` says what else is different from the body.
    fn find(&self, text: &str, words: &str) -> Option<Hint> {
        for (layout, spacing) in self.spacings {
            for escapes in &self.escapes {
                if !self.attempt.budget.spend_on_writing(text) {
                    return None;
                }
                let Some(printed) = print(text, spacing, escapes) else {
                    self.attempt.budget.give_up();
                    continue;
                };
                if !self.attempt.budget.spend_on_writing(&printed) {
                    return None;
                }
                for (ending, newline) in self.endings {
                    if self.attempt.is_signed(format!("{printed}{newline}").as_bytes()) {
                        let (escaped, _) = escapes;
                        let message = format!(
                            "the body was parsed and serialized again; it was signed {layout}{escaped}{words}{ending}: verify the bytes of the request before anything parses them"
                        );
                        return Some(Hint { code: HintCode::JsonReprinted, message });
                    }
                }
            }
        }
        None
    }
}

/// What JavaScript, PHP, Go and Java do not keep, and the words for how it was signed. JavaScript writes `170` for `170.00` and `1e3`;
/// Gson writes `1.7E9` for an integer; PHP writes `[]` for `{}`.
const LOST: &[(&str, Lost)] = &[
    (", with numbers without `.0` and without exponents", Lost::Plain),
    (", with numbers of two decimals", Lost::Decimals(2)),
    (", with `.0` after numbers", Lost::Decimals(1)),
    (", with `{}` for empty objects, where `[]` arrived", Lost::EmptyObject),
    (", with numbers in exponents, like 1e3", Lost::Exponent("", "e")),
    (", with numbers in exponents, like 1.0E3", Lost::Exponent(".0", "E")),
    (", with numbers in exponents, like 1E3", Lost::Exponent("", "E")),
    (", with numbers in exponents, like 1e+3", Lost::Exponent("", "e+")),
    (", with zeros as -0", Lost::Zero("-0")),
    (", with zeros as -0.0", Lost::Zero("-0.0")),
];

const COMPACT: (&str, Spacing) = ("without white space", Spacing { indent: None, comma: "", colon: "" });
const SPACED: (&str, Spacing) =
    ("with a space after commas and colons", Spacing { indent: None, comma: " ", colon: " " });
const INDENTED: (&str, Spacing) = ("indented by two spaces", Spacing { indent: Some("  "), comma: "", colon: " " });

/// The layouts that serializers write without being told how.
const COMMON_SPACINGS: &[(&str, Spacing)] = &[COMPACT, SPACED, INDENTED];

/// The layouts that serializers write.
const SPACINGS: &[(&str, Spacing)] = &[
    COMPACT,
    SPACED,
    INDENTED,
    ("indented by four spaces", Spacing { indent: Some("    "), comma: "", colon: " " }),
    ("indented by tabs", Spacing { indent: Some("\t"), comma: "", colon: " " }),
];

/// The words for some escapes, and the escapes.
type NamedEscapes = &'static (&'static str, Escapes);

const PLAIN: Escapes = Escapes { slashes: false, non_ascii: false, ascii: "", digits: Digits::LowerCase };

/// The escapes that serializers write: JavaScript and most others; Python; PHP (three modes); Go and Ruby on Rails; Gson; .NET;
/// Meta, which escapes `/` as `\/`, `<` as `\u003C`, `%` as `\u0025`, `@` as `\u0040`, and other letters in lower case.
const ESCAPES: &[(&str, Escapes)] = &[
    ("", PLAIN),
    (", non-ASCII escaped", Escapes { non_ascii: true, ..PLAIN }),
    (", slashes and non-ASCII escaped", Escapes { slashes: true, non_ascii: true, ..PLAIN }),
    (", slashes escaped", Escapes { slashes: true, ..PLAIN }),
    (", < > & escaped", Escapes { ascii: "<>&", ..PLAIN }),
    (", < > & = ' escaped", Escapes { ascii: "<>&='", ..PLAIN }),
    (
        ", non-ASCII and the characters of HTML escaped in upper case",
        Escapes { non_ascii: true, ascii: "<>&'+\"`\u{7f}", digits: Digits::UpperCase, ..PLAIN },
    ),
    (", slashes, non-ASCII and < % @ escaped, as Meta does", Escapes { ascii: "<%@", ..AS_META }),
    (", slashes, non-ASCII and < > & ' \" escaped", Escapes { ascii: "<>&'\"", ..AS_META }),
];

const AS_META: Escapes = Escapes { slashes: true, non_ascii: true, ascii: "", digits: Digits::UpperCaseInAscii };

const ENDINGS: &[(&str, &str)] =
    &[("", ""), (", with a line feed at the end", "\n"), (", with CR LF at the end", "\r\n")];

const NO_ENDING: &[(&str, &str)] = &[("", "")];
