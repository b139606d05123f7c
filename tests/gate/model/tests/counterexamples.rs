//! Designs that violate a property, each with a path that does. They also show that the check can fail.

use countersign_model::Step::{Act, Answer, Ask, Enqueue, FireAlarm, MarkKey, MarkSent, Send, SendBatch, Take};
use countersign_model::{
    ACCEPTED_ONCE, ACTS_ONCE, Action, Consumer, Crash, Explore, Fault, Flaw, Gate, Intake, Message, NOTHING_FORGED,
    NOTHING_LOST, Request, STORED_FIRST, Step,
};
use stateright::Checker;

/// The number of the authentic event. Number 0 is the attacker's.
const EVENT: usize = 1;

/// A gate with one event, one crash and no fault.
const fn gate(intake: Intake, consumer: Consumer) -> Gate {
    Gate { intake, consumer, verifies: true, flaw: None, events: 1, crashes: 1, faults: 0 }
}

/// Asserts that the checker finds a violation of the property, and that this path violates it.
fn assert_violates(gate: Gate, property: &'static str, path: &[Action]) {
    assert!(gate.find_counterexample(property).is_some());
    assert!(gate.is_counterexample(property, path), "{path:?}");
}

/// A gate with an outbox and this flaw, one event, one crash and one fault.
const fn broken(flaw: Flaw) -> Gate {
    Gate { flaw: Some(flaw), faults: 1, ..gate(Intake::Outbox, Consumer::OneTransaction) }
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

// Threat model: I1, I3.
#[test]
fn answering_before_the_outbox_stores_the_event_loses_it_in_a_crash() {
    let crash = Action::Crash(Crash::Request(EVENT, Request::Unmarked));
    assert_violates(broken(Flaw::AnswersFirst), NOTHING_LOST, &path([Send(EVENT), Ask(EVENT)], crash, []));
    let path: Vec<_> = steps([Send(EVENT), Ask(EVENT)]).collect();
    assert_violates(broken(Flaw::AnswersFirst), STORED_FIRST, &path);
    // Without a crash the event is sent, so tests that crash nothing do not notice.
    let path: Vec<_> = steps([Send(EVENT), Ask(EVENT), MarkKey(EVENT), FireAlarm, SendBatch]).collect();
    assert!(broken(Flaw::AnswersFirst).is_correct_path(&path));
}

// Threat model: F1, F2.
#[test]
fn taking_a_duplicate_for_a_new_event_accepts_it_twice() {
    let gate = broken(Flaw::TakesDuplicatesAsNew);
    let once = [Send(EVENT), Ask(EVENT), Answer(EVENT)];
    let duplicate = Action::Fault(Fault::Duplicate(EVENT));
    assert_violates(gate, ACCEPTED_ONCE, &path(once, duplicate.clone(), [Ask(EVENT)]));
    // It is acted on twice as well, unless the consumer checks.
    let once = [Send(EVENT), Ask(EVENT), Answer(EVENT), FireAlarm, SendBatch, MarkSent, Take(EVENT), Act(EVENT)];
    let again = [Ask(EVENT), FireAlarm, SendBatch, Take(EVENT), Act(EVENT)];
    let unchecked = Gate { consumer: Consumer::Unchecked, ..gate };
    assert_violates(unchecked, ACTS_ONCE, &path(once, duplicate, again));
    assert!(gate.find_counterexample(ACTS_ONCE).is_none());
}

// Threat model: I1.
#[test]
fn storing_an_event_without_an_alarm_leaves_it_for_ever() {
    let path: Vec<_> = steps([Send(EVENT), Ask(EVENT), Answer(EVENT)]).collect();
    assert_violates(Gate { crashes: 0, faults: 0, ..broken(Flaw::SetsNoAlarm) }, NOTHING_LOST, &path);
}

// Threat model: I1, F5.
#[test]
fn taking_no_answer_of_the_queue_for_sent_loses_the_event() {
    let fault = Action::Fault(Fault::FailBatch { accepted: Vec::new() });
    let path = path([Send(EVENT), Ask(EVENT), Answer(EVENT), FireAlarm], fault, []);
    assert_violates(broken(Flaw::TakesNoAnswerAsSent), NOTHING_LOST, &path);
}

// Threat model: I1, F4.
#[test]
fn setting_no_alarm_after_the_queue_has_failed_leaves_the_event_for_ever() {
    let fault = Action::Fault(Fault::FailBatch { accepted: Vec::new() });
    let path = path([Send(EVENT), Ask(EVENT), Answer(EVENT), FireAlarm], fault, []);
    assert_violates(broken(Flaw::NoAlarmAfterFailure), NOTHING_LOST, &path);
}

// Threat model: I2, F6.
#[test]
fn sending_every_batch_twice_is_harmless_only_if_the_consumer_checks() {
    let gate = Gate { crashes: 2, faults: 2, ..broken(Flaw::SendsTwice) };
    gate.check().assert_properties();
    let twice = [Send(EVENT), Ask(EVENT), FireAlarm, SendBatch, Take(EVENT), Act(EVENT), Take(EVENT), Act(EVENT)];
    let path: Vec<_> = steps(twice).collect();
    let unchecked = Gate { consumer: Consumer::Unchecked, crashes: 0, faults: 0, ..gate };
    assert_violates(unchecked, ACTS_ONCE, &path);
}
