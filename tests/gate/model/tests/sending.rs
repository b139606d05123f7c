//! The model of sending: properties that hold on every path, and broken outboxes that violate one.

use countersign_model::Explore;
use countersign_model::sending::Step::{Replay, Send, Store, Tick, Watch};
use countersign_model::sending::{
    Action, Fault, Flaw, NOTHING_RESTS, PARKED_FOR_CAUSE, RETRIED_IN_TIME, SENT_MEANS_QUEUED, Sending, Step,
};
use stateright::Checker;

/// The outbox without a flaw, with these bounds: rows, faults.
const fn outbox(rows: usize, faults: u8) -> Sending {
    Sending { flaw: None, has_watchdog: true, rows, faults }
}

/// An outbox with a flaw, and without a watchdog that would make up for it.
const fn broken(flaw: Flaw, rows: usize, faults: u8) -> Sending {
    Sending { flaw: Some(flaw), has_watchdog: false, ..outbox(rows, faults) }
}

const fn step(step: Step) -> Action {
    Action::Step(step)
}

const fn fault(fault: Fault) -> Action {
    Action::Fault(fault)
}

/// The queue rejects these rows of a batch.
fn reject<const N: usize>(rows: [usize; N]) -> Action {
    Action::Fault(Fault::Reject(rows.into()))
}

/// Asserts that the checker finds a violation of the property, and that this path violates it.
fn assert_violates(model: Sending, property: &'static str, path: &[Action]) {
    assert!(model.find_counterexample(property).is_some());
    assert!(model.is_counterexample(property, path), "{path:?}");
}

// Threat model: I1, F4, F5, F10, F24.
#[test]
fn every_row_is_sent_in_the_end_and_parked_only_for_a_cause() {
    // A row that fails in company twice needs two others, which the queue accepts.
    for (rows, faults) in [(3, 7), (4, 6), (5, 5)] {
        outbox(rows, faults).check().assert_properties();
    }
}

// Threat model: F24.
#[test]
fn counting_lone_rejections_parks_a_row_after_one_rejection_in_company() {
    let alone = [step(Store(0)), reject([0]), step(Tick)];
    let in_company = [step(Store(1)), reject([0])];
    let path = [alone.as_slice(), &in_company].concat();
    assert_violates(broken(Flaw::CountsLoneRejections, 2, 2), PARKED_FOR_CAUSE, &path);
}

// Threat model: F4.
#[test]
fn blaming_rows_for_a_queue_that_rejects_everything_parks_them() {
    let path = [step(Store(0)), step(Store(1)), reject([0, 1]), step(Tick), reject([0, 1])];
    assert_violates(broken(Flaw::BlamesRowsForQueue, 2, 2), PARKED_FOR_CAUSE, &path);
}

// Threat model: F4.
#[test]
fn setting_no_alarm_after_a_rejection_leaves_the_row_for_ever() {
    let path = [step(Store(0)), reject([0]), step(Tick)];
    assert_violates(broken(Flaw::NoAlarmAfterRejection, 1, 1), NOTHING_RESTS, &path);
}

// Threat model: F5.
#[test]
fn taking_no_answer_for_sent_loses_the_event() {
    let path = [step(Store(0)), fault(Fault::NoAnswer { accepted: false })];
    assert_violates(broken(Flaw::TakesNoAnswerAsSent, 1, 1), SENT_MEANS_QUEUED, &path);
}

// Threat model: I1.
#[test]
fn setting_no_alarm_leaves_the_row_for_ever() {
    assert_violates(broken(Flaw::SetsNoAlarm, 1, 0), NOTHING_RESTS, &[step(Store(0))]);
}

// Threat model: I1.
#[test]
fn a_lost_alarm_leaves_the_row_for_ever_without_a_watchdog() {
    let path = [step(Store(0)), fault(Fault::LoseAlarm)];
    assert_violates(Sending { has_watchdog: false, ..outbox(1, 1) }, NOTHING_RESTS, &path);
    let path = [path.as_slice(), &[step(Watch), step(Send)]].concat();
    assert!(outbox(1, 1).is_correct_path(&path));
}

/// Without a watchdog it takes a further event to set the alarm again.
#[test]
fn a_lost_alarm_is_set_again_by_the_next_event_without_a_watchdog() {
    let path = [step(Store(0)), fault(Fault::LoseAlarm), step(Store(1)), step(Send)];
    assert!(Sending { has_watchdog: false, ..outbox(2, 1) }.is_correct_path(&path));
}

// Threat model: F10.
#[test]
fn trusting_a_clock_that_stepped_back_makes_a_row_wait_as_long() {
    let path =
        [step(Store(0)), reject([0]), fault(Fault::StepClockBack), step(Tick), step(Tick), step(Tick), step(Tick)];
    assert_violates(broken(Flaw::TrustsClock, 1, 2), RETRIED_IN_TIME, &path);
    // The row alone is not enough: the alarm is as far away, so the watchdog must look at its time too.
    assert_violates(Sending { has_watchdog: false, ..outbox(1, 2) }, RETRIED_IN_TIME, &path);
}

// Threat model: F4.
#[test]
fn a_parked_row_is_sent_only_because_an_operator_replays_it() {
    let first = [step(Store(0)), step(Store(1)), reject([0]), step(Tick), step(Store(2)), reject([0])];
    assert_violates(broken(Flaw::NoReplay, 3, 2), NOTHING_RESTS, &first);
    let path = [first.as_slice(), &[step(Replay(0)), step(Send)]].concat();
    assert!(outbox(3, 2).is_correct_path(&path));
}

/// The watchdog makes up for every alarm that was not set, if only later.
#[test]
fn a_watchdog_makes_up_for_alarms_that_were_not_set() {
    for flaw in [Flaw::SetsNoAlarm, Flaw::NoAlarmAfterRejection] {
        Sending { has_watchdog: true, ..broken(flaw, 3, 3) }.check().assert_properties();
    }
}
