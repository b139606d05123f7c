//! The parts of an explanation, and what the caller can add to it.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Display, Formatter};

use crate::scheme::Scheme;
use crate::verifier::Verifier;

/// How the checks of a delivery went. It contains no secret, no expected signature and no part of the body.
///
/// It is for logs and for people on the receiver's side. Never put it into an answer to the sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// `valid`, or the code of the [`Rejection`](crate::Rejection) or [`DecodeError`](crate::DecodeError).
    pub verdict: &'static str,
    /// The checks in the order in which they run. Only the last one can have failed: later checks did not run.
    pub checks: Vec<Check>,
    /// The mistakes to correct. If the signature does not match, correcting the mistake made it match.
    pub hints: Vec<Hint>,
}

/// One check and its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which check it is.
    pub name: CheckName,
    /// Whether it passed.
    pub ok: bool,
    /// A sentence about the result.
    pub detail: String,
}

/// A mistake, and how to correct it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The stable code of the mistake.
    pub code: HintCode,
    /// The mistake and its correction, in a sentence.
    pub message: String,
}

/// Defines an enum whose variants have stable names.
macro_rules! named_enum {
    ($(#[$attribute:meta])* pub enum $type:ident { $($(#[$doc:meta])* $variant:ident = $name:literal,)+ }) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $type {
            $($(#[$doc])* $variant,)+
        }

        impl $type {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name, the same in Rust, TypeScript and logs.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }

        impl Display for $type {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

named_enum! {
    /// The checks, in the order in which they run.
    pub enum CheckName {
        /// The headers, the URL and the method that the scheme needs are present.
        Headers = "headers",
        /// The signature header has the scheme's layout.
        Layout = "layout",
        /// One of the keys is of a kind that the delivery's signatures are made with.
        Key = "key",
        /// One of the keys made one of the signatures.
        Signature = "signature",
        /// The signed time is within the tolerance.
        Time = "time",
        /// The body is the one that was signed.
        Body = "body",
        /// The event has an id.
        Id = "id",
    }
}

named_enum! {
    /// The mistakes that an explanation knows.
    pub enum HintCode {
        /// A line end at the end of the body was added or removed.
        FinalNewline = "final_newline",
        /// White space around the body was added.
        WhiteSpace = "white_space",
        /// The line ends of the body were converted.
        LineEndings = "line_endings",
        /// A byte order mark was added or removed.
        ByteOrderMark = "byte_order_mark",
        /// The body was decoded in the wrong character encoding.
        Charset = "charset",
        /// The body was parsed and serialized again.
        JsonReprinted = "json_reprinted",
        /// The body arrived in base64.
        Base64 = "base64",
        /// The body arrived in hexadecimal.
        Hexadecimal = "hexadecimal",
        /// The body arrived as a JSON string or in quotation marks.
        Quoted = "quoted",
        /// The body arrived as a list of its bytes.
        ByteList = "byte_list",
        /// A whole event of a platform arrived, with the body inside.
        InsideEvent = "inside_event",
        /// The body arrived compressed.
        Gzip = "gzip",
        /// The body is a form and was decoded or encoded again, or it was percent-encoded.
        PercentEncoding = "percent_encoding",
        /// No body was passed.
        BodyMissing = "body_missing",
        /// The body may have been decoded lossily.
        LossyDecoding = "lossy_decoding",
        /// The sender signed a different method.
        Method = "method",
        /// The sender signed a different URL.
        Url = "url",
        /// The sender decodes the secret in a different way.
        SecretEncoding = "secret_encoding",
        /// The sender uses the secret with or without its prefix.
        SecretPrefix = "secret_prefix",
        /// The sender's copy of the secret has white space around it.
        SecretWhiteSpace = "secret_white_space",
        /// The sender's copy of the secret has quotation marks around it.
        SecretQuotes = "secret_quotes",
        /// There is more text around the secret.
        SecretExtraText = "secret_extra_text",
        /// The secret looks like an API key of the sender.
        SecretApiKey = "secret_api_key",
        /// The delivery was signed for a different source.
        OtherSource = "other_source",
        /// The headers are those of a different sender.
        OtherSender = "other_sender",
        /// A genuine delivery is older than the tolerance allows.
        LateDelivery = "late_delivery",
        /// The receiver's clock is behind the sender's.
        ClockBehind = "clock_behind",
        /// A timestamp is in the wrong unit.
        TimeUnit = "time_unit",
        /// The signature was made with a key that is not the first one.
        PreviousKey = "previous_key",
    }
}

/// Information that the verifier itself does not have, and with which an explanation recognizes more mistakes.
///
/// `Debug` shows only how much there is of each.
#[derive(Clone, Copy, Default)]
pub struct ExplainContext<'c> {
    /// The texts of the verifier's secrets. A [`Key`](crate::Key) does not keep its text; without it, an explanation cannot
    /// tell whether the sender decodes the secret in a different way.
    pub secrets: &'c [&'c str],
    /// Verifiers of other sources with their names, for example for live mode and test mode.
    pub others: &'c [(&'c str, &'c Verifier)],
    /// The senders that a delivery without the expected headers may come from.
    pub senders: &'c [Scheme],
}

impl Debug for ExplainContext<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExplainContext")
            .field("secrets", &self.secrets.len())
            .field("others", &self.others.len())
            .field("senders", &self.senders.len())
            .finish()
    }
}
