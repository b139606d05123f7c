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
use crate::error::Rejection;
use crate::key::Key;
use crate::scheme::{Authenticated, Place, Proof, Scheme, Timestamp};
use crate::senders;
use crate::text::decimal::{decimal, join};
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
        self.explain_with(delivery, now, &Background { senders: senders::ALL, ..Background::default() })
    }

    /// The same with the texts of the secrets, and with other verifiers that the delivery may have been meant for.
    ///
    /// The work is bounded: a few hundred attempts, and none with another body where it has more than 256 KiB.
    ///
    /// ```
    /// use countersign::{Background, Delivery, Signer, UnixTime, Verifier, senders::STRIPE};
    ///
    /// let now = UnixTime::from_secs(1_700_000_000);
    /// let headers = Signer::new(&STRIPE, "whsec_test")?.sign("", br#"{"id": "evt_1"}"#, now);
    ///
    /// let verifier = Verifier::new(&STRIPE, ["whsec_test"])?;
    /// let delivery = Delivery::new(&headers, br#"{"id":"evt_1"}"#);
    /// let explanation = verifier.explain_with(delivery, now, &Background { secrets: &["whsec_test"], ..Background::default() });
    ///
    /// assert_eq!(explanation.verdict, "signature_mismatch");
    /// assert_eq!(explanation.hints[0].code, "json_reprinted");
    /// # Ok::<(), countersign::KeyError>(())
    /// ```
    #[must_use]
    // Inlined, so that a program that gives no other sources and senders has no code for them.
    #[inline]
    pub fn explain_with(&self, delivery: Delivery<'_>, now: UnixTime, background: &Background<'_>) -> Explanation {
        let Background { secrets, others, senders } = *background;
        let inquiry = Inquiry { verifier: self, delivery, now, secrets };
        let mut explanation = inquiry.explain();
        if !(others.is_empty() && senders.is_empty()) {
            inquiry.ask_others(&mut explanation, background);
        }
        explanation
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
    /// The texts of the verifier's keys.
    secrets: &'i [&'i str],
}

/// What is known of a delivery whose signature fits.
#[derive(Clone, Copy)]
struct Signed {
    key: usize,
    at: Option<UnixTime>,
}

impl<'i> Inquiry<'i> {
    #[inline(never)]
    fn explain(&self) -> Explanation {
        let signed = self.attempt(&self.delivery);
        let mut hints = Vec::new();
        let (verdict, failure) = match self.verifier.verify(self.delivery.clone(), self.now) {
            Err(rejection) => {
                if let Some(hint) = self.hint(&rejection) {
                    hints.push(hint);
                }
                (rejection.code(), Some((self.check_of(&rejection), rejection.message())))
            }
            Ok(verified) => match verified.decode() {
                Err(error) => (error.code(), Some((ID, error.message()))),
                Ok(_) => ("valid", None),
            },
        };
        if let Some(signed) = signed.filter(|signed| signed.key > 0) {
            let rest = " made it, not the first: if the first is the new one, the sender does not use it yet";
            hints.push(Hint { code: "previous_key", message: which_key(self.verifier, signed, rest) });
        }
        let mut checks = Vec::new();
        for (index, name) in NAMES.iter().enumerate() {
            match failure {
                Some((failed, detail)) if failed == index => {
                    checks.push(Check { name, ok: false, detail });
                    break;
                }
                _ => checks.push(Check { name, ok: true, detail: self.detail(index, signed) }),
            }
        }
        Explanation { verdict, checks, hints }
    }

    /// What is known of a delivery if its signature fits, whatever its time.
    fn attempt(&self, delivery: &Delivery<'_>) -> Option<Signed> {
        self.attempt_by(&self.verifier.pipeline(), delivery)
    }

    /// The same with another scheme, other keys, or both.
    fn attempt_by(&self, pipeline: &Pipeline<'_>, delivery: &Delivery<'_>) -> Option<Signed> {
        let verified = Pipeline { tolerance: WIDEST, ..*pipeline }.verify(delivery.clone(), self.now).ok()?;
        Some(Signed { key: verified.key, at: verified.signed_at })
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
    fn detail(&self, index: usize, signed: Option<Signed>) -> String {
        let text = match (index, signed) {
            (HEADERS, _) => "all that the scheme needs has arrived",
            (LAYOUT, _) => "it is laid out as the scheme says",
            (KEY, _) => "there is a key of the right kind",
            (SIGNATURE, Some(signed)) => return which_key(self.verifier, signed, " made it"),
            (SIGNATURE, None) => "one of the keys made it",
            (TIME, _) if !self.scheme().signs_time() => "this sender signs no time",
            (TIME, Some(Signed { at: Some(at), .. })) => return self.age(at),
            (TIME, _) => "it is in the window",
            (BODY, _) if self.signs_body() => "these bytes are what was signed",
            (BODY, _) => "it is not signed: only the sender is proved",
            _ => "the event has one",
        };
        text.into()
    }

    fn signs_body(&self) -> bool {
        self.scheme().authenticated() == Authenticated::Content
    }

    fn age(&self, signed_at: UnixTime) -> String {
        let (now, then) = (self.now.as_secs(), signed_at.as_secs());
        join(&["signed ", &decimal(now.abs_diff(then)), if now < then { " s from now" } else { " s ago" }])
    }

    fn hint(&self, rejection: &Rejection) -> Option<Hint> {
        match rejection {
            Rejection::Stale { age, tolerance } => Some(self.late(*age, *tolerance)),
            Rejection::Premature { ahead, .. } => Some(self.early(*ahead)),
            // Without them no other body, URL or secret can pass.
            Rejection::MissingHeader { header } if !header.starts_with('/') => None,
            // What cannot be undone is only suspected where all but the bytes is as it should be.
            Rejection::SignatureMismatch | Rejection::BodyMismatch { .. } => {
                self.mistake().or_else(|| self.suspicious_body())
            }
            _ => self.mistake(),
        }
    }

    /// The first of the usual mistakes that, when it is undone, makes the signature fit.
    fn mistake(&self) -> Option<Hint> {
        let mistakes: [fn(&Self) -> Option<Hint>; 5] =
            [Self::other_unit, Self::other_body, Self::other_method, Self::other_url, Self::other_reading_of_secret];
        mistakes.iter().find_map(|mistake| mistake(self))
    }
}

/// The key by its name, else by its place: people count from one.
fn which_key(verifier: &Verifier, signed: Signed, rest: &str) -> String {
    let keys = verifier.pipeline().keys;
    match keys.get(signed.key).and_then(Key::id) {
        Some(name) => join(&["key `", name, "`", rest]),
        None => join(&["key ", &number(signed.key.saturating_add(1)), " of ", &number(keys.len()), rest]),
    }
}

fn number(count: usize) -> String {
    decimal(u64::try_from(count).unwrap_or(u64::MAX))
}
