//! Properties that hold on every path of the model, and the proof that every path ends.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::{BTreeSet, HashSet};
use std::fmt::Debug;
use std::hash::Hash;

use countersign_model::handling::Handling;
use countersign_model::retention::Retention;
use countersign_model::sending::Sending;
use countersign_model::{ACTS_ONCE, Consumer, DUPLICATED, Explore, Gate, Intake, SURVIVED};
use stateright::{Checker, Model};

/// The gate as it is built, with this consumer and these bounds: events, crashes, faults.
const fn gate(consumer: Consumer, (events, crashes, faults): (usize, u8, u8)) -> Gate {
    Gate { intake: Intake::Outbox, consumer, verifies: true, flaw: None, events, crashes, faults }
}

// Threat model: I1, I2, I3, I4.
#[test]
fn every_property_holds_if_acting_and_marking_are_one_transaction() {
    for bounds in [(3, 2, 0), (2, 2, 1), (2, 1, 2), (1, 3, 3)] {
        gate(Consumer::OneTransaction, bounds).check().assert_properties();
    }
}

// Threat model: I1, I2, I3, I4.
#[test]
fn every_property_holds_if_the_effect_is_idempotent() {
    for bounds in [(3, 2, 0), (2, 2, 1), (1, 3, 3)] {
        gate(Consumer::IdempotentEffect, bounds).check().assert_properties();
    }
}

/// Smaller bounds suffice, because these states equal those of the idempotent effect except for the number of effects.
#[test]
fn every_property_but_acting_once_holds_if_acting_and_marking_are_two_steps() {
    for bounds in [(2, 1, 1), (1, 2, 2)] {
        let found: BTreeSet<_> = gate(Consumer::TwoSteps, bounds).check().discoveries().into_keys().collect();
        assert_eq!(found, [ACTS_ONCE, DUPLICATED, SURVIVED].into());
    }
}

/// A path that returns to a state could be endless, and nothing would ever be at rest on it. Crashes and faults use up
/// their bounds and no step depends on what remains, so a cycle would consist of steps alone and appear in small bounds.
#[test]
fn every_path_ends() {
    for bounds in [(2, 1, 0), (1, 2, 2)] {
        assert_has_no_cycle(&gate(Consumer::IdempotentEffect, bounds));
    }
    assert_has_no_cycle(&Handling { flaw: None, handler_uses_key: false, messages: 3, faults: 4 });
    assert_has_no_cycle(&Sending { flaw: None, has_watchdog: true, rows: 3, faults: 3 });
    assert_has_no_cycle(&Retention { flaw: None, faults: 5, periods: 3 });
}

/// Searches depth-first for a state that is reachable from itself.
fn assert_has_no_cycle<M>(model: &M)
where
    M: Model,
    M::State: Clone + Debug + Eq + Hash,
{
    let mut visited = HashSet::new();
    let mut on_path = HashSet::new();
    let mut stack: Vec<_> = model.init_states().into_iter().map(|state| (state, false)).collect();
    while let Some((state, is_left)) = stack.pop() {
        if is_left {
            on_path.remove(&state);
            continue;
        }
        assert!(!on_path.contains(&state), "the path returns to {state:?}");
        if visited.insert(state.clone()) {
            on_path.insert(state.clone());
            let mut actions = Vec::new();
            model.actions(&state, &mut actions);
            // Every action that the model lists must be possible, because a state without actions counts as at rest.
            let next: Vec<_> = actions.into_iter().map(|action| model.next_state(&state, action).unwrap()).collect();
            stack.push((state, true));
            stack.extend(next.into_iter().map(|state| (state, false)));
        }
    }
}
