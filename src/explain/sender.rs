//! Whom a delivery may really be from.

use alloc::vec::Vec;

use super::{Background, Explanation, Hint, Inquiry, which_key};
use crate::limits::MAX_NAMED_SENDERS;
use crate::scheme::Scheme;
use crate::text::decimal::join;
use crate::verifier::Verifier;

/// A header that is on all sorts of requests.
const COMMON_HEADER: &str = "authorization";

impl Inquiry<'_> {
    /// Whether the delivery is another source's, or another sender's.
    #[inline(never)]
    pub(super) fn ask_others(&self, explanation: &mut Explanation, background: &Background<'_>) {
        if self.attempt(&self.delivery).is_some() {
            return;
        }
        let hint = self.other_source(background.others).or_else(|| self.other_sender(background.senders));
        if let Some(hint) = hint {
            explanation.hints = Vec::from([hint]);
        }
    }

    /// Whether the delivery was signed for another source.
    fn other_source(&self, others: &[(&str, &Verifier)]) -> Option<Hint> {
        for (name, other) in others {
            let Some(signed) = self.attempt_by(&other.pipeline(), &self.delivery) else { continue };
            let key = which_key(other, signed, " made it");
            let message = join(&[
                "it was signed for the source `",
                name,
                "` (",
                &key,
                "): use that key here, or let the sender deliver there",
            ]);
            return Some(Hint { code: "other_source", message });
        }
        None
    }

    /// The senders whose signature headers have arrived, where none of the own ones did.
    fn other_sender(&self, senders: &[Scheme]) -> Option<Hint> {
        if self.scheme().headers().iter().any(|name| self.delivery.has(name)) {
            return None;
        }
        let mut found = None;
        let mut titles: Vec<&str> = Vec::new();
        for sender in senders {
            let Some(header) = self.arrived(sender) else { continue };
            if *found.get_or_insert(header) == header && titles.len() < MAX_NAMED_SENDERS {
                titles.push(sender.title);
            }
        }
        let mut message = join(&["the `", found?, "` header has arrived, which is used by "]);
        for (index, title) in titles.iter().enumerate() {
            message.push_str(if index == 0 { "" } else { " and " });
            message.push_str(title);
        }
        message.push_str(": choose the scheme of the sender that this is from");
        Some(Hint { code: "other_sender", message })
    }

    fn arrived(&self, sender: &Scheme) -> Option<&'static str> {
        let headers = sender.proof_headers();
        headers.iter().find(|name| **name != COMMON_HEADER && self.delivery.has(name)).copied()
    }
}
