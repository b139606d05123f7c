//! Undoes what a program loses when it parses JSON and writes it again: how numbers were written, whether an empty array was an
//! object, and the order of members. In: strict JSON and a choice. Out: JSON that may have been the original.
//!
//! The original cannot be calculated, so there are many candidates, and the caller proves one of them. White space is not
//! kept: [`print`](super::print) writes it as the original program would have.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::print::string_length;
use crate::limits::{MAX_COMBINED_CHANGES, MAX_EXPLAINED_ORDERS, MAX_PAIRED_CHANGES, MAX_SORTED_MEMBERS};

/// Something that a parser does not keep.
#[derive(Clone, Copy)]
pub(crate) enum Lost {
    /// A number was written without an exponent and without zeros at its end: `170` for `1.7e2`, `170.0` or `170.00`.
    Plain,
    /// A number had at least so many decimals.
    Decimals(usize),
    /// A number had an exponent: the text after a mantissa of one digit, and before the exponent.
    Exponent(&'static str, &'static str),
    /// Zero was written like this.
    Zero(&'static str),
    /// An empty array was an empty object.
    EmptyObject,
}

impl Lost {
    /// The original of a token, which is a number or `[]`. `None` if this was not lost in the token.
    fn restore(self, token: &str) -> Option<String> {
        let restored = match self {
            Self::EmptyObject => (token == "[]").then(|| "{}".into()),
            _ if token == "[]" => None,
            Self::Zero(zero) => (token == "0").then(|| zero.into()),
            Self::Plain => plain(token),
            Self::Decimals(count) => Some(with_decimals(plain(token)?, count)),
            Self::Exponent(after_one_digit, mark) => with_exponent(&plain(token)?, after_one_digit, mark),
        };
        restored.filter(|restored| restored != token)
    }
}

/// The largest exponent that is written out.
const MAX_EXPONENT: i32 = 40;

/// A number without an exponent and without needless zeros.
fn plain(number: &str) -> Option<String> {
    let unsigned = number.strip_prefix('-').unwrap_or(number);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i32 = exponent.parse().ok().filter(|exponent| (-MAX_EXPONENT..=MAX_EXPONENT).contains(exponent))?;
    let mut digits = String::new();
    for _ in exponent..0 {
        digits.push('0');
    }
    digits.push_str(whole);
    let mut point = whole.len();
    digits.push_str(fraction);
    for _ in 0..exponent {
        digits.push('0');
    }
    point = point.saturating_add(usize::try_from(exponent).unwrap_or(0));
    let (whole, fraction) = digits.split_at_checked(point)?;
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let mut text = String::new();
    if number.len() > unsigned.len() && !(whole.is_empty() && fraction.is_empty()) {
        text.push('-');
    }
    text.push_str(if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    Some(text)
}

/// A plain number with zeros at its end, so that it has at least `count` decimals.
fn with_decimals(mut number: String, count: usize) -> String {
    let decimals = number.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    if decimals == 0 {
        number.push('.');
    }
    for _ in decimals..count {
        number.push('0');
    }
    number
}

/// A plain number of two digits or more before its point, with an exponent.
fn with_exponent(number: &str, after_one_digit: &str, mark: &str) -> Option<String> {
    let unsigned = number.strip_prefix('-').unwrap_or(number);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let (first, rest) = whole.split_at_checked(1).filter(|(_, rest)| !rest.is_empty())?;
    let mut digits = String::from(rest);
    digits.push_str(fraction);
    let digits = digits.trim_end_matches('0');
    let exponent = rest.len().to_string();
    let mut text = String::new();
    if number.len() > unsigned.len() {
        text.push('-');
    }
    let point = if digits.is_empty() { "" } else { "." };
    let digits = if digits.is_empty() { after_one_digit } else { digits };
    for piece in [first, point, digits, mark, &exponent] {
        text.push_str(piece);
    }
    Some(text)
}

/// Visits the text with every choice of the tokens in which something may have been lost, until `visit` returns `true`. Of many
/// tokens it takes those in members of one name together.
pub(crate) fn restore(json: &str, lost: Lost, visit: &mut dyn FnMut(&str) -> bool) {
    let mut names: Vec<&str> = Vec::new();
    let mut count: usize = 0;
    rewrite(json, lost, &mut |name| {
        count = count.saturating_add(1);
        if !names.contains(&name) && names.len() < MAX_NAMES {
            names.push(name);
        }
        false
    });
    let is_small = count <= MAX_COMBINED_CHANGES;
    for choice in choices(if is_small { count } else { names.len() }) {
        let mut index: usize = 0;
        let text = rewrite(json, lost, &mut |name| {
            let unit = if is_small { Some(index) } else { names.iter().position(|known| *known == name) };
            index = index.saturating_add(1);
            // Names beyond the limit change only if all do.
            unit.map_or(choice == u32::MAX, |unit| choice & bit(unit) != 0)
        });
        if visit(&text) {
            return;
        }
    }
}

/// Each name is one bit of a choice.
const MAX_NAMES: usize = 32;

/// The sets of units to change, as bits, all of them first.
fn choices(units: usize) -> Vec<u32> {
    if units <= MAX_COMBINED_CHANGES {
        return (1..bit(units)).rev().collect();
    }
    let mut choices = Vec::from([u32::MAX]);
    for first in 0..units {
        let last = if units > MAX_PAIRED_CHANGES { first } else { units.saturating_sub(1) };
        choices.extend((first..=last).map(|second| bit(first) | bit(second)));
    }
    choices
}

fn bit(unit: usize) -> u32 {
    u32::try_from(unit).ok().and_then(|unit| 1_u32.checked_shl(unit)).unwrap_or(0)
}

/// Writes the text without white space. In each token in which something may have been lost, `is_chosen` decides by the name of the
/// last member before it.
fn rewrite<'j>(json: &'j str, lost: Lost, is_chosen: &mut dyn FnMut(&'j str) -> bool) -> String {
    let mut written = String::new();
    let mut tokens = Tokens { rest: json };
    let mut name = "";
    while let Some(token) = tokens.next() {
        let token = if token == "[" && tokens.take("]") { "[]" } else { token };
        let restored = match token.as_bytes().first() {
            Some(b'"') => {
                name = token;
                None
            }
            Some(b'-' | b'0'..=b'9') => lost.restore(token),
            _ if token == "[]" => lost.restore(token),
            _ => None,
        };
        match restored {
            Some(restored) if is_chosen(name) => written.push_str(&restored),
            _ => written.push_str(token),
        }
    }
    written
}

/// The tokens of strict JSON: brackets, commas, colons, strings with their quotation marks, numbers and words.
struct Tokens<'j> {
    rest: &'j str,
}

impl<'j> Tokens<'j> {
    fn take(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_ascii_start().strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn next(&mut self) -> Option<&'j str> {
        let rest = self.rest.trim_ascii_start();
        let length = match rest.bytes().next()? {
            b'"' => string_length(rest.get(1..)?).saturating_add(2),
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            _ => rest
                .bytes()
                .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'}' | b']' | b',' | b':'))
                .unwrap_or(rest.len()),
        };
        let (token, rest) = rest.split_at_checked(length)?;
        self.rest = rest;
        Some(token)
    }
}

/// The text with the members of every object sorted by their names.
pub(crate) fn sort_members(json: &str) -> String {
    Order { tokens: Tokens { rest: json }, choice: None, orders: 1 }.value()
}

/// Visits the text with every order of the members of every object, if there are few, until `visit` returns `true`.
pub(crate) fn reorder(json: &str, visit: &mut dyn FnMut(&str) -> bool) {
    for choice in 0..MAX_EXPLAINED_ORDERS {
        let mut order = Order { tokens: Tokens { rest: json }, choice: Some(choice), orders: 1 };
        let text = order.value();
        if order.orders > MAX_EXPLAINED_ORDERS || choice >= order.orders || visit(&text) {
            return;
        }
    }
}

struct Order<'j> {
    tokens: Tokens<'j>,
    /// The number of an order; `None` sorts.
    choice: Option<usize>,
    /// How many orders there are of the objects so far.
    orders: usize,
}

impl Order<'_> {
    fn value(&mut self) -> String {
        let token = self.tokens.next().unwrap_or_default();
        let mut written = String::from(token);
        match token {
            "[" => {
                while let Some(item) = self.item("]") {
                    written.push_str(&item);
                    written.push(',');
                }
                end(&mut written, ']');
            }
            "{" => {
                let mut members = Vec::new();
                while let Some(name) = self.item("}") {
                    self.tokens.take(":");
                    let value = self.value();
                    members.push([name, value].join(":"));
                }
                while !members.is_empty() {
                    written.push_str(&members.remove(self.pick(&members)));
                    written.push(',');
                }
                end(&mut written, '}');
            }
            _ => {}
        }
        written
    }

    /// The next value in an object or array, or `None` at its end.
    fn item(&mut self, closing: &str) -> Option<String> {
        self.tokens.take(",");
        (!self.tokens.take(closing) && !self.tokens.rest.is_empty()).then(|| self.value())
    }

    /// The index of the member that is written next.
    fn pick(&mut self, members: &[String]) -> usize {
        self.orders = self.orders.saturating_mul(members.len());
        match &mut self.choice {
            // Sorting takes time with the square of their number.
            None if members.len() > MAX_SORTED_MEMBERS => 0,
            Some(choice) => {
                let index = choice.checked_rem(members.len()).unwrap_or(0);
                *choice = choice.checked_div(members.len()).unwrap_or(0);
                index
            }
            None => {
                let smallest = members.iter().enumerate().min_by(|(_, one), (_, other)| one.cmp(other));
                smallest.map_or(0, |(index, _)| index)
            }
        }
    }
}

/// Closes an object or array, in place of the comma after its last item.
fn end(written: &mut String, closing: char) {
    if written.ends_with(',') {
        written.pop();
    }
    written.push(closing);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_plainly() {
        for (number, expected) in [
            ("170.00", Some("170")),
            ("0.50", Some("0.5")),
            ("1e3", Some("1000")),
            ("-1.25E+2", Some("-125")),
            ("12.5e-3", Some("0.0125")),
            ("1e-05", Some("0.00001")),
            ("-0", Some("0")),
            ("-0.0e7", Some("0")),
            ("1e400", None),
            ("1e-99999999999", None),
        ] {
            assert_eq!(plain(number).as_deref(), expected, "{number}");
        }
    }

    #[test]
    fn what_was_lost_is_restored_and_other_tokens_stay() {
        for (lost, token, expected) in [
            (Lost::Plain, "170.0", Some("170")),
            (Lost::Plain, "170", None),
            (Lost::Decimals(2), "170", Some("170.00")),
            (Lost::Decimals(2), "2.5", Some("2.50")),
            (Lost::Decimals(2), "2.125", None),
            (Lost::Exponent("", "e"), "-1000", Some("-1e3")),
            (Lost::Exponent(".0", "E"), "10000000", Some("1.0E7")),
            (Lost::Exponent(".0", "E"), "12345678.9", Some("1.23456789E7")),
            (Lost::Exponent("", "e"), "7", None),
            (Lost::Zero("-0"), "0", Some("-0")),
            (Lost::Zero("-0"), "10", None),
            (Lost::EmptyObject, "[]", Some("{}")),
            (Lost::EmptyObject, "0", None),
            (Lost::Plain, "[]", None),
        ] {
            assert_eq!(lost.restore(token).as_deref(), expected, "{token}");
        }
    }

    fn texts(json: &str, lost: Lost) -> Vec<String> {
        let mut texts = Vec::new();
        restore(json, lost, &mut |text| {
            texts.push(text.into());
            false
        });
        texts
    }

    #[test]
    fn few_tokens_are_changed_in_every_combination_and_many_by_name() {
        assert_eq!(
            texts(r#"{"a": [], "b": "[]", "c": [[], 1]}"#, Lost::EmptyObject),
            [r#"{"a":{},"b":"[]","c":[{},1]}"#, r#"{"a":[],"b":"[]","c":[{},1]}"#, r#"{"a":{},"b":"[]","c":[[],1]}"#]
        );
        assert_eq!(texts("[]", Lost::Plain), Vec::<String>::new());
        let many = r#"[{"a":1,"b":2},{"a":3,"b":4},{"a":5,"b":6},{"a":7,"b":8}]"#;
        let by_name = texts(many, Lost::Decimals(1));
        assert_eq!(by_name.len(), 3);
        assert!(by_name[2].starts_with(r#"[{"a":1.0,"b":2},{"a":3.0,"b":4}"#), "{by_name:?}");
        let names: Vec<_> = (0..200).map(|index| alloc::format!(r#""n{index}":1"#)).collect();
        let json = ["{", &names.join(","), "}"].concat();
        assert_eq!(texts(&json, Lost::Decimals(1)).len(), 1 + MAX_NAMES);
    }

    #[test]
    fn members_are_written_in_every_order_or_sorted() {
        let mut orders = Vec::new();
        reorder(r#"{"a": {"x": 1, "y": [2, {}]}, "b": "c"}"#, &mut |text| {
            orders.push(String::from(text));
            false
        });
        assert_eq!(
            orders,
            [
                r#"{"a":{"x":1,"y":[2,{}]},"b":"c"}"#,
                r#"{"a":{"y":[2,{}],"x":1},"b":"c"}"#,
                r#"{"b":"c","a":{"x":1,"y":[2,{}]}}"#,
                r#"{"b":"c","a":{"y":[2,{}],"x":1}}"#,
            ]
        );
        assert_eq!(sort_members(r#"{"b":[{"d":1,"c":2}],"a":{}}"#), r#"{"a":{},"b":[{"c":2,"d":1}]}"#);
        let mut visits: usize = 0;
        reorder(r#"{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7}"#, &mut |_| {
            visits += 1;
            false
        });
        assert_eq!(visits, 0);
    }
}
