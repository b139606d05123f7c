//! OpenAI: language models.

use super::standard::{HEADERS, signed_with_shared_secret};
use crate::scheme::{Confirmed, KeyFormat, Scheme};

/// Signs as Standard Webhooks specifies. For a secret without `whsec_`, its libraries use the text as the key.
///
/// <https://platform.openai.com/docs/guides/webhooks>
pub const OPENAI: Scheme = Scheme {
    name: "openai",
    title: "OpenAI",
    docs: "https://platform.openai.com/docs/guides/webhooks",
    confirmed: Confirmed::Oracle,
    ..signed_with_shared_secret(HEADERS, KeyFormat::StandardOrText)
};
