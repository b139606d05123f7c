//! A multiset of things that differ only in the stage they have reached.

use std::fmt::{Debug, Formatter, Result};
use std::marker::PhantomData;

/// A stage that a thing can reach.
pub trait Stage: Copy + Debug + Ord {
    /// Every stage.
    const ALL: [Self; 4];
}

/// The number of things at each stage. The things have no identity: it does not matter which of two at the same stage goes
/// on, so states that differ only in that are one state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bag<S> {
    counts: [u8; 4],
    stage: PhantomData<S>,
}

impl<S: Stage> Bag<S> {
    pub(crate) const EMPTY: Self = Self { counts: [0; 4], stage: PhantomData };

    /// The number of things.
    #[must_use]
    pub fn len(&self) -> usize {
        self.counts.iter().map(|count| usize::from(*count)).sum()
    }

    /// Whether the bag is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts == [0; 4]
    }

    /// Whether a thing is at this stage.
    #[must_use]
    pub fn has(&self, stage: S) -> bool {
        self.stages().any(|other| other == stage)
    }

    /// The number of things at this stage.
    #[must_use]
    pub fn number_at(&self, stage: S) -> u8 {
        S::ALL.into_iter().zip(self.counts).find_map(|(other, count)| (other == stage).then_some(count)).unwrap_or(0)
    }

    /// The stages of the things, each stage once.
    pub fn stages(&self) -> impl Iterator<Item = S> {
        S::ALL.into_iter().zip(self.counts).filter_map(|(stage, count)| (count > 0).then_some(stage))
    }

    /// Adds a thing. `None` if the count would overflow, which the bounds of the model rule out.
    pub(crate) fn add(&mut self, stage: S) -> Option<()> {
        let count = self.count(stage)?;
        *count = count.checked_add(1)?;
        Some(())
    }

    /// Removes a thing. `None` if no thing is at this stage.
    pub(crate) fn remove(&mut self, stage: S) -> Option<()> {
        let count = self.count(stage)?;
        *count = count.checked_sub(1)?;
        Some(())
    }

    /// Moves a thing from one stage to another.
    pub(crate) fn advance(&mut self, from: S, to: S) -> Option<()> {
        self.remove(from)?;
        self.add(to)
    }

    /// Moves every thing to one stage.
    pub(crate) fn reset(&mut self, stage: S) -> Option<()> {
        let all = u8::try_from(self.len()).ok()?;
        *self = Self::EMPTY;
        *self.count(stage)? = all;
        Some(())
    }

    fn count(&mut self, stage: S) -> Option<&mut u8> {
        S::ALL.into_iter().zip(&mut self.counts).find_map(|(other, count)| (other == stage).then_some(count))
    }
}

impl<S: Stage> Debug for Bag<S> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let counted = S::ALL.into_iter().zip(self.counts).filter(|(_, count)| *count > 0);
        formatter.debug_map().entries(counted).finish()
    }
}
