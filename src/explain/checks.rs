//! The explanation itself: the result of every check, and the mistake behind a rejection.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::attempt::{Attempt, Signed, describe_key};
use super::budget::Budget;
use super::explanation::{Check, CheckName, ExplainContext, Explanation, Hint, HintCode};
use super::mistakes;
use crate::delivery::Delivery;
use crate::error::{JsonPart, Rejection};
use crate::scheme::{Place, Proof, Timestamp};
use crate::senders;
use crate::time::UnixTime;
use crate::token::ReceivedToken;
use crate::verifier::Verifier;

impl Verifier {
    /// Explains how each check of a delivery goes and, if the delivery is rejected, which mistake would have to be corrected.
    ///
    /// [`Verifier::explain_with`] recognizes more mistakes, because it knows the secrets.
    #[must_use]
    pub fn explain(&self, delivery: Delivery<'_>, now: UnixTime) -> Explanation {
        self.explain_with(delivery, now, &ExplainContext { senders: senders::ALL, ..ExplainContext::default() })
    }

    /// Explains a delivery with the texts of the secrets, with other verifiers that the delivery may be meant for, and with
    /// other senders that it may come from.
    ///
    /// The work is bounded, whatever the delivery and the keys are. If it does not suffice to try every mistake, the failed check
    /// says so.
    ///
    /// ```
    /// use countersign::{Delivery, ExplainContext, HintCode, Signer, UnixTime, Verifier, senders::STRIPE};
    ///
    /// let now = UnixTime::from_secs(1_700_000_000);
    /// let headers = Signer::new(&STRIPE, "whsec_test")?.sign("", br#"{"id": "evt_1"}"#, now);
    ///
    /// let verifier = Verifier::new(&STRIPE, ["whsec_test"])?;
    /// let delivery = Delivery::new(&headers, br#"{"id":"evt_1"}"#); // a framework has removed the space
    /// let context = ExplainContext { secrets: &["whsec_test"], ..ExplainContext::default() };
    /// let explanation = verifier.explain_with(delivery, now, &context);
    ///
    /// assert_eq!(explanation.verdict, "signature_mismatch");
    /// assert_eq!(explanation.hints[0].code, HintCode::JsonReprinted);
    /// # Ok::<(), countersign::KeyError>(())
    /// ```
    #[must_use]
    pub fn explain_with(&self, delivery: Delivery<'_>, now: UnixTime, context: &ExplainContext<'_>) -> Explanation {
        let attempt = Attempt { verifier: self, delivery, now, secrets: context.secrets, budget: Budget::new() };
        let signed = attempt.verify_unaltered();
        // A delivery for another source has no mistake in its bytes.
        let origin = match signed {
            Some(_) => None,
            None => mistakes::other_source(&attempt, context.others)
                .or_else(|| mistakes::other_sender(&attempt, context.senders)),
        };
        explain_checks(&attempt, signed, origin)
    }
}

/// Runs the normal checks and describes them. `signed` is the result of verifying the delivery whatever its time, and `origin` says
/// that it is another source's or sender's.
fn explain_checks(attempt: &Attempt<'_>, signed: Option<Signed>, origin: Option<Hint>) -> Explanation {
    let mut hints = Vec::new();
    let (verdict, failure) = match attempt.verifier.verify(attempt.delivery.clone(), attempt.now) {
        Err(rejection) => {
            let hint = origin.or_else(|| find_mistake(attempt, &rejection));
            let mut detail = rejection.message();
            if hint.is_none() && attempt.budget.was_exceeded() {
                detail.push_str(NOT_ALL_TRIED);
            }
            hints.extend(hint);
            (rejection.code(), Some((failed_check(attempt, &rejection), detail)))
        }
        Ok(verified) => match verified.decode() {
            Err(error) => (error.code(), Some((CheckName::Id, error.message()))),
            Ok(_) => ("valid", None),
        },
    };
    if let Some(signed) = signed.filter(|signed| signed.key > 0) {
        let key = describe_key(attempt.verifier, signed);
        let message = format!(
            "{key} made the signature, not the first key: if the first is the new one, the sender does not use it yet"
        );
        hints.push(Hint { code: HintCode::PreviousKey, message });
    }
    let mut checks = Vec::new();
    for name in CheckName::ALL.iter().copied() {
        match failure {
            Some((failed, detail)) if failed == name => {
                checks.push(Check { name, ok: false, detail });
                break;
            }
            _ => checks.push(Check { name, ok: true, detail: describe_success(attempt, name, signed) }),
        }
    }
    Explanation { verdict, checks, hints }
}

const NOT_ALL_TRIED: &str = ". Not every mistake was tried, because it would take too long: explain a smaller delivery";

/// The check that a rejection comes from.
fn failed_check(attempt: &Attempt<'_>, rejection: &Rejection) -> CheckName {
    let scheme = attempt.scheme();
    let lacks_url = scheme.signs_url() && attempt.delivery.requested_url().is_none();
    let lacks_method = scheme.signs_method() && attempt.delivery.requested_method().is_none();
    match rejection {
        Rejection::MissingHeader { .. } => CheckName::Headers,
        Rejection::UnsupportedSignature { .. } if lacks_url || lacks_method => CheckName::Headers,
        // The claims of a token and a time in the body are read only after the signature has matched.
        Rejection::MalformedToken { .. } if has_complete_token(attempt) => CheckName::Time,
        Rejection::MalformedTimestamp { .. } if has_time_in_body(attempt) => CheckName::Time,
        Rejection::MalformedHeader { .. }
        | Rejection::MalformedTimestamp { .. }
        | Rejection::MalformedToken { .. }
        | Rejection::TooManySignatures { .. }
        | Rejection::UnreadableJson { part: JsonPart::TokenHeader | JsonPart::Proof(_), .. } => CheckName::Layout,
        Rejection::UnsupportedSignature { .. } => CheckName::Key,
        Rejection::SignatureMismatch => CheckName::Signature,
        Rejection::Stale { .. }
        | Rejection::Premature { .. }
        | Rejection::UnreadableJson { part: JsonPart::TokenClaims | JsonPart::Timestamp(_), .. } => CheckName::Time,
        Rejection::AmbiguousContent { .. }
        | Rejection::BodyMismatch { .. }
        | Rejection::UnreadableJson { part: JsonPart::AgreedBody, .. } => CheckName::Body,
    }
}

fn has_complete_token(attempt: &Attempt<'_>) -> bool {
    matches!(&attempt.scheme().proof, Proof::Token(token) if ReceivedToken::read(token, &attempt.delivery).is_ok())
}

fn has_time_in_body(attempt: &Attempt<'_>) -> bool {
    matches!(&attempt.scheme().proof, Proof::Signature(signature)
        if matches!(signature.timestamp, Some(Timestamp { place: Place::Body(_), .. })))
}

/// Describes a check that passed.
fn describe_success(attempt: &Attempt<'_>, check: CheckName, signed: Option<Signed>) -> String {
    let text = match (check, signed) {
        (CheckName::Headers, _) => "everything that the scheme needs has arrived",
        (CheckName::Layout, _) => "the signature has the scheme's layout",
        (CheckName::Key, _) => "there is a key of the right kind",
        (CheckName::Signature, Some(signed)) => {
            return format!("{} made it", describe_key(attempt.verifier, signed));
        }
        (CheckName::Signature, None) => "one of the keys made it",
        (CheckName::Time, _) if !attempt.scheme().signs_time() => "this sender signs no time",
        (CheckName::Time, Some(Signed { at: Some(at), .. })) => return describe_age(attempt.now, at),
        (CheckName::Time, _) => "it is within the tolerance",
        (CheckName::Body, _) if attempt.signs_body() => "these are the bytes that were signed",
        (CheckName::Body, _) => "it is not signed: only the sender is authenticated",
        (CheckName::Id, _) => "the event has an id",
    };
    text.into()
}

fn describe_age(now: UnixTime, signed_at: UnixTime) -> String {
    let (now, then) = (now.as_secs(), signed_at.as_secs());
    format!("signed {} s {}", now.abs_diff(then), if now < then { "from now" } else { "ago" })
}

/// Finds the mistake behind a rejection.
fn find_mistake(attempt: &Attempt<'_>, rejection: &Rejection) -> Option<Hint> {
    match rejection {
        Rejection::Stale { age, tolerance } => Some(mistakes::late_delivery(attempt, *age, *tolerance)),
        Rejection::Premature { ahead, .. } => Some(mistakes::early_delivery(attempt, *ahead)),
        // Without the header, no altered body, URL or secret can make the delivery valid.
        Rejection::MissingHeader { header } if !header.starts_with('/') => None,
        // A suspicion is worth telling only if everything but the bytes is right.
        Rejection::SignatureMismatch
        | Rejection::BodyMismatch { .. }
        | Rejection::UnreadableJson { part: JsonPart::AgreedBody, .. } => mistakes::reversible(attempt)
            .or_else(|| mistakes::suspicious_body(attempt))
            .or_else(|| mistakes::suspicious_secret(attempt)),
        _ => mistakes::reversible(attempt),
    }
}
