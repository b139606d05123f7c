//! The work that one explanation may do. In: the deliveries that it wants to verify. Out: whether there is work left for them.
//!
//! Work is counted in bytes: those that are hashed, written or parsed. An attempt with a public key is counted as the bytes that could
//! be hashed in the same time. Whatever the body, the keys and the signatures are, the sum of all attempts stays within
//! [`MAX_EXPLAIN_WORK`].

use core::cell::Cell;

use crate::claim::Claim;
use crate::delivery::Delivery;
use crate::key::Key;
use crate::limits::{
    ATTEMPT_WORK, MAX_EXPLAIN_WORK, MAX_INFLATED_BYTES, MAX_INFLATED_RATIO, MAX_TOKEN_BYTES, PUBLIC_KEY_WORK,
    WRITING_WORK,
};
use crate::scheme::{Algorithm, Format, Proof, Scheme};
use crate::text::gzip;
use crate::verifier::Pipeline;

/// The work that is left.
pub(super) struct Budget {
    left: Cell<usize>,
    was_exceeded: Cell<bool>,
    /// How many attempts hashed anything.
    #[cfg(test)]
    attempts: Cell<usize>,
}

impl Budget {
    pub(super) const fn new() -> Self {
        Self {
            left: Cell::new(MAX_EXPLAIN_WORK),
            was_exceeded: Cell::new(false),
            #[cfg(test)]
            attempts: Cell::new(0),
        }
    }

    /// Takes an amount of work from the budget. If there is less, it takes nothing and returns `false`.
    pub(super) fn spend(&self, work: usize) -> bool {
        let left = self.left.get().checked_sub(work);
        match left {
            Some(left) => self.left.set(left),
            None => self.give_up(),
        }
        left.is_some()
    }

    /// Takes the work of writing a text in JSON from the budget.
    pub(super) fn spend_on_writing(&self, json: &str) -> bool {
        self.spend(json.len().saturating_mul(WRITING_WORK))
    }

    /// Remembers that something was not tried.
    pub(super) fn give_up(&self) {
        self.was_exceeded.set(true);
    }

    /// Whether something was not tried.
    pub(super) fn was_exceeded(&self) -> bool {
        self.was_exceeded.get()
    }

    /// Takes the work of verifying a delivery from the budget.
    pub(super) fn spend_on(&self, pipeline: &Pipeline<'_>, delivery: &Delivery<'_>) -> bool {
        // Counting the signatures parses the headers and, for some schemes, the body.
        let parsed = match pipeline.scheme.proof {
            Proof::Signature(signature) if signature.signs_body_bytes() => 0,
            _ => delivery.body().len(),
        };
        let parsed = parsed.saturating_add(inflated_bytes(pipeline.scheme, delivery.body()));
        if !self.spend(parsed.saturating_add(ATTEMPT_WORK)) {
            return false;
        }
        let work = work(pipeline, delivery);
        let suffices = self.spend(work);
        #[cfg(test)]
        self.attempts.update(|attempts| attempts + usize::from(suffices && work > 0));
        suffices
    }
}

/// The work of verifying a delivery. One that cannot be parsed is rejected before any work.
fn work(pipeline: &Pipeline<'_>, delivery: &Delivery<'_>) -> usize {
    let body = delivery.body().len().saturating_add(inflated_bytes(pipeline.scheme, delivery.body()));
    match &pipeline.scheme.proof {
        Proof::Signature(signature) => {
            let Ok(claim) = Claim::read(pipeline.scheme, signature, delivery) else { return 0 };
            let by_key = |key: &Key| {
                let supported = claim.signatures.iter().filter(|received| key.supports(received.algorithm));
                // With a secret, one signature is computed and compared with all. A public key verifies each.
                let by_message = supported.fold(0, |work: usize, received| {
                    if received.algorithm.is_symmetric() {
                        body
                    } else {
                        work.saturating_add(body).saturating_add(PUBLIC_KEY_WORK)
                    }
                });
                by_message.saturating_mul(claim.messages.len())
            };
            total(pipeline.keys, by_key)
        }
        Proof::Token(token) => {
            let is_public = |algorithm: &Algorithm| !algorithm.is_symmetric();
            let is_slow =
                |key: &Key| token.algorithms.iter().any(|algorithm| is_public(algorithm) && key.supports(*algorithm));
            let by_key = |key: &Key| if is_slow(key) { PUBLIC_KEY_WORK } else { MAX_TOKEN_BYTES };
            total(pipeline.keys, by_key).saturating_add(body)
        }
        Proof::SharedToken(_) => 0,
    }
}

/// The bytes that a compressed body may inflate to, if the scheme inflates it.
fn inflated_bytes(scheme: &Scheme, body: &[u8]) -> usize {
    if scheme.payload == Format::JsonOrGzip && gzip::is_gzip(body) {
        MAX_INFLATED_BYTES.min(body.len().saturating_mul(MAX_INFLATED_RATIO))
    } else {
        0
    }
}

fn total(keys: &[Key], work: impl Fn(&Key) -> usize) -> usize {
    keys.iter().fold(0, |sum, key| sum.saturating_add(work(key)))
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;
    use alloc::vec;
    use alloc::vec::Vec;

    use super::*;
    use crate::explain::attempt::Attempt;
    use crate::explain::mistakes;
    use crate::hash::{Hash, HostHash};
    use crate::senders::{CLOUDINARY, GITHUB, SLACK, STANDARD, STRIPE, TWILIO};
    use crate::text::base64;
    use crate::{Outgoing, Signer, UnixTime, Verifier};

    const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    /// The public key of RFC 8032, section 7.1, test 1.
    const PUBLIC_KEY: &str = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

    const URL: &str = "https://example.com/hook?a=b";

    /// A host that counts the bytes that it is asked to hash, and hashes none.
    #[derive(Debug, Default)]
    struct Counter(Cell<usize>);

    impl HostHash for Counter {
        fn digest(&self, _: Hash, pieces: [&[u8]; 3], _: &mut [u8]) -> bool {
            self.0.update(|bytes| bytes + pieces.iter().map(|piece| piece.len()).sum::<usize>());
            false
        }
    }

    #[test]
    fn the_counted_work_is_not_less_than_the_bytes_that_are_hashed() {
        for scheme in [&GITHUB, &STRIPE, &SLACK, &STANDARD, &CLOUDINARY] {
            for (keys, length) in [(1, 0), (1, 10_000), (3, 70_000)] {
                let body = vec![b'a'; length];
                let headers = Signer::new(scheme, SECRET).unwrap().sign("msg_1", &body, NOW);
                let verifier = Verifier::new(scheme, vec![SECRET; keys]).unwrap();
                let delivery = Delivery::new(&headers, &body);
                let counter = Counter::default();
                let pipeline = Pipeline { host: Some(&counter), ..verifier.pipeline() };
                assert!(pipeline.verify(delivery.clone(), NOW).is_ok(), "{}", scheme.name);
                let hashed = counter.0.get();
                assert!(hashed >= keys * length, "{}", scheme.name);
                let counted = work(&verifier.pipeline(), &delivery) + ATTEMPT_WORK;
                assert!((hashed..hashed + 2 * ATTEMPT_WORK).contains(&counted), "{}: {hashed} {counted}", scheme.name);
            }
        }
    }

    /// The attempts for a delivery that no correction makes genuine, and whether the budget sufficed for all.
    fn attempts(scheme: &Scheme, keys: &[&str], headers: &[(String, String)], body: &[u8]) -> (usize, bool) {
        let verifier = Verifier::new(scheme, keys).unwrap();
        let delivery = Delivery::new(headers, body).method("POST").url(URL);
        let attempt = Attempt { verifier: &verifier, delivery, now: NOW, secrets: keys, budget: Budget::new() };
        assert_eq!(mistakes::reversible(&attempt), None);
        (attempt.budget.attempts.get(), !attempt.budget.was_exceeded())
    }

    fn headers(scheme: &Scheme) -> Vec<(String, String)> {
        let request = Outgoing { id: "msg_1", body: b"another body", method: "POST", url: URL };
        Signer::new(scheme, SECRET).unwrap().sign_request(&request, NOW)
    }

    /// Threat model: A-80.
    #[test]
    fn a_delivery_with_many_public_key_signatures_gets_few_attempts() {
        let signatures: Vec<_> = (0..32_u8).map(|index| format!("v1a,{}", base64::encode(&[index; 64]))).collect();
        let mut signed = headers(&STANDARD);
        for (name, value) in &mut signed {
            if name.ends_with("signature") {
                *value = signatures.join(" ");
            }
        }
        for length in [10, 137_000, 10_000_000] {
            let body = vec![b'a'; length];
            for keys in [&[PUBLIC_KEY][..], &[PUBLIC_KEY; 3]] {
                let (attempts, _) = attempts(&STANDARD, keys, &signed, &body);
                let verifications = attempts * signatures.len() * keys.len();
                assert!(verifications <= 128, "{attempts} attempts with {length} bytes");
                assert!(verifications * length <= MAX_EXPLAIN_WORK);
            }
        }
    }

    #[test]
    fn the_work_is_bounded_whatever_the_body_and_the_keys_are() {
        let numbers = format!("[{}]", "1,".repeat(40_000).trim_end_matches(','));
        let names = (0..500).map(|index| format!("\"n{index}\":{index}0")).collect::<Vec<_>>().join(",");
        let bodies = [
            ("{}".into(), true),
            (r#"{"a":1,"b":[],"c":{"d":0,"e":"\u{e9}/<%"}}"#.into(), true),
            (numbers, false),
            (format!("{{{names}}}"), false),
            ("a".repeat(3_000_000), false),
            (format!("{{\"body\":\"{}\"}}", "A".repeat(400_000)), false),
            ("[".repeat(60) + &"1,".repeat(90_000) + "1" + &"]".repeat(60), false),
        ];
        for (scheme, keys) in [(&GITHUB, &[SECRET][..]), (&STANDARD, &[SECRET; 12]), (&TWILIO, &[SECRET])] {
            let headers = headers(scheme);
            for (body, suffices) in &bodies {
                let (attempts, is_enough) = attempts(scheme, keys, &headers, body.as_bytes());
                // Each attempt hashes the body, or one that was made of it, once for each key.
                let least = attempts * (ATTEMPT_WORK + keys.len() * (body.len() / 10));
                assert!(least <= MAX_EXPLAIN_WORK, "{}: {attempts} with {} bytes", scheme.name, body.len());
                assert!(attempts > 0, "{}: {} bytes", scheme.name, body.len());
                assert!(is_enough || !suffices, "{}: {body}", scheme.name);
            }
        }
    }
}
