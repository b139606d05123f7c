//! Trying every order.

use std::io::Write;

use stateright::{Checker, Model, Path};

use crate::{Action, Gate, State};

impl Gate {
    /// Walks every way within the bounds, and says on standard error how many states there are. States that differ in
    /// the numbers of events alone are one.
    #[must_use]
    pub fn check(self) -> impl Checker<Self> {
        let checker = self.checker().symmetry().spawn_dfs().join();
        let Self { intake, consumer, events, crashes, faults, .. } = self;
        say(&format!(
            "{intake:?}, {consumer:?}: {events} events, {crashes} crashes, {faults} faults: \
             {} states, the deepest {} steps away\n",
            checker.unique_state_count(),
            checker.max_depth().saturating_sub(1),
        ));
        checker
    }

    /// The shortest way to a state that a property does not allow, said on standard error too. None, where there is none
    /// within the bounds.
    #[must_use]
    pub fn way_to_break(self, property: &'static str) -> Option<Path<State, Action>> {
        // The checker keeps the last way that it finds, so it is let no further than it has to.
        for depth in 1.. {
            let checker = self.checker().target_max_depth(depth).spawn_bfs().join();
            if let Some(way) = checker.discovery(property) {
                say(&format!("{:?}, {:?} breaks \"{property}\": {way}", self.intake, self.consumer));
                return Some(way);
            }
            if checker.max_depth() < depth {
                break;
            }
        }
        None
    }
}

/// Tests that pass print nothing; what was explored is to be seen all the same.
fn say(text: &str) {
    // Where nobody can be told, there is nobody to tell.
    let _ = std::io::stderr().write_all(text.as_bytes());
}
