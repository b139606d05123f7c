//! The secret in the readings that senders and receivers disagree about.

use alloc::string::String;
use alloc::vec::Vec;
use core::slice;

use super::{Hint, Inquiry};
use crate::encoding::{decode_base64_unpadded, decode_base64url, decode_hex, join};
use crate::key::Key;
use crate::verifier::Pipeline;

/// Nobody has reason for more keys at one source.
const MAX_SECRETS: usize = 16;

/// How the sender reads a secret that the receiver reads as the scheme says.
struct Reading {
    code: &'static str,
    message: &'static str,
    bytes: fn(&str) -> Option<Vec<u8>>,
}

const READINGS: &[Reading] = &[
    Reading {
        code: "secret_encoding",
        message: "the sender takes the secret's text as it is, where this scheme decodes it: sign with the decoded bytes, or describe the scheme with a key of the format `text`",
        bytes: |text| Some(text.as_bytes().to_vec()),
    },
    Reading {
        code: "secret_encoding",
        message: "the sender decodes the secret from base64, where this scheme takes its text: sign with the text, or pass the decoded bytes as the key",
        bytes: |text| decoded(after_prefix(text)),
    },
    Reading {
        code: "secret_encoding",
        message: "the sender decodes the secret from hexadecimal, where this scheme does not: sign as the scheme says, or pass the decoded bytes as the key",
        bytes: |text| decode_hex(&after_prefix(text).to_ascii_lowercase()),
    },
    Reading {
        code: "secret_encoding",
        message: "the sender decodes the whole secret from base64: sign as the scheme says, or pass the decoded bytes as the key",
        bytes: decoded,
    },
    Reading {
        code: "secret_prefix",
        message: "the sender leaves out the secret's prefix, up to the first underscore: sign with the whole secret",
        bytes: |text| Some(after_prefix(text).as_bytes().to_vec()),
    },
    Reading {
        code: "secret_prefix",
        message: "the sender's secret begins with `whsec_` and this one does not: copy the whole secret",
        bytes: |text| around("whsec_", text, ""),
    },
    Reading {
        code: "secret_white_space",
        message: "the sender's secret has a line feed at its end: store it there again without one",
        bytes: |text| around("", text, "\n"),
    },
    Reading {
        code: "secret_white_space",
        message: "the sender's secret has CR LF at its end: store it there again without",
        bytes: |text| around("", text, "\r\n"),
    },
    Reading {
        code: "secret_white_space",
        message: "the sender's secret has a space at its end: store it there again without one",
        bytes: |text| around("", text, " "),
    },
    Reading {
        code: "secret_white_space",
        message: "the sender's secret has a space in front: store it there again without one",
        bytes: |text| around(" ", text, ""),
    },
    Reading {
        code: "secret_quotes",
        message: "the sender's secret stands in quotation marks: store it there again without them",
        bytes: |text| around("\"", text, "\""),
    },
    Reading {
        code: "secret_quotes",
        message: "the sender's secret stands in single quotation marks: store it there again without them",
        bytes: |text| around("'", text, "'"),
    },
];

impl Inquiry<'_> {
    /// How the sender reads one of the secrets, if that makes the signature fit.
    pub(super) fn other_reading_of_secret(&self) -> Option<Hint> {
        for text in self.background.secrets.iter().take(MAX_SECRETS) {
            let fits = |reading: &&Reading| (reading.bytes)(text).is_some_and(|bytes| self.fits_secret(&bytes));
            if let Some(Reading { code, message, .. }) = READINGS.iter().find(fits) {
                return Some(Hint { code, message: String::from(*message) });
            }
        }
        None
    }

    fn fits_secret(&self, bytes: &[u8]) -> bool {
        Key::from_bytes(self.scheme(), bytes).is_ok_and(|key| {
            let pipeline = Pipeline { keys: slice::from_ref(&key), ..self.verifier.pipeline() };
            self.attempt_by(pipeline, self.delivery.clone()).is_some()
        })
    }
}

fn after_prefix(text: &str) -> &str {
    text.split_once('_').map_or(text, |(_, rest)| rest)
}

/// Base64 in either alphabet, with or without padding.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    decode_base64_unpadded(text).or_else(|| decode_base64url(text))
}

#[expect(clippy::unnecessary_wraps, reason = "the readings are of one type")]
fn around(before: &str, text: &str, after: &str) -> Option<Vec<u8>> {
    Some(join(&[before, text, after]).into_bytes())
}
