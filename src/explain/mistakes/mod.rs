//! The mistakes, each with the way to undo it. A function of this folder takes the failed attempt and returns a hint if undoing
//! its mistake makes the signature match.

mod body;
mod charset;
mod encoding;
mod form;
mod request;
mod reserialized;
mod secret;
mod sender;
mod time;

use super::attempt::Attempt;
use super::explanation::Hint;

pub(super) use body::suspicious_body;
pub(super) use secret::suspicious_secret;
pub(super) use sender::{other_sender, other_source};
pub(super) use time::{early_delivery, late_delivery};

/// The first mistake that, when it is undone, makes the signature match. Mistakes with many candidates come last, so that the budget
/// suffices for the others.
pub(super) fn reversible(attempt: &Attempt<'_>) -> Option<Hint> {
    let mistakes: [fn(&Attempt<'_>) -> Option<Hint>; 8] = [
        time::other_unit,
        encoding::encoded_body,
        body::altered_body,
        reserialized::reserialized_body,
        request::other_method,
        request::other_url,
        secret::other_reading,
        reserialized::rewritten_body,
    ];
    mistakes.iter().find_map(|undo| undo(attempt))
}
