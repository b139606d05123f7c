//! Runs the checker: over every path within the bounds, or for the shortest counterexample.

use std::io::Write;

use stateright::{Checker, Model, Path};

use crate::{Action, Gate, State};

impl Gate {
    /// Visits every state within the bounds, and prints their number to standard error. States that differ only in the
    /// order of their events count as one.
    #[must_use]
    pub fn check(self) -> impl Checker<Self> {
        let checker = self.checker().symmetry().spawn_dfs().join();
        let Self { intake, consumer, events, crashes, faults, .. } = self;
        print(&format!(
            "{intake:?}, {consumer:?}: {events} events, {crashes} crashes, {faults} faults: \
             {} states, at most {} steps deep\n",
            checker.unique_state_count(),
            checker.max_depth().saturating_sub(1),
        ));
        checker
    }

    /// The shortest path to a state that violates a property, which is also printed to standard error. `None` if the
    /// property holds within the bounds.
    #[must_use]
    pub fn find_counterexample(self, property: &'static str) -> Option<Path<State, Action>> {
        // The checker keeps the last path that it finds, so the depth is limited to the shortest one.
        for depth in 1.. {
            let checker = self.checker().target_max_depth(depth).spawn_bfs().join();
            if let Some(path) = checker.discovery(property) {
                print(&format!("{:?}, {:?} violates \"{property}\": {path}", self.intake, self.consumer));
                return Some(path);
            }
            if checker.max_depth() < depth {
                break;
            }
        }
        None
    }
}

/// Prints to standard error itself, because the test harness hides what passing tests print through macros.
fn print(text: &str) {
    // A closed standard error is not a reason to fail.
    let _ = std::io::stderr().write_all(text.as_bytes());
}
