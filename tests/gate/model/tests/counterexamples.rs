//! Designs that violate a property, each with a path that does. They also show that the check can fail.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

use countersign_model::Step::{Act, Answer, Ask, Enqueue, FireAlarm, MarkSent, Send, SendBatch, Take};
use countersign_model::{
    ACTS_ONCE, Action, Consumer, Crash, Explore, Fault, Gate, Intake, Message, NOTHING_FORGED, NOTHING_LOST, Request,
    STORED_FIRST, Step,
};
use stateright::{Checker, Model, Path};

/// The number of the authentic event. Number 0 is the attacker's.
const EVENT: usize = 1;

/// A gate with one event, one crash and no fault.
const fn gate(intake: Intake, consumer: Consumer) -> Gate {
    Gate { intake, consumer, verifies: true, events: 1, crashes: 1, faults: 0 }
}

/// Asserts that the checker finds a violation of the property, and that this path violates it.
fn assert_violates(gate: Gate, property: &'static str, path: &[Action]) {
    assert!(gate.find_counterexample(property).is_some());
    let start = gate.init_states().pop().unwrap();
    let path = Path::from_actions(&gate, start, path).unwrap();
    assert!(!(gate.property(property).condition)(&gate, path.last_state()));
}

fn steps<const N: usize>(steps: [Step; N]) -> impl Iterator<Item = Action> {
    steps.into_iter().map(Action::Step)
}

/// The path of some steps, a crash or fault, and further steps.
fn path<const N: usize, const M: usize>(before: [Step; N], interruption: Action, after: [Step; M]) -> Vec<Action> {
    steps(before).chain([interruption]).chain(steps(after)).collect()
}

// Threat model: I1, I3.
#[test]
fn marking_before_sending_loses_the_event() {
    let gate = gate(Intake::MarkThenSend, Consumer::OneTransaction);
    let crash = Action::Crash(Crash::Request(EVENT, Request::Unsent));
    let path = path([Send(EVENT), Ask(EVENT)], crash, [Send(EVENT), Ask(EVENT), Answer(EVENT)]);
    assert_violates(gate, NOTHING_LOST, &path);
    assert_violates(gate, STORED_FIRST, &path);
}

// Threat model: I2.
#[test]
fn sending_before_marking_acts_twice() {
    let gate = gate(Intake::SendThenMark, Consumer::Unchecked);
    let crash = Action::Crash(Crash::Request(EVENT, Request::Unmarked));
    let retry = [Send(EVENT), Ask(EVENT), Enqueue(EVENT), Take(EVENT), Act(EVENT), Take(EVENT), Act(EVENT)];
    assert_violates(gate, ACTS_ONCE, &path([Send(EVENT), Ask(EVENT), Enqueue(EVENT)], crash, retry));
}

/// The outbox has a further advantage over this design: it acknowledges an event while the queue is down.
#[test]
fn sending_before_marking_is_correct_if_the_consumer_detects_duplicates() {
    let gate = Gate { crashes: 2, faults: 2, ..gate(Intake::SendThenMark, Consumer::OneTransaction) };
    gate.check().assert_properties();
}

// Threat model: I2.
#[test]
fn an_outbox_without_a_checking_consumer_acts_twice() {
    let gate = gate(Intake::Outbox, Consumer::Unchecked);
    let crash = Action::Crash(Crash::Outbox { accepted: vec![EVENT] });
    let retry = [FireAlarm, SendBatch, MarkSent, Take(EVENT), Act(EVENT), Take(EVENT), Act(EVENT)];
    assert_violates(gate, ACTS_ONCE, &path([Send(EVENT), Ask(EVENT), Answer(EVENT), FireAlarm], crash, retry));
}

// Threat model: I2.
#[test]
fn a_crash_between_acting_and_marking_acts_twice() {
    let gate = gate(Intake::Outbox, Consumer::TwoSteps);
    let crash = Action::Crash(Crash::Message(EVENT, Message::Acted));
    let once = [Send(EVENT), Ask(EVENT), Answer(EVENT), FireAlarm, SendBatch, MarkSent, Take(EVENT), Act(EVENT)];
    assert_violates(gate, ACTS_ONCE, &path(once, crash, [Take(EVENT), Act(EVENT)]));
}

// Threat model: I2.
#[test]
fn two_messages_of_one_event_at_the_consumer_are_both_acted_on_in_two_steps() {
    let gate = Gate { crashes: 0, faults: 1, ..gate(Intake::Outbox, Consumer::TwoSteps) };
    let once = [Send(EVENT), Ask(EVENT), Answer(EVENT), FireAlarm, SendBatch, MarkSent, Take(EVENT)];
    let redelivery = Action::Fault(Fault::Redeliver(EVENT));
    assert_violates(gate, ACTS_ONCE, &path(once, redelivery, [Take(EVENT), Act(EVENT), Act(EVENT)]));
}

// Threat model: I4.
#[test]
fn a_gate_that_does_not_verify_stores_forged_events() {
    let gate = Gate { verifies: false, crashes: 0, faults: 1, ..gate(Intake::Outbox, Consumer::OneTransaction) };
    assert_violates(gate, NOTHING_FORGED, &path([], Action::Fault(Fault::Forge(0)), [Ask(0)]));
}
