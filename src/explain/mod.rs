//! Why a delivery was refused, and what would have made it pass.
//!
//! The checks are run as they always are. Where the signature does not fit, the usual mistakes are undone one by one,
//! and the checks are run again: what is said about a mistake was tried, not guessed. All of it is for the people who
//! run the receiver, who hold the secret anyway: an answer to the sender with any of it would help a forger.

mod body;
mod request;
mod secret;
mod sender;
mod time;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};

use crate::delivery::Delivery;
use crate::encoding::{decimal, join};
use crate::error::Rejection;
use crate::event::Verified;
use crate::providers;
use crate::scheme::{Authenticated, Place, Proof, Scheme, Timestamp};
use crate::time::{Tolerance, UnixTime};
use crate::token::Bearer;
use crate::verifier::{Pipeline, Verifier};

/// What became of a delivery, check by check. It holds no secret, no expected signature and nothing of the body.
///
/// It is for logs and people on the receiver's side. Never answer a request with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// `valid`, or the code of the [`Rejection`] or [`DecodeError`](crate::DecodeError).
    pub verdict: &'static str,
    /// The checks in their order. Only the last can have failed: those after it were not reached.
    pub checks: Vec<Check>,
    /// What to change. Where the signature does not fit, it is what made it fit.
    pub hints: Vec<Hint>,
}

/// One check and how it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// `headers`, `layout`, `key`, `signature`, `time`, `body` or `id`.
    pub name: &'static str,
    /// Whether it passed.
    pub ok: bool,
    /// What was found.
    pub detail: String,
}

/// Something to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The stable name of the mistake.
    pub code: &'static str,
    /// What it is and what to do about it.
    pub message: String,
}

/// What an explanation may draw on beyond the verifier.
///
/// `Debug` shows how much there is of each and nothing more.
#[derive(Clone, Copy, Default)]
pub struct Background<'b> {
    /// The texts that the verifier's keys were made from. A [`Key`](crate::Key) does not keep its text, and without it
    /// nobody can tell whether the sender reads it in another way.
    pub secrets: &'b [&'b str],
    /// Verifiers of other sources, such as those for live and for test mode, with names that mean something to the
    /// reader.
    pub others: &'b [(&'b str, &'b Verifier)],
    /// The senders that a delivery without the right headers may be from.
    pub senders: &'b [Scheme],
}

impl Debug for Background<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Background")
            .field("secrets", &self.secrets.len())
            .field("others", &self.others.len())
            .field("senders", &self.senders.len())
            .finish()
    }
}

impl Verifier {
    /// Says how each check went and, where the delivery is refused, what would have made it pass.
    ///
    /// [`Verifier::explain_with`] knows of more mistakes when it is told more.
    #[must_use]
    pub fn explain(&self, delivery: Delivery<'_>, now: UnixTime) -> Explanation {
        self.explain_with(delivery, now, &Background { senders: providers::ALL, ..Background::default() })
    }

    /// The same with the texts of the secrets, and with other verifiers that the delivery may have been meant for.
    ///
    /// The work is bounded: some hundred attempts, and none with another body where it has more than 256 KiB.
    ///
    /// ```
    /// use countersign::{Background, Delivery, Signer, UnixTime, Verifier, providers::STRIPE};
    ///
    /// let now = UnixTime::from_secs(1_700_000_000);
    /// let headers = Signer::new(&STRIPE, "whsec_test")?.sign("", br#"{"id": "evt_1"}"#, now);
    /// let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    ///
    /// let verifier = Verifier::new(&STRIPE, ["whsec_test"])?;
    /// let delivery = Delivery::new(headers, br#"{"id":"evt_1"}"#);
    /// let explanation = verifier.explain_with(delivery, now, &Background { secrets: &["whsec_test"], ..Background::default() });
    ///
    /// assert_eq!(explanation.verdict, "signature_mismatch");
    /// assert_eq!(explanation.hints[0].code, "json_reprinted");
    /// # Ok::<(), countersign::KeyError>(())
    /// ```
    #[must_use]
    pub fn explain_with(&self, delivery: Delivery<'_>, now: UnixTime, background: &Background<'_>) -> Explanation {
        Inquiry { verifier: self, delivery, now, background }.explain()
    }
}

const HEADERS: usize = 0;
const LAYOUT: usize = 1;
const KEY: usize = 2;
const SIGNATURE: usize = 3;
const TIME: usize = 4;
const BODY: usize = 5;
const ID: usize = 6;
const NAMES: [&str; 7] = ["headers", "layout", "key", "signature", "time", "body", "id"];

/// A window that every time lies in: an attempt is about the signature.
const WIDEST: Tolerance = Tolerance::symmetric(u32::MAX);

/// A delivery that is looked into.
struct Inquiry<'i> {
    verifier: &'i Verifier,
    delivery: Delivery<'i>,
    now: UnixTime,
    background: &'i Background<'i>,
}

impl<'i> Inquiry<'i> {
    fn explain(&self) -> Explanation {
        let outcome = self.verifier.verify(self.delivery.clone(), self.now);
        let genuine = self.attempt(self.delivery.clone());
        let hints = self.hints(&outcome, genuine.as_ref());
        let (verdict, failure) = match &outcome {
            Err(rejection) => (rejection.code(), Some((self.check_of(rejection), rejection.message()))),
            Ok(verified) => match verified.decode() {
                Err(error) => (error.code(), Some((ID, error.message()))),
                Ok(_) => ("valid", None),
            },
        };
        let passed = failure.as_ref().map_or(NAMES.len(), |(index, _)| *index);
        let mut checks = Vec::new();
        for (index, name) in NAMES.into_iter().enumerate().take(passed) {
            checks.push(Check { name, ok: true, detail: self.detail(index, genuine.as_ref()) });
        }
        if let Some((index, detail)) = failure {
            let name = NAMES.get(index).copied().unwrap_or_default();
            checks.push(Check { name, ok: false, detail });
        }
        Explanation { verdict, checks, hints }
    }

    /// The delivery, if its signature fits, whatever its time.
    fn attempt<'a>(&'a self, delivery: Delivery<'a>) -> Option<Verified<'a>> {
        self.attempt_by(self.verifier.pipeline(), delivery)
    }

    /// The same with another scheme, other keys, or both.
    fn attempt_by<'a>(&self, pipeline: Pipeline<'a>, delivery: Delivery<'a>) -> Option<Verified<'a>> {
        Pipeline { tolerance: WIDEST, ..pipeline }.verify(delivery, self.now).ok()
    }

    fn scheme(&self) -> &'i Scheme {
        self.verifier.scheme()
    }

    /// The check that a rejection comes from.
    fn check_of(&self, rejection: &Rejection) -> usize {
        let lacks_url = self.scheme().signs_url() && self.delivery.requested_url().is_none();
        let lacks_method = self.scheme().signs_method() && self.delivery.requested_method().is_none();
        match rejection {
            Rejection::MissingHeader { .. } => HEADERS,
            Rejection::UnsupportedSignature { .. } if lacks_url || lacks_method => HEADERS,
            Rejection::MalformedToken { .. } if self.is_whole_token() => TIME,
            Rejection::MalformedTimestamp { .. } if self.has_time_in_body() => TIME,
            Rejection::MalformedHeader { .. }
            | Rejection::MalformedTimestamp { .. }
            | Rejection::MalformedToken { .. }
            | Rejection::TooManySignatures { .. } => LAYOUT,
            Rejection::UnsupportedSignature { .. } => KEY,
            Rejection::SignatureMismatch => SIGNATURE,
            Rejection::Stale { .. } | Rejection::Premature { .. } => TIME,
            Rejection::BodyMismatch { .. } => BODY,
        }
    }

    /// The claims of a token are read when its signature has been found to fit.
    fn is_whole_token(&self) -> bool {
        matches!(&self.scheme().proof, Proof::Token(token) if Bearer::read(token, &self.delivery).is_ok())
    }

    /// A time in the body is read when the signature has been found to fit.
    fn has_time_in_body(&self) -> bool {
        matches!(&self.scheme().proof, Proof::Signature(signature)
            if matches!(signature.timestamp, Some(Timestamp { place: Place::Body(_), .. })))
    }

    /// What a check that passed has found.
    fn detail(&self, index: usize, genuine: Option<&Verified<'_>>) -> String {
        let is_content = self.scheme().authenticated() == Authenticated::Content;
        let text = match (index, genuine) {
            (HEADERS, _) => "all that the scheme needs has arrived",
            (LAYOUT, _) => "it is laid out as the scheme says",
            (KEY, _) => "there is a key of the right kind",
            (SIGNATURE, Some(verified)) => return self.which_key(verified, " made it"),
            (SIGNATURE, None) => "one of the keys made it",
            (TIME, _) if !self.scheme().signs_time() => "this sender signs no time",
            (TIME, Some(Verified { signed_at: Some(signed_at), .. })) => return self.age(*signed_at),
            (TIME, _) => "it is in the window",
            (BODY, _) if is_content => "these bytes are what was signed",
            (BODY, _) => "it is not signed: only the sender is proved",
            _ => "the event has one",
        };
        text.into()
    }

    fn which_key(&self, verified: &Verified<'_>, rest: &str) -> String {
        let count = self.verifier.pipeline().keys.len();
        join(&["key ", &ordinal(verified.key), " of ", &number(count), rest])
    }

    fn age(&self, signed_at: UnixTime) -> String {
        if let Some(age) = self.now.as_secs().checked_sub(signed_at.as_secs()) {
            join(&["signed ", &decimal(age), " s ago"])
        } else {
            let ahead = signed_at.as_secs().saturating_sub(self.now.as_secs());
            join(&["signed ", &decimal(ahead), " s from now"])
        }
    }

    fn hints(&self, outcome: &Result<Verified<'_>, Rejection>, genuine: Option<&Verified<'_>>) -> Vec<Hint> {
        let mut hints = Vec::new();
        match outcome {
            Ok(_) => {}
            Err(Rejection::Stale { age, tolerance }) => hints.push(self.late(*age, *tolerance)),
            Err(Rejection::Premature { ahead, .. }) => hints.push(self.early(*ahead)),
            // Without them no other body, URL or secret can pass.
            Err(Rejection::MissingHeader { header }) if !header.starts_with('/') => {
                hints.extend(self.other_source().or_else(|| self.other_sender()));
            }
            Err(_) => hints.extend(self.mistake()),
        }
        hints.extend(genuine.filter(|verified| verified.key > 0).map(|verified| Hint {
            code: "previous_key",
            message: self.which_key(
                verified,
                " made the signature, not the first: if the first is the new one, the sender does not use it yet",
            ),
        }));
        hints
    }

    /// The first mistake that, when it is undone, makes the signature fit.
    fn mistake(&self) -> Option<Hint> {
        let signs_body = self.scheme().authenticated() == Authenticated::Content;
        let passes = |body: &[u8]| self.attempt(self.delivery.clone().with_body(body)).is_some();
        let body = self.delivery.body();
        let mut found = self.other_source();
        found = found.or_else(|| self.other_unit());
        found = found.or_else(|| body::mistake(body, &passes));
        found = found.or_else(|| self.other_request());
        found = found.or_else(|| self.other_reading_of_secret());
        if signs_body { found.or_else(|| body::suspicion(body)) } else { found }
    }
}

/// People count from one.
fn ordinal(index: usize) -> String {
    number(index.saturating_add(1))
}

fn number(count: usize) -> String {
    decimal(u64::try_from(count).unwrap_or(u64::MAX))
}
