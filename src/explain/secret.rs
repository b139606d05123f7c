//! The secret in the readings that senders and receivers disagree about.

use alloc::vec::Vec;
use core::slice;

use super::{Hint, Inquiry};
use crate::key::Key;
use crate::limits::MAX_EXPLAINED_SECRETS;
use crate::text::decimal::join;
use crate::text::split::cut;
use crate::text::{base64, hex};
use crate::verifier::Pipeline;

/// How the sender reads a secret that the receiver reads as the scheme says.
struct Reading {
    code: &'static str,
    /// What the sender does with the secret.
    what: &'static str,
    bytes: fn(&str) -> Option<Vec<u8>>,
}

const READINGS: &[Reading] = &[
    Reading {
        code: "secret_encoding",
        what: "takes its text as it is, where the scheme decodes it",
        bytes: |text| around("", text, ""),
    },
    Reading {
        code: "secret_encoding",
        what: "decodes it from base64, where the scheme does not",
        bytes: |text| decoded(after_prefix(text)),
    },
    Reading {
        code: "secret_encoding",
        what: "decodes it from base64 as a whole, where the scheme does not",
        bytes: decoded,
    },
    Reading {
        code: "secret_encoding",
        what: "decodes it from hexadecimal, where the scheme does not",
        bytes: |text| hex::decode(&after_prefix(text).to_ascii_lowercase()),
    },
    Reading {
        code: "secret_prefix",
        what: "leaves out its prefix, up to the underscore",
        bytes: |text| around("", after_prefix(text), ""),
    },
    Reading { code: "secret_prefix", what: "has `whsec_` in front of it", bytes: |text| around("whsec_", text, "") },
    Reading { code: "secret_white_space", what: "has a line feed at its end", bytes: |text| around("", text, "\n") },
    Reading { code: "secret_white_space", what: "has CR LF at its end", bytes: |text| around("", text, "\r\n") },
    Reading { code: "secret_white_space", what: "has a space at its end", bytes: |text| around("", text, " ") },
    Reading { code: "secret_white_space", what: "has a space in front of it", bytes: |text| around(" ", text, "") },
    Reading { code: "secret_quotes", what: "has it in quotation marks", bytes: |text| around("\"", text, "\"") },
    Reading { code: "secret_quotes", what: "has it in single quotation marks", bytes: |text| around("'", text, "'") },
];

impl Inquiry<'_> {
    /// How the sender reads one of the secrets, if that makes the signature fit.
    pub(super) fn other_reading_of_secret(&self) -> Option<Hint> {
        for text in self.secrets.iter().take(MAX_EXPLAINED_SECRETS) {
            for Reading { code, what, bytes } in READINGS {
                if bytes(text).is_some_and(|bytes| self.fits_secret(&bytes)) {
                    let message = join(&[
                        "it is the right secret, but the sender ",
                        what,
                        ": let both sides use the same text in the same way",
                    ]);
                    return Some(Hint { code, message });
                }
            }
        }
        None
    }

    fn fits_secret(&self, bytes: &[u8]) -> bool {
        Key::from_bytes(self.scheme(), bytes).is_ok_and(|key| {
            let pipeline = Pipeline { keys: slice::from_ref(&key), ..self.verifier.pipeline() };
            self.attempt_by(&pipeline, &self.delivery).is_some()
        })
    }
}

fn after_prefix(text: &str) -> &str {
    cut(text, "_").map_or(text, |(_, rest)| rest)
}

/// Base64 in either alphabet, with or without padding.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let text = base64::trim_padding(text);
    base64::decode_unpadded(text).or_else(|| base64::decode_url(text))
}

#[expect(clippy::unnecessary_wraps, reason = "the readings are of one type")]
fn around(before: &str, text: &str, after: &str) -> Option<Vec<u8>> {
    Some(join(&[before, text, after]).into_bytes())
}
