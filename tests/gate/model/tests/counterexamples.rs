//! What fails when the gate is built in another way. Each of these shows also that the property can fail.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

use countersign_model::Step::{Act, Answer, Ask, Enqueue, GoOff, MarkSent, Send, SendBatch, Take};
use countersign_model::{
    ACTS_ONCE, Action, Consumer, Crash, Fault, Gate, Intake, Message, NOTHING_FORGED, NOTHING_LOST, Request,
    STORED_FIRST, Step,
};
use stateright::{Checker, Model, Path};

/// The number of the event; number 0 is the attacker's.
const EVENT: usize = 1;

/// One event, one crash, and no other fault.
const fn gate(intake: Intake, consumer: Consumer) -> Gate {
    Gate { intake, consumer, verifies: true, events: 1, crashes: 1, faults: 0 }
}

/// Finds a way to break the property, and that this is one.
fn assert_breaks(gate: Gate, property: &'static str, way: &[Action]) {
    assert!(gate.way_to_break(property).is_some());
    let start = gate.init_states().pop().unwrap();
    let way = Path::from_actions(&gate, start, way).unwrap();
    assert!(!(gate.property(property).condition)(&gate, way.last_state()));
}

fn steps<const N: usize>(steps: [Step; N]) -> impl Iterator<Item = Action> {
    steps.into_iter().map(Action::Step)
}

/// Some steps, what befalls the gate then, and more steps.
fn way<const N: usize, const M: usize>(before: [Step; N], mishap: Action, after: [Step; M]) -> Vec<Action> {
    steps(before).chain([mishap]).chain(steps(after)).collect()
}

#[test]
fn marking_before_sending_loses_the_event() {
    let gate = gate(Intake::MarkThenSend, Consumer::OneTransaction);
    let between = Action::Crash(Crash::Request(EVENT, Request::Unsent));
    let way = way([Send(EVENT), Ask(EVENT)], between, [Send(EVENT), Ask(EVENT), Answer(EVENT)]);
    assert_breaks(gate, NOTHING_LOST, &way);
    assert_breaks(gate, STORED_FIRST, &way);
}

#[test]
fn sending_before_marking_acts_twice() {
    let gate = gate(Intake::SendThenMark, Consumer::Ungated);
    let between = Action::Crash(Crash::Request(EVENT, Request::Unmarked));
    let again = [Send(EVENT), Ask(EVENT), Enqueue(EVENT), Take(EVENT), Act(EVENT), Take(EVENT), Act(EVENT)];
    assert_breaks(gate, ACTS_ONCE, &way([Send(EVENT), Ask(EVENT), Enqueue(EVENT)], between, again));
}

/// What the outbox adds to this is that the event is acknowledged also while the queue is away.
#[test]
fn sending_before_marking_is_sound_where_the_consumer_tells_copies() {
    let gate = Gate { crashes: 2, faults: 2, ..gate(Intake::SendThenMark, Consumer::OneTransaction) };
    gate.check().assert_properties();
}

#[test]
fn an_outbox_alone_acts_twice() {
    let gate = gate(Intake::Outbox, Consumer::Ungated);
    let between = Action::Crash(Crash::Outbox { taken: vec![EVENT] });
    let again = [GoOff, SendBatch, MarkSent, Take(EVENT), Act(EVENT), Take(EVENT), Act(EVENT)];
    assert_breaks(gate, ACTS_ONCE, &way([Send(EVENT), Ask(EVENT), Answer(EVENT), GoOff], between, again));
}

#[test]
fn a_crash_between_acting_and_marking_acts_twice() {
    let gate = gate(Intake::Outbox, Consumer::TwoSteps);
    let between = Action::Crash(Crash::Message(EVENT, Message::Acted));
    let once = [Send(EVENT), Ask(EVENT), Answer(EVENT), GoOff, SendBatch, MarkSent, Take(EVENT), Act(EVENT)];
    assert_breaks(gate, ACTS_ONCE, &way(once, between, [Take(EVENT), Act(EVENT)]));
}

#[test]
fn two_copies_at_the_consumer_at_once_are_both_acted_on_in_two_steps() {
    let gate = Gate { crashes: 0, faults: 1, ..gate(Intake::Outbox, Consumer::TwoSteps) };
    let once = [Send(EVENT), Ask(EVENT), Answer(EVENT), GoOff, SendBatch, MarkSent, Take(EVENT)];
    let again = Action::Fault(Fault::Redeliver(EVENT));
    assert_breaks(gate, ACTS_ONCE, &way(once, again, [Take(EVENT), Act(EVENT), Act(EVENT)]));
}

#[test]
fn a_gate_that_does_not_verify_stores_what_is_forged() {
    let gate = Gate { verifies: false, crashes: 0, faults: 1, ..gate(Intake::Outbox, Consumer::OneTransaction) };
    assert_breaks(gate, NOTHING_FORGED, &way([], Action::Fault(Fault::Forge(0)), [Ask(0)]));
}
