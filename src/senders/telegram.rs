//! Telegram: bots.

use super::common::shared;
use crate::scheme::{Scheme, SharedToken};

/// Nothing is signed: the `secret_token` given to `setWebhook` comes with every update.
///
/// <https://core.telegram.org/bots/api#setwebhook>
pub const TELEGRAM: Scheme = Scheme {
    name: "telegram",
    title: "Telegram (bots)",
    docs: "https://core.telegram.org/bots/api#setwebhook",
    ..shared(SharedToken::Header(&["x-telegram-bot-api-secret-token"]))
};
