//! The model of retention: properties that hold on every path, and broken retentions that violate one.

use countersign_model::Explore;
use countersign_model::retention::Fault::{Copy, Discard, Fail, Park, PassPeriod};
use countersign_model::retention::Step::{Bury, Handle, Purge, Redrive, Replay, Send};
use countersign_model::retention::{
    ACTS_ONCE, Action, Age, BURIED_FOR_CAUSE, Fault, Flaw, NOTHING_LOST, OWED_IS_LISTED, OWED_IS_STORED, Retention,
    Step,
};
use stateright::Checker;

/// The retention without a flaw.
const RETENTION: Retention = Retention { flaw: None, faults: 5, periods: 3 };

const fn broken(flaw: Flaw) -> Retention {
    Retention { flaw: Some(flaw), faults: 3, periods: 2 }
}

const fn step(step: Step) -> Action {
    Action::Step(step)
}

const fn fault(fault: Fault) -> Action {
    Action::Fault(fault)
}

/// Asserts that the checker finds a violation of the property, that this path violates it, and that the same path does not
/// violate it in the retention without a flaw.
fn assert_violates(model: Retention, property: &'static str, path: &[Action]) {
    assert!(model.find_counterexample(property).is_some());
    assert!(model.is_counterexample(property, path), "{path:?}");
    assert!(!RETENTION.is_counterexample(property, path), "{path:?}");
}

// Threat model: I1, I2, F17, F25.
#[test]
fn nothing_owed_is_purged_and_nothing_done_is_done_again() {
    for (faults, periods) in [(4, 2), (6, 3), (8, 4)] {
        Retention { flaw: None, faults, periods }.check().assert_properties();
    }
}

// Threat model: I1, F17.
#[test]
fn purging_pending_rows_loses_an_event_that_was_redriven() {
    let path = [step(Send), fault(Fail), step(Bury), fault(PassPeriod), step(Redrive(Age::Old)), step(Purge)];
    assert_violates(broken(Flaw::PurgesPending), OWED_IS_STORED, &path);
    assert_violates(broken(Flaw::PurgesPending), NOTHING_LOST, &path);
}

// Threat model: I1, F4.
#[test]
fn purging_parked_rows_loses_an_event_that_was_redriven_and_parked() {
    let dead = [step(Send), fault(Fail), step(Bury), fault(PassPeriod), step(Redrive(Age::Old))];
    let path = [dead.as_slice(), &[fault(Park), step(Purge)]].concat();
    assert_violates(broken(Flaw::PurgesParked), OWED_IS_STORED, &path);
    let path = [dead.as_slice(), &[fault(Park), step(Replay), step(Send), step(Handle)]].concat();
    assert!(RETENTION.is_correct_path(&path));
}

// Threat model: I1, F17.
#[test]
fn purging_dead_rows_hides_an_owed_event() {
    let path = [step(Send), fault(Fail), step(Bury), fault(PassPeriod), step(Purge)];
    assert_violates(broken(Flaw::PurgesDead), OWED_IS_LISTED, &path);
}

// Threat model: I1, F17.
#[test]
fn purging_dead_letters_loses_the_event() {
    let path = [step(Send), fault(Fail), step(Bury), fault(PassPeriod), step(Purge)];
    assert_violates(broken(Flaw::PurgesLetters), OWED_IS_STORED, &path);
}

// Threat model: F25.
#[test]
fn a_copy_of_a_done_event_is_buried_if_the_burial_does_not_look() {
    let path = [step(Send), fault(Copy), step(Handle), fault(Fail), step(Bury)];
    assert_violates(broken(Flaw::BuriesCopiesOfDone), BURIED_FOR_CAUSE, &path);
    // An operator gets a letter without a reason. It is not acted on, because it is discarded before `done` is forgotten.
    assert!(broken(Flaw::BuriesCopiesOfDone).find_counterexample(ACTS_ONCE).is_none());
}

/// The copy was buried before the event was acted on, so the burial could not know.
// Threat model: I2, F25.
#[test]
fn keeping_the_letters_of_a_done_event_acts_again_when_one_is_redriven_after_the_retention() {
    let acted = [step(Send), fault(Copy), fault(Fail), step(Bury), step(Handle), fault(PassPeriod), step(Purge)];
    let redriven = [step(Redrive(Age::Old)), step(Send), step(Handle)];
    let path = [acted.as_slice(), &redriven].concat();
    assert_violates(broken(Flaw::KeepsLettersOfDone), ACTS_ONCE, &path);
}

/// The outbox has purged the row, so nothing but `done` shows that the event was acted on, and it is forgotten next.
// Threat model: I2, F25.
#[test]
fn redriving_a_done_event_acts_again_if_done_is_forgotten_while_the_message_is_on_the_queue() {
    // The event went to the queue around the outbox, so the path does not begin with the alarm.
    let acted = [fault(Copy), fault(Fail), step(Bury), step(Handle), fault(PassPeriod)];
    let redriven = [step(Redrive(Age::Old)), step(Send), step(Purge), step(Handle)];
    assert_violates(broken(Flaw::RedrivesDone), ACTS_ONCE, &[acted.as_slice(), &redriven].concat());
}

// Threat model: I2.
#[test]
fn forgetting_done_at_once_acts_on_a_copy() {
    let path = [step(Send), fault(Copy), step(Handle), step(Handle)];
    assert_violates(broken(Flaw::ForgetsDoneAtOnce), ACTS_ONCE, &path);
}

// Threat model: I2.
#[test]
fn ignoring_done_acts_on_a_dead_copy() {
    let acted = [step(Send), fault(Copy), step(Handle), step(Handle)];
    assert_violates(broken(Flaw::IgnoresDone), ACTS_ONCE, &acted);
}

/// The operator decides, so the event is not owed any more.
#[test]
fn a_discarded_event_is_purged() {
    let path = [step(Send), fault(Fail), step(Bury), fault(Discard), fault(PassPeriod), step(Purge)];
    assert!(RETENTION.is_correct_path(&path));
}
