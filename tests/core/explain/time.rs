//! Clocks and units.

use countersign::scheme::{Proof, Timestamp, Unit};
use countersign::{CheckName, Scheme, UnixTime, Verifier, senders};

use crate::cases::Failure;
use crate::shared::{HEX_KEY, TEXT_KEY, secret_for};
use crate::support::{NOW, codes, delivery, sign};

#[test]
fn a_timestamp_in_the_wrong_unit_is_recognized() -> Result<(), Failure> {
    for (scheme, unit, word) in [
        (senders::STRIPE, Unit::Milliseconds, "milliseconds"),
        (senders::STANDARD, Unit::Rfc3339, "RFC 3339"),
        (senders::SLACK, Unit::Milliseconds, "milliseconds"),
    ] {
        let Proof::Signature(mut signature) = scheme.proof else { return Err("no signature".into()) };
        signature.timestamp = signature.timestamp.map(|timestamp| Timestamp { unit, ..timestamp });
        let other = Scheme { proof: Proof::Signature(signature), ..scheme };
        let secret = secret_for(&scheme).ok_or("no secret")?;
        let headers = sign(&other, secret, b"{}")?;
        let explanation = Verifier::new(&scheme, [secret])?.explain(delivery(&headers, b"{}"), NOW);
        assert_eq!(
            (explanation.verdict, codes(&explanation)),
            ("malformed_timestamp", vec!["time_unit"]),
            "{}",
            scheme.name
        );
        assert!(explanation.hints[0].message.contains(word), "{explanation:?}");
        let explanation = Verifier::new(&scheme, [HEX_KEY])?.explain(delivery(&headers, b"{}"), NOW);
        assert_eq!(codes(&explanation), Vec::<&str>::new(), "{}: with a wrong secret", scheme.name);
    }
    Ok(())
}

#[test]
fn a_hint_says_by_how_much_the_time_exceeds_the_tolerance() -> Result<(), Failure> {
    let headers = sign(&senders::STRIPE, TEXT_KEY, b"{}")?;
    let verifier = Verifier::new(&senders::STRIPE, [TEXT_KEY])?;
    let at = |now| verifier.explain(delivery(&headers, b"{}"), now);
    let seconds = NOW.as_secs();
    let cases = [
        (UnixTime::from_secs(seconds + 360), "late_delivery", "it arrived 60 s too late"),
        (UnixTime::from_secs(seconds - 301), "clock_behind", "here is 301 s behind"),
        (UnixTime::from_secs(seconds * 1000), "time_unit", "wrong unit"),
        (UnixTime::from_millis(seconds), "time_unit", "wrong unit"),
    ];
    for (now, code, words) in cases {
        let explanation = at(now);
        assert_eq!(codes(&explanation), [code]);
        assert!(explanation.hints[0].message.contains(words), "{explanation:?}");
        let failed = explanation.checks.last().ok_or("no check")?;
        assert_eq!((failed.name, failed.ok), (CheckName::Time, false));
        assert!(explanation.checks[3].ok, "{explanation:?}");
    }
    // A minute later only the id is missing.
    let explanation = at(UnixTime::from_secs(seconds + 60));
    assert_eq!((explanation.verdict, codes(&explanation)), ("missing_id", vec![]));
    assert_eq!(explanation.checks[3].detail, "key 1 of 1 made it");
    assert_eq!(explanation.checks[4].detail, "signed 60 s ago");
    Ok(())
}
