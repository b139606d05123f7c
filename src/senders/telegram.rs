//! Telegram: bots.

use super::common::shared;
use crate::scheme::{Scheme, SharedToken};

/// Nothing is signed: each update carries the `secret_token` that was passed to `setWebhook`.
///
/// <https://core.telegram.org/bots/api#setwebhook>
pub const TELEGRAM: Scheme = Scheme {
    name: "telegram",
    title: "Telegram (bots)",
    docs: "https://core.telegram.org/bots/api#setwebhook",
    ..shared(SharedToken::Header(&["x-telegram-bot-api-secret-token"]))
};
