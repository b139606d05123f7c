//! Instants, and how far a signed time may be from the receiver's clock. The core has no clock: the caller passes the time.
//!
//! # RFC 3339 by hand
//!
//! A few senders sign a time such as `2024-05-01T08:48:38Z`. The core reads and writes this format itself, because it needs
//! strictness more than generality: the text is signed, so one instant should have as few texts as possible. Date libraries
//! also accept spaces, lower-case letters or missing parts, and bring calendars and time zones that nothing here needs.
//!
//! Accepted is exactly `YYYY-MM-DDThh:mm:ss`, an optional fraction of a second, which is dropped, and `Z` or an offset
//! `+hh:mm` or `-hh:mm`. The day must exist in its month. A leap second (`:60`) counts as the second after it. Instants before 1970
//! are rejected. The conversion between days and dates is Howard Hinnant's `days_from_civil` and `civil_from_days`
//! ("chrono-Compatible Low-Level Date Algorithms"), which counts years from March so that the leap day comes last.

use alloc::format;
use alloc::string::String;

use crate::error::Rejection;

/// An instant, counted in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime {
    millis: u64,
}

impl UnixTime {
    /// The instant `secs` seconds after the epoch.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self { millis: secs.saturating_mul(1000) }
    }

    /// The instant `millis` milliseconds after the epoch.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self { millis }
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.millis.wrapping_div(1000)
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.millis
    }

    /// Reads an instant in RFC 3339, such as `2024-05-01T08:48:38Z` or `2024-05-01T10:48:38.5+02:00`. A fraction of a second is
    /// dropped. `None` for any other text and for instants before 1970.
    ///
    /// ```
    /// # use countersign::UnixTime;
    /// assert_eq!(UnixTime::from_rfc3339("2024-05-01T10:48:38+02:00"), Some(UnixTime::from_secs(1_714_553_318)));
    /// ```
    #[must_use]
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        let year = digits_at(text, 0, 4, "")?;
        let month = digits_at(text, 4, 2, "-")?;
        let day = digits_at(text, 7, 2, "-")?;
        let hour = digits_at(text, 10, 2, "T")?;
        let minute = digits_at(text, 13, 2, ":")?;
        let second = digits_at(text, 16, 2, ":")?;
        let mut zone = text.get(19..)?;
        if let Some(fraction) = zone.strip_prefix('.') {
            zone = fraction.get(fraction.bytes().take_while(u8::is_ascii_digit).count()..)?;
            if zone.len() == fraction.len() {
                return None;
            }
        }
        let offset = offset_minutes(zone)?;
        let is_valid_day = day > 0 && day <= days_in_month(year, month);
        if !is_valid_day || hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        // A year of four digits cannot overflow.
        let hours = days_since_epoch(year, month, day).wrapping_mul(24).wrapping_add(hour);
        let minutes = hours.wrapping_mul(60).wrapping_add(minute).wrapping_sub(offset);
        let seconds = minutes.wrapping_mul(60).wrapping_add(second);
        u64::try_from(seconds).ok().map(Self::from_secs)
    }

    /// Writes the instant in RFC 3339, in UTC and whole seconds: `2024-05-01T08:48:38Z`.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let seconds = self.as_secs();
        let (year, month, day) = date_of(seconds.wrapping_div(86_400));
        let hour = seconds.wrapping_div(3600).wrapping_rem(24);
        let minute = seconds.wrapping_div(60).wrapping_rem(60);
        let second = seconds.wrapping_rem(60);
        format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// How far a signed time may be from the receiver's clock, in seconds. Both bounds are inclusive, so zero means "in the same
/// second". No value switches the check off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// How old a delivery may be, in seconds.
    pub past: u32,
    /// How far ahead of the receiver's clock the signed time may be, in seconds.
    pub future: u32,
}

impl Tolerance {
    /// Five minutes in either direction, as in the libraries of Standard Webhooks and Stripe.
    pub const DEFAULT: Self = Self::symmetric(300);

    /// The same number of seconds in either direction.
    #[must_use]
    pub const fn symmetric(seconds: u32) -> Self {
        Self { past: seconds, future: seconds }
    }

    /// Rejects a signed time outside the tolerance. It is called only after the signature has matched, so `stale` means
    /// "genuine but late".
    pub(crate) fn check(self, signed_at: UnixTime, now: UnixTime) -> Result<(), Rejection> {
        self.check_not_early(signed_at, now)?;
        self.check_not_late(signed_at, now)
    }

    /// Rejects an instant that is too far ahead of `now`.
    pub(crate) fn check_not_early(self, instant: UnixTime, now: UnixTime) -> Result<(), Rejection> {
        match instant.as_secs().checked_sub(now.as_secs()) {
            Some(ahead) if ahead > u64::from(self.future) => {
                Err(Rejection::Premature { ahead, tolerance: self.future })
            }
            _ => Ok(()),
        }
    }

    /// Rejects an instant that is too far behind `now`.
    pub(crate) fn check_not_late(self, instant: UnixTime, now: UnixTime) -> Result<(), Rejection> {
        match now.as_secs().checked_sub(instant.as_secs()) {
            Some(age) if age > u64::from(self.past) => Err(Rejection::Stale { age, tolerance: self.past }),
            _ => Ok(()),
        }
    }
}

impl Default for Tolerance {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Reads the number of `width` digits that follows a separator at an offset of a text.
fn digits_at(text: &str, at: usize, width: usize, separator: &str) -> Option<i64> {
    let (digits, _) = text.get(at..)?.strip_prefix(separator)?.split_at_checked(width)?;
    let mut number: i64 = 0;
    for digit in digits.bytes() {
        if !digit.is_ascii_digit() {
            return None;
        }
        // Four digits cannot overflow.
        number = number.wrapping_mul(10).wrapping_add(i64::from(digit.wrapping_sub(b'0')));
    }
    Some(number)
}

/// Reads a time zone: its offset from UTC in minutes.
fn offset_minutes(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let sign = match zone.as_bytes().first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return None,
    };
    let (hours, minutes) = (digits_at(zone, 1, 2, "")?, digits_at(zone, 3, 2, ":")?);
    let is_offset = zone.len() == 6 && hours < 24 && minutes < 60;
    is_offset.then(|| hours.wrapping_mul(60).wrapping_add(minutes).wrapping_mul(sign))
}

/// The number of days in a month; zero for a month that does not exist.
fn days_in_month(year: i64, month: i64) -> i64 {
    let leap = year.wrapping_rem(4) == 0 && (year.wrapping_rem(100) != 0 || year.wrapping_rem(400) == 0);
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar (`days_from_civil`).
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the year has four digits and month and day were checked, so nothing here can overflow"
)]
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month + 9).rem_euclid(12);
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The year, month and day of the date `days` after 1970-01-01 (`civil_from_days`).
#[expect(
    clippy::arithmetic_side_effects,
    reason = "u64 milliseconds make fewer than 2^38 days, so nothing here can overflow"
)]
fn date_of(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let day_of_era = days % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = days / 146_097 * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_in_rfc3339_is_read_to_the_second() {
        let cases = [
            ("1970-01-01T00:00:00Z", 0),
            ("2024-05-01T08:48:38Z", 1_714_553_318),
            ("2024-05-01T10:48:38+02:00", 1_714_553_318),
            ("2024-05-01T03:18:38.987654321-05:30", 1_714_553_318),
            ("2000-02-29T23:59:59Z", 951_868_799),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ];
        for (text, secs) in cases {
            assert_eq!(UnixTime::from_rfc3339(text), Some(UnixTime::from_secs(secs)), "{text}");
        }
    }

    #[test]
    fn writing_an_instant_undoes_reading_it() {
        for text in ["1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z", "2024-12-31T08:05:09Z", "2100-03-01T00:00:00Z"] {
            assert_eq!(UnixTime::from_rfc3339(text).unwrap().to_rfc3339(), text);
        }
    }

    #[test]
    fn any_other_format_is_rejected() {
        let cases = [
            "",
            "2024",
            "2024-05-01",
            "2024-05-01T08:48:38",
            "2024-05-01 08:48:38Z",
            "2024-05-01T08:48Z",
            "2024-05-01T08:48:38z",
            "2024-05-01T08:48:38.Z",
            "2024-05-01T08:48:38.1x2Z",
            "2024-13-01T00:00:00Z",
            "2023-02-29T00:00:00Z",
            "2024-05-00T00:00:00Z",
            "2024-05-01T24:00:00Z",
            "2024-05-01T00:60:00Z",
            "2024-05-01T08:48:38+0200",
            "2024-05-01T08:48:38+24:00",
            "2024-05-01T08:48:38Z ",
            " 2024-05-01T08:48:38Z",
            "+024-05-01T08:48:38Z",
            "2024-5-1T8:48:38Z",
            "1969-12-31T23:59:59Z",
            "1714553318",
        ];
        for text in cases {
            assert_eq!(UnixTime::from_rfc3339(text), None, "{text:?}");
        }
    }

    /// Threat model: A-21.
    #[test]
    fn the_tolerance_is_inclusive_at_both_ends() {
        let at = |secs| UnixTime::from_secs(secs);
        let now = at(1_700_000_000);
        for (tolerance, secs, is_accepted) in [
            (Tolerance::symmetric(300), 1_700_000_300, true),
            (Tolerance::symmetric(300), 1_700_000_301, false),
            (Tolerance::symmetric(300), 1_699_999_700, true),
            (Tolerance::symmetric(300), 1_699_999_699, false),
            (Tolerance::symmetric(0), 1_700_000_000, true),
            (Tolerance::symmetric(0), 1_700_000_001, false),
            (Tolerance::symmetric(0), 1_699_999_999, false),
            (Tolerance { past: 10, future: 0 }, 1_699_999_990, true),
            (Tolerance { past: 0, future: 10 }, 1_699_999_990, false),
            (Tolerance::symmetric(u32::MAX), 0, true),
            (Tolerance::symmetric(u32::MAX), 1_700_000_000 + 4_294_967_296, false),
        ] {
            assert_eq!(tolerance.check(at(secs), now).is_ok(), is_accepted, "{tolerance:?} {secs}");
        }
    }

    #[test]
    fn a_fraction_of_a_second_on_the_receivers_clock_does_not_make_a_delivery_stale() {
        let signed_at = UnixTime::from_secs(1_700_000_000);
        let now = UnixTime::from_millis(1_700_000_300_999);
        assert_eq!(Tolerance::DEFAULT.check(signed_at, now), Ok(()));
    }
}
