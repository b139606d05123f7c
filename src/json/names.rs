//! The names of members, and whether one stands twice in its object.

use alloc::borrow::Cow;
use alloc::collections::BinaryHeap;
use alloc::vec::Vec;

/// With so few members, looking at every pair is quickest.
const FEW: usize = 16;

/// The names of the members of every open object; an object's own are the last ones.
pub(super) struct Names<'j>(Vec<Name<'j>>);

impl<'j> Names<'j> {
    pub(super) fn new() -> Self {
        Self(Vec::with_capacity(FEW))
    }

    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    pub(super) fn push(&mut self, text: Cow<'j, [u8]>) {
        self.0.push(Name { mark: mark(&text), text });
    }

    /// Forgets the names from an index on, which are those of one object. Gives whether two of them are equal.
    #[inline(never)]
    pub(super) fn forget(&mut self, first: usize) -> bool {
        let own = self.0.get(first..).unwrap_or_default();
        let repeats = if own.len() <= FEW {
            stands_twice(own)
        } else {
            // In the order of their marks, and of their texts where marks are equal, equal names are neighbours; a heap
            // keeps the cost down whatever the names are.
            let sorted = BinaryHeap::from(self.0.split_off(first)).into_sorted_vec();
            sorted.windows(2).any(|pair| matches!(pair, [a, b] if a == b))
        };
        self.0.truncate(first);
        repeats
    }
}

/// The name of a member. Names are compared by their marks first, and so are seldom read again.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name<'j> {
    mark: u64,
    text: Cow<'j, [u8]>,
}

/// A number that is the same for equal names, and seldom for others: their two ends and their length, mixed. Whoever
/// makes names of one mark gains nothing, since they are compared in full then.
#[inline]
pub(super) fn mark(name: &[u8]) -> u64 {
    let length = u64::try_from(name.len()).unwrap_or(0);
    let mixed = if let Some((first, last)) = ends::<8>(name) {
        u64::from_le_bytes(*first) ^ u64::from_le_bytes(*last).rotate_left(29)
    } else if let Some((first, last)) = ends::<4>(name) {
        u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
    } else {
        name.iter().fold(0, |bytes, byte| bytes << 8 | u64::from(*byte))
    };
    mixed ^ length.rotate_right(8)
}

/// The first and the last bytes of a name that has as many. They may overlap.
#[expect(
    clippy::inline_always,
    reason = "compiled for size, it would be a call with a detour through memory otherwise"
)]
#[inline(always)]
const fn ends<const N: usize>(name: &[u8]) -> Option<(&[u8; N], &[u8; N])> {
    match (name.first_chunk(), name.last_chunk()) {
        (Some(first), Some(last)) => Some((first, last)),
        _ => None,
    }
}

/// Whether two of a few names are equal.
fn stands_twice(names: &[Name<'_>]) -> bool {
    let mut others = names;
    while let [name, rest @ ..] = others {
        if rest.iter().any(|other| name.mark == other.mark && name.text == other.text) {
            return true;
        }
        others = rest;
    }
    false
}
