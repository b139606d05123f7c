//! Runs the checker on a model: over every path within the bounds, for the shortest counterexample, or along one path.

use std::fmt::Debug;
use std::hash::Hash;
use std::io::Write;
use std::time::Instant;

use stateright::{Checker, Expectation, Model, Path, Property, Representative};

/// A model that the checker can explore. Its `Debug` output names the design and the bounds.
pub trait Explore: Model + Copy + Debug + Send + Sync + 'static
where
    Self::State: Clone + Debug + Hash + PartialEq + Representative + Send + Sync,
    Self::Action: Clone + Debug + PartialEq + Send + Sync,
{
    /// Visits every state within the bounds, and prints their number and the time to standard error. States with
    /// the same representative count as one.
    #[must_use]
    fn check(self) -> impl Checker<Self> {
        let start = Instant::now();
        let checker = self.checker().symmetry().spawn_dfs().join();
        print(&format!(
            "{self:?}: {} states, at most {} steps deep, in {:.2} s\n",
            checker.unique_state_count(),
            checker.max_depth().saturating_sub(1),
            start.elapsed().as_secs_f64(),
        ));
        checker
    }

    /// The shortest path to a state that violates a property, which is also printed to standard error. `None` if the
    /// property holds within the bounds.
    #[must_use]
    fn find_counterexample(self, property: &'static str) -> Option<Path<Self::State, Self::Action>> {
        // The checker keeps the last path that it finds, so the depth is limited to the shortest one.
        for depth in 1.. {
            let checker = self.checker().target_max_depth(depth).spawn_bfs().join();
            if let Some(path) = checker.discovery(property) {
                print(&format!("{self:?} violates \"{property}\": {path}"));
                return Some(path);
            }
            if checker.max_depth() < depth {
                break;
            }
        }
        None
    }

    /// Whether this path is possible from an initial state and ends in a state in which every `always` property holds.
    #[must_use]
    fn is_correct_path(&self, path: &[Self::Action]) -> bool {
        let path = self.init_states().into_iter().find_map(|start| Path::from_actions(self, start, path));
        let Some(path) = path else { return false };
        let holds = |property: Property<Self>| {
            property.expectation != Expectation::Always || (property.condition)(self, path.last_state())
        };
        self.properties().into_iter().all(holds)
    }

    /// Whether this path is possible from an initial state and ends in a state that violates the property.
    #[must_use]
    fn is_counterexample(&self, property: &'static str, path: &[Self::Action]) -> bool {
        let path = self.init_states().into_iter().find_map(|start| Path::from_actions(self, start, path));
        path.is_some_and(|path| !(self.property(property).condition)(self, path.last_state()))
    }

    /// Whether no step is possible without a fault. No path within the bounds is endless, so every path ends in such a
    /// state, and a property that holds in all of them holds eventually.
    #[must_use]
    fn is_at_rest(&self, state: &Self::State, is_step: impl Fn(&Self::Action) -> bool) -> bool {
        let mut actions = Vec::new();
        self.actions(state, &mut actions);
        !actions.iter().any(is_step)
    }
}

impl<M> Explore for M
where
    M: Model + Copy + Debug + Send + Sync + 'static,
    M::State: Clone + Debug + Hash + PartialEq + Representative + Send + Sync,
    M::Action: Clone + Debug + PartialEq + Send + Sync,
{
}

/// Prints to standard error itself, because the test harness hides what passing tests print through macros.
fn print(text: &str) {
    // A closed standard error is not a reason to fail.
    let _ = std::io::stderr().write_all(text.as_bytes());
}
