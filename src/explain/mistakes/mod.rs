//! The mistakes, each with the way to undo it. A function of this folder takes the failed attempt and returns a hint if undoing
//! its mistake makes the signature match.

mod body;
mod request;
mod secret;
mod sender;
mod time;

use super::attempt::Attempt;
use super::explanation::Hint;

pub(super) use body::suspicious_body;
pub(super) use sender::other_origin;
pub(super) use time::{early_delivery, late_delivery};

/// The first mistake that, when it is undone, makes the signature match.
pub(super) fn reversible(attempt: &Attempt<'_>) -> Option<Hint> {
    let mistakes: [fn(&Attempt<'_>) -> Option<Hint>; 5] =
        [time::other_unit, body::altered_body, request::other_method, request::other_url, secret::other_reading];
    mistakes.iter().find_map(|undo| undo(attempt))
}
