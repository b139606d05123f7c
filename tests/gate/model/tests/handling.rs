//! The model of the consumer and the handler: properties that hold on every path, and broken consumers that violate one.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

use countersign_model::handling::Fault::{CrashInCall, HangUp, NoAnswer, Redeliver, Redirect, Status, StepClockBack};
use countersign_model::handling::Step::{Acknowledge, Answer, Report, ShortenLease, Take};
use countersign_model::handling::{
    ACTS_ONCE, Action, DONE_MEANS_ACTED, Fault, Flaw, Handling, Lease, NOT_CALLED_AGAIN, NOTHING_LOST,
    ONE_CALL_AT_A_TIME, State, Step,
};
use countersign_model::{Explore, Message};
use stateright::{Checker, Model, Path};

/// The consumer without a flaw, and a handler that uses the key. Two messages: the batch was sent twice.
const CONSUMER: Handling = Handling { flaw: None, handler_uses_key: true, messages: 2, faults: 4 };

const fn broken(flaw: Flaw, faults: u8) -> Handling {
    Handling { flaw: Some(flaw), messages: 1, faults, ..CONSUMER }
}

const fn step(step: Step) -> Action {
    Action::Step(step)
}

const fn fault(fault: Fault) -> Action {
    Action::Fault(fault)
}

/// Asserts that the checker finds a violation of the property, and that this path violates it.
fn assert_violates(model: Handling, property: &'static str, path: &[Action]) {
    assert!(model.find_counterexample(property).is_some());
    assert!(model.is_counterexample(property, path), "{path:?}");
}

// Threat model: I1, I2, F16, F23.
#[test]
fn every_answer_of_the_handler_leaves_the_event_acted_on_once_or_a_dead_letter() {
    for (messages, faults) in [(1, 10), (2, 8), (3, 8)] {
        Handling { messages, faults, ..CONSUMER }.check().assert_properties();
    }
}

/// Without faults the consumer detects the second copy, even if the handler does not.
#[test]
fn a_batch_that_was_sent_twice_is_harmless_because_the_consumer_checks() {
    Handling { handler_uses_key: false, faults: 0, ..CONSUMER }.check().assert_properties();
}

/// The consumer cannot distinguish a handler that acted and hung up from one that failed. The key can.
#[test]
fn a_handler_that_ignores_the_key_acts_twice_after_it_hangs_up() {
    let model = Handling { handler_uses_key: false, messages: 1, faults: 1, ..CONSUMER };
    let path = [step(Take), fault(HangUp { released: true }), step(Take), step(Answer)];
    assert_violates(model, ACTS_ONCE, &path);
}

// Threat model: F23.
#[test]
fn following_a_redirect_loses_the_event() {
    let model = broken(Flaw::FollowsRedirects, 1);
    let redirected = [step(Take), fault(Redirect { released: true }), step(Report), step(Acknowledge)];
    assert_violates(model, NOTHING_LOST, &redirected);
    assert_violates(model, DONE_MEANS_ACTED, &redirected[..3]);
    // A consumer that follows no redirect has nothing to report.
    assert!(!CONSUMER.is_counterexample(NOTHING_LOST, &redirected));
}

// Threat model: F16.
#[test]
fn ignoring_the_lease_calls_the_handler_twice_at_once() {
    let path = [step(Take), fault(Redeliver), step(Take)];
    assert_violates(broken(Flaw::IgnoresLease, 1), ONE_CALL_AT_A_TIME, &path);
}

// Threat model: F16.
#[test]
fn releasing_the_lease_without_an_answer_calls_a_handler_that_is_still_acting() {
    let path = [step(Take), fault(NoAnswer { acts: true }), step(Take)];
    assert_violates(broken(Flaw::ReleasesLeaseWithoutAnswer, 1), ONE_CALL_AT_A_TIME, &path);
}

// Threat model: I2.
#[test]
fn ignoring_done_calls_the_handler_again() {
    let path = [step(Take), step(Answer), step(Report), fault(Fault::Crash(Message::Settled)), step(Take)];
    assert_violates(broken(Flaw::IgnoresDone, 1), NOT_CALLED_AGAIN, &path);
}

// Threat model: I2.
#[test]
fn never_recording_done_calls_the_handler_again() {
    let path = [step(Take), step(Answer), step(Report), fault(Fault::Crash(Message::Settled)), step(Take)];
    assert_violates(broken(Flaw::NeverRecordsDone, 1), NOT_CALLED_AGAIN, &path);
}

/// A copy is enough: no fault is needed.
#[test]
fn a_batch_that_was_sent_twice_is_acted_on_twice_if_done_is_ignored() {
    let model = Handling { messages: 2, handler_uses_key: false, ..broken(Flaw::IgnoresDone, 0) };
    let path = [step(Take), step(Answer), step(Report), step(Take), step(Answer)];
    assert_violates(model, ACTS_ONCE, &path);
}

// Threat model: F10.
#[test]
fn trusting_a_clock_that_stepped_back_leaves_a_message_waiting_for_a_lease() {
    let path = [step(Take), fault(StepClockBack), fault(CrashInCall { acts: false })];
    assert_violates(broken(Flaw::TrustsClock, 2), NOTHING_LOST, &path);
}

// Threat model: F10.
#[test]
fn ending_a_lease_at_once_after_the_clock_stepped_back_calls_a_handler_that_is_still_acting() {
    let path = [step(Take), fault(StepClockBack), fault(NoAnswer { acts: true }), step(ShortenLease), step(Take)];
    assert_violates(broken(Flaw::EndsFarLease, 2), ONE_CALL_AT_A_TIME, &path);
}

// Threat model: F16, F23.
#[test]
fn every_answer_but_2xx_comes_back_to_the_queue_and_only_no_answer_keeps_the_lease() {
    let answers = [
        (Status { released: true }, Lease::Free),
        (Redirect { released: true }, Lease::Free),
        (HangUp { released: true }, Lease::Free),
        (NoAnswer { acts: true }, Lease::Held),
        (NoAnswer { acts: false }, Lease::Held),
    ];
    for (answer, lease) in answers {
        let start = CONSUMER.init_states().pop().unwrap();
        let path = Path::from_actions(&CONSUMER, start, &[step(Take), fault(answer)]).unwrap();
        let State { messages, lease: found, done, .. } = *path.last_state();
        assert_eq!(
            (messages.number_at(Message::Waiting), found, done),
            (CONSUMER.messages, lease, false),
            "{answer:?}"
        );
    }
}
