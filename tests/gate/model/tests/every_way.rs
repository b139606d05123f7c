//! What holds on every way that there is, and that every way comes to an end.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::{BTreeSet, HashSet};

use countersign_model::{ACTS_ONCE, Consumer, DOUBLED, Gate, Intake, SURVIVED};
use stateright::{Checker, Model};

/// The gate as it is built, with this consumer, within these bounds: events, crashes, faults.
const fn gate(consumer: Consumer, (events, crashes, faults): (usize, u8, u8)) -> Gate {
    Gate { intake: Intake::Outbox, consumer, verifies: true, events, crashes, faults }
}

#[test]
fn everything_holds_where_acting_and_marking_are_one_transaction() {
    for bounds in [(3, 2, 0), (2, 2, 1), (2, 1, 2), (1, 3, 3)] {
        gate(Consumer::OneTransaction, bounds).check().assert_properties();
    }
}

#[test]
fn everything_holds_where_the_effect_is_idempotent() {
    for bounds in [(3, 2, 0), (2, 2, 1), (1, 3, 3)] {
        gate(Consumer::IdempotentEffect, bounds).check().assert_properties();
    }
}

/// Smaller bounds do: but for the number of effects these states are those of the idempotent effect.
#[test]
fn everything_but_acting_once_holds_in_two_steps() {
    for bounds in [(2, 1, 1), (1, 2, 2)] {
        let found: BTreeSet<_> = gate(Consumer::TwoSteps, bounds).check().discoveries().into_keys().collect();
        assert_eq!(found, [ACTS_ONCE, DOUBLED, SURVIVED].into());
    }
}

/// A state that comes back would be a way without an end, on which nothing need ever come to rest. Every crash and
/// fault uses up its bound, and no step asks what is left of it: a round would be one of steps alone, and show here too.
#[test]
fn every_way_ends() {
    for bounds in [(2, 1, 0), (1, 2, 2)] {
        assert_ends(gate(Consumer::IdempotentEffect, bounds));
    }
}

fn assert_ends(gate: Gate) {
    let mut walked = HashSet::new();
    let mut on_the_way = HashSet::new();
    let mut ahead: Vec<_> = gate.init_states().into_iter().map(|state| (state, false)).collect();
    while let Some((state, is_walked)) = ahead.pop() {
        if is_walked {
            on_the_way.remove(&state);
            continue;
        }
        assert!(!on_the_way.contains(&state), "comes back: {state:?}");
        if walked.insert(state.clone()) {
            on_the_way.insert(state.clone());
            let mut actions = Vec::new();
            gate.actions(&state, &mut actions);
            // What is said to be possible is: a state is at rest only where nothing is.
            let next: Vec<_> = actions.into_iter().map(|action| gate.next_state(&state, action).unwrap()).collect();
            ahead.push((state, true));
            ahead.extend(next.into_iter().map(|state| (state, false)));
        }
    }
}
