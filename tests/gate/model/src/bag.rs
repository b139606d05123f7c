//! Things that are told apart by nothing but how far they are.

use std::fmt::{Debug, Formatter, Result};
use std::marker::PhantomData;

/// How far a thing can be.
pub trait Stage: Copy + Debug + Ord {
    /// Every stage there is.
    const ALL: [Self; 4];
}

/// How many things are how far. They have no names: which of two equal ones goes on makes no difference, so states that
/// differ in that are one state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bag<S> {
    counts: [u8; 4],
    stage: PhantomData<S>,
}

impl<S: Stage> Bag<S> {
    pub(crate) const EMPTY: Self = Self { counts: [0; 4], stage: PhantomData };

    /// How many things there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.counts.iter().map(|count| usize::from(*count)).sum()
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts == [0; 4]
    }

    /// Whether one is that far.
    #[must_use]
    pub fn has(&self, stage: S) -> bool {
        self.stages().any(|other| other == stage)
    }

    /// How far they are, every stage once.
    pub fn stages(&self) -> impl Iterator<Item = S> {
        S::ALL.into_iter().zip(self.counts).filter_map(|(stage, count)| (count > 0).then_some(stage))
    }

    /// Adds one; none, where there is no room, which the bounds of the model rule out.
    pub(crate) fn put(&mut self, stage: S) -> Option<()> {
        let count = self.count(stage)?;
        *count = count.checked_add(1)?;
        Some(())
    }

    /// Takes one away; none, where none is that far.
    pub(crate) fn take(&mut self, stage: S) -> Option<()> {
        let count = self.count(stage)?;
        *count = count.checked_sub(1)?;
        Some(())
    }

    pub(crate) fn advance(&mut self, from: S, to: S) -> Option<()> {
        self.take(from)?;
        self.put(to)
    }

    /// Takes all of them back to one stage.
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
