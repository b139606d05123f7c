//! Different readings of one secret: the sender decodes, trims or quotes it in a way that the receiver does not.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::slice;

use crate::error::KeyError;
use crate::explain::attempt::Attempt;
use crate::explain::explanation::{Hint, HintCode};
use crate::key::Key;
use crate::limits::{MAX_EXPLAINED_SECRETS, MAX_SECRET_WORDS, MIN_SECRET_WORD_BYTES};
use crate::text::{base64, hex};
use crate::verifier::Pipeline;

/// A way in which the sender may read a secret that the receiver reads as the scheme says.
struct Reading {
    code: HintCode,
    /// What the sender does with the secret: completes "the sender ...".
    description: &'static str,
    /// The bytes of the key in this reading.
    read: fn(&str) -> Option<Vec<u8>>,
}

const READINGS: &[Reading] = &[
    reading(HintCode::SecretEncoding, "uses its text as it is, and the scheme decodes it", |text| {
        bytes_of(text.into())
    }),
    reading(HintCode::SecretEncoding, "decodes it from base64, and the scheme does not", |text| {
        decode_base64(without_prefix(text))
    }),
    reading(
        HintCode::SecretEncoding,
        "decodes all of it from base64, prefix included, and the scheme does not",
        decode_base64,
    ),
    reading(HintCode::SecretEncoding, "decodes it from hexadecimal, and the scheme does not", |text| {
        hex::decode(&without_prefix(text).to_ascii_lowercase())
    }),
    reading(HintCode::SecretPrefix, "leaves out its prefix, up to the underscore", |text| {
        bytes_of(without_prefix(text).into())
    }),
    reading(HintCode::SecretPrefix, "puts `whsec_` before it", |text| bytes_of(format!("whsec_{text}"))),
    reading(HintCode::SecretWhiteSpace, "has a line feed after it", |text| bytes_of(format!("{text}\n"))),
    reading(HintCode::SecretWhiteSpace, "has CR LF after it", |text| bytes_of(format!("{text}\r\n"))),
    reading(HintCode::SecretWhiteSpace, "has a space after it", |text| bytes_of(format!("{text} "))),
    reading(HintCode::SecretWhiteSpace, "has a space before it", |text| bytes_of(format!(" {text}"))),
    reading(HintCode::SecretQuotes, "has it in quotation marks", |text| bytes_of(format!("\"{text}\""))),
    reading(HintCode::SecretQuotes, "has it in single quotation marks", |text| bytes_of(format!("'{text}'"))),
];

const fn reading(code: HintCode, description: &'static str, read: fn(&str) -> Option<Vec<u8>>) -> Reading {
    Reading { code, description, read }
}

/// Tries each reading of each secret.
pub(super) fn other_reading(attempt: &Attempt<'_>) -> Option<Hint> {
    for text in attempt.secrets.iter().take(MAX_EXPLAINED_SECRETS) {
        if let Some(hint) = surrounded_secret(attempt, text) {
            return Some(hint);
        }
        for Reading { code, description, read } in READINGS {
            if read(text).is_some_and(|bytes| made_signature(attempt, &bytes)) {
                let message = format!(
                    "the secret is right, but the sender {description}: use the same text in the same way on both sides"
                );
                return Some(Hint { code: *code, message });
            }
        }
    }
    None
}

fn made_signature(attempt: &Attempt<'_>, secret: &[u8]) -> bool {
    is_signed_with(attempt, Key::from_bytes(attempt.scheme(), secret))
}

fn is_signed_with(attempt: &Attempt<'_>, key: Result<Key, KeyError>) -> bool {
    key.is_ok_and(|key| {
        let pipeline = Pipeline { keys: slice::from_ref(&key), ..attempt.verifier.pipeline() };
        attempt.verify_by(&pipeline, &attempt.delivery).is_some()
    })
}

/// Recognizes a secret that was copied together with what is around it: `NAME=whsec_...`, a line of a command's output, or a line
/// feed that is written as two characters.
fn surrounded_secret(attempt: &Attempt<'_>, text: &str) -> Option<Hint> {
    let mut line = text;
    while let Some(rest) = line.strip_suffix("\\n").or_else(|| line.strip_suffix("\\r")) {
        line = rest;
    }
    let (_, value) = line.split_once('=').unwrap_or_default();
    let words = [line, value].into_iter().flat_map(|text| text.split([' ', '\t', '\n', '"', '\'', '`', ',', ';']));
    let words = words.filter(|word| word.len() >= MIN_SECRET_WORD_BYTES && *word != text).take(MAX_SECRET_WORDS);
    let is_secret = |word: &&str| is_signed_with(attempt, Key::parse(attempt.scheme(), word));
    let word = words.chain([line].into_iter().filter(|line| *line != text)).find(is_secret)?;
    let (code, problem) = if word == line {
        (HintCode::SecretWhiteSpace, "there is a line feed after it, written as a backslash and a letter")
    } else {
        (HintCode::SecretExtraText, "there is more text around it, such as its name")
    };
    Some(Hint { code, message: format!("the secret is right, but {problem}: pass the secret alone") })
}

/// How the API keys and tokens of a sender begin which are not the secret of its webhooks, and which that is.
struct ApiKeys {
    scheme: &'static str,
    prefixes: &'static [&'static str],
    correction: &'static str,
}

const API_KEYS: &[ApiKeys] = &[
    ApiKeys {
        scheme: "stripe",
        prefixes: &["sk_", "rk_", "pk_"],
        correction: "pass the signing secret of the endpoint, which begins with `whsec_`",
    },
    ApiKeys {
        scheme: "github",
        prefixes: &["ghp_", "gho_", "ghs_", "github_pat_"],
        correction: "pass the secret that you entered for the webhook",
    },
    ApiKeys { scheme: "slack", prefixes: &["xox", "xapp-"], correction: "pass the signing secret of the app" },
    ApiKeys {
        scheme: "shopify",
        prefixes: &["shpat_", "shpca_", "shppa_"],
        correction: "pass the client secret of the app",
    },
    ApiKeys { scheme: "twilio", prefixes: &["SK", "AC"], correction: "pass the auth token of the account" },
];

/// Recognizes an API key in the place of a secret by its form. No signature can prove this.
pub(in crate::explain) fn suspicious_secret(attempt: &Attempt<'_>) -> Option<Hint> {
    let ApiKeys { prefixes, correction, .. } = API_KEYS.iter().find(|keys| keys.scheme == attempt.scheme().name)?;
    let begins = |prefix: &&&str| attempt.secrets.iter().any(|text| text.starts_with(**prefix));
    let prefix = prefixes.iter().find(begins)?;
    let message = format!("a key begins with `{prefix}`, as API keys and tokens of this sender do: {correction}");
    Some(Hint { code: HintCode::SecretApiKey, message })
}

/// The part of a secret after its first underscore.
fn without_prefix(text: &str) -> &str {
    text.split_once('_').map_or(text, |(_, rest)| rest)
}

/// Decodes base64 in either alphabet, with or without padding.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    base64::decode_unpadded(text).or_else(|| base64::decode_url(text))
}

#[expect(clippy::unnecessary_wraps, reason = "all readings have one type")]
fn bytes_of(text: String) -> Option<Vec<u8>> {
    Some(text.into_bytes())
}
