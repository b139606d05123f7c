//! Clocks and units.

use super::{Hint, Inquiry};
use crate::scheme::{Proof, Signature, Unit};
use crate::text::decimal::{decimal, join};
use crate::time::UnixTime;
use crate::verifier::Pipeline;

const UNITS: &[(Unit, &str)] =
    &[(Unit::Seconds, "seconds"), (Unit::Milliseconds, "milliseconds"), (Unit::Rfc3339, "an instant in RFC 3339")];

impl Inquiry<'_> {
    /// Why a genuine delivery is older than the window allows.
    pub(super) fn late(&self, age: u64, tolerance: u32) -> Hint {
        let excess = decimal(age.saturating_sub(u64::from(tolerance)));
        let message = join(&[
            "it came ",
            &excess,
            " s too late: look for a queue in front of the check, a replayed delivery, or a clock that runs ahead here",
        ]);
        self.other_clock().unwrap_or(Hint { code: "late_delivery", message })
    }

    /// Why a genuine delivery lies further ahead than the window allows.
    pub(super) fn early(&self, ahead: u64) -> Hint {
        let seconds = decimal(ahead);
        let message = join(&["the clock here is ", &seconds, " s behind the sender's: compare it with a time server"]);
        self.other_clock().unwrap_or(Hint { code: "clock_behind", message })
    }

    /// Seconds and milliseconds are mixed up on the receiver's side, too.
    fn other_clock(&self) -> Option<Hint> {
        let clocks = [UnixTime::from_millis(self.now.as_secs()), UnixTime::from_secs(self.now.as_millis())];
        let message = "the time that was passed as now is in the wrong unit: seconds are not milliseconds";
        let passes = |now| self.verifier.verify(self.delivery.clone(), now).is_ok();
        clocks.into_iter().any(passes).then(|| Hint { code: "time_unit", message: message.into() })
    }

    /// The unit that the sender counts in, if it is not the scheme's.
    pub(super) fn other_unit(&self) -> Option<Hint> {
        let mut scheme = *self.scheme();
        for (unit, name) in UNITS {
            let Proof::Signature(Signature { timestamp: Some(timestamp), .. }) = &mut scheme.proof else { break };
            timestamp.unit = *unit;
            let pipeline = Pipeline { scheme: &scheme, ..self.verifier.pipeline() };
            if self.attempt_by(&pipeline, &self.delivery).is_some() {
                let message = join(&[
                    "the timestamp is ",
                    name,
                    ", which this scheme does not expect: send what it expects, or describe the scheme with this unit",
                ]);
                return Some(Hint { code: "time_unit", message });
            }
        }
        None
    }
}
