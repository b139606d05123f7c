//! Numbers as decimal digits, and texts put together.

use alloc::string::String;

/// Writes a number in decimal digits.
pub(crate) fn decimal(number: u64) -> String {
    let mut text = String::new();
    let mut power: u64 = 10_000_000_000_000_000_000;
    while power > 0 {
        let digit = u8::try_from(number.checked_div(power).unwrap_or(0).wrapping_rem(10)).unwrap_or(0);
        if digit > 0 || !text.is_empty() || power == 1 {
            text.push(char::from(b'0'.saturating_add(digit)));
        }
        power = power.wrapping_div(10);
    }
    text
}

/// Joins texts. In WebAssembly this is a fraction of the size of `concat` and of formatting.
pub(crate) fn join(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_number_is_written_in_decimal_digits() {
        for number in [0, 7, 10, 1_700_000_000, u64::MAX] {
            assert_eq!(decimal(number), number.to_string());
        }
    }
}
