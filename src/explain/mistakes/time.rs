//! Wrong clocks, and timestamps in the wrong unit.

use alloc::format;

use crate::explain::attempt::Attempt;
use crate::explain::explanation::{Hint, HintCode};
use crate::scheme::{Proof, Signature, Unit};
use crate::time::UnixTime;
use crate::verifier::Pipeline;

const UNITS: &[(Unit, &str)] =
    &[(Unit::Seconds, "in seconds"), (Unit::Milliseconds, "in milliseconds"), (Unit::Rfc3339, "in RFC 3339")];

/// Explains a genuine delivery that is older than the tolerance allows. `age` and `tolerance` are in seconds.
pub(in crate::explain) fn late_delivery(attempt: &Attempt<'_>, age: u64, tolerance: u32) -> Hint {
    clock_in_wrong_unit(attempt).unwrap_or_else(|| Hint {
        code: HintCode::LateDelivery,
        message: format!(
            "it arrived {} s too late: look for a queue before the verification, a replayed delivery, or a clock that is ahead here",
            age.saturating_sub(u64::from(tolerance))
        ),
    })
}

/// Explains a genuine delivery whose time is further ahead than the tolerance allows. `ahead` is in seconds.
pub(in crate::explain) fn early_delivery(attempt: &Attempt<'_>, ahead: u64) -> Hint {
    clock_in_wrong_unit(attempt).unwrap_or_else(|| Hint {
        code: HintCode::ClockBehind,
        message: format!("the clock here is {ahead} s behind the sender's: synchronize it with a time server"),
    })
}

/// Recognizes a receiver that passes milliseconds for seconds, or seconds for milliseconds.
fn clock_in_wrong_unit(attempt: &Attempt<'_>) -> Option<Hint> {
    let clocks = [UnixTime::from_millis(attempt.now.as_secs()), UnixTime::from_secs(attempt.now.as_millis())];
    let is_valid_at = |now| attempt.verifier.verify(attempt.delivery.clone(), now).is_ok();
    let message = "the time that was passed as now is in the wrong unit: pass seconds as seconds and milliseconds as milliseconds";
    clocks.into_iter().any(is_valid_at).then(|| Hint { code: HintCode::TimeUnit, message: message.into() })
}

/// Recognizes a sender whose timestamp is in a different unit than the scheme says.
pub(super) fn other_unit(attempt: &Attempt<'_>) -> Option<Hint> {
    let mut scheme = *attempt.scheme();
    for (unit, name) in UNITS {
        let Proof::Signature(Signature { timestamp: Some(timestamp), .. }) = &mut scheme.proof else { break };
        timestamp.unit = *unit;
        let pipeline = Pipeline { scheme: &scheme, ..attempt.verifier.pipeline() };
        if attempt.verify_by(&pipeline, &attempt.delivery).is_some() {
            let message = format!(
                "the timestamp is {name}, which the scheme does not expect: change the sender, or describe the scheme with this unit"
            );
            return Some(Hint { code: HintCode::TimeUnit, message });
        }
    }
    None
}
