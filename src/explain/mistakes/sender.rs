//! Deliveries that come from a different source or a different sender than the verifier expects.

use alloc::format;
use alloc::vec::Vec;

use crate::explain::attempt::{Attempt, describe_key};
use crate::explain::explanation::{Hint, HintCode};
use crate::limits::MAX_NAMED_SENDERS;
use crate::scheme::Scheme;
use crate::verifier::Verifier;

/// A header that requests of any origin may have.
const COMMON_HEADER: &str = "authorization";

/// Verifies the delivery with the verifiers of other sources.
pub(in crate::explain) fn other_source(attempt: &Attempt<'_>, others: &[(&str, &Verifier)]) -> Option<Hint> {
    let (name, key) = others.iter().find_map(|(name, other)| {
        let signed = attempt.verify_by(&other.pipeline(), &attempt.delivery)?;
        Some((name, describe_key(other, signed)))
    })?;
    let message = format!(
        "{key} of the source `{name}` made the signature: use that key here, or let the sender deliver to that source"
    );
    Some(Hint { code: HintCode::OtherSource, message })
}

/// Names the senders whose signature header arrived, if none of the expected headers did.
pub(in crate::explain) fn other_sender(attempt: &Attempt<'_>, senders: &[Scheme]) -> Option<Hint> {
    if attempt.scheme().headers().iter().any(|name| attempt.delivery.has(name)) {
        return None;
    }
    let signed_by = |sender: &Scheme| {
        let headers = sender.proof_headers();
        headers.iter().find(|name| **name != COMMON_HEADER && attempt.delivery.has(name)).copied()
    };
    let header = senders.iter().find_map(signed_by)?;
    let users = senders.iter().filter(|sender| signed_by(sender) == Some(header));
    let titles: Vec<&str> = users.map(|sender| sender.title).take(MAX_NAMED_SENDERS).collect();
    let message = format!(
        "the `{header}` header has arrived, which {} uses: choose the scheme of the sender that this delivery comes from",
        titles.join(" or ")
    );
    Some(Hint { code: HintCode::OtherSender, message })
}
