//! The names of members, and whether one stands twice in its object.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;

use super::Text;

/// With so few members, looking at the marks of every pair is quickest.
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

    /// Adds a name, with the mark of what it says.
    #[expect(
        clippy::inline_always,
        reason = "compiled for size, it would be a call with a detour through memory otherwise"
    )]
    #[inline(always)]
    pub(super) fn push(&mut self, text: Text<'j>, mark: u64) {
        self.0.push(Name { mark, text });
    }

    /// Forgets the names from an index on, which are those of one object. Gives whether two of them are equal.
    #[inline(never)]
    pub(super) fn forget(&mut self, first: usize) -> bool {
        let own = self.0.get(first..).unwrap_or_default();
        let may_repeat = own.len() > FEW || share_a_mark(own);
        let repeats = may_repeat && are_equal_somewhere(own);
        self.0.truncate(first);
        repeats
    }
}

/// The name of a member. What one with escapes says is found out again in the few cases in which that is needed: to keep it
/// would make every name something that has to be given back.
struct Name<'j> {
    mark: u64,
    text: Text<'j>,
}

/// A number that is the same for equal names, and seldom for others: their two ends and their length, mixed. Whoever
/// makes names of one mark gains nothing, since they are compared in full then.
#[expect(clippy::inline_always, reason = "compiled for size, it would be a call for every name otherwise")]
#[inline(always)]
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
fn ends<const N: usize>(name: &[u8]) -> Option<(&[u8; N], &[u8; N])> {
    // The library's way to the last bytes is such a call, too.
    let last = name.get(name.len().checked_sub(N)?..)?;
    Some((name.first_chunk()?, last.first_chunk()?))
}

/// Whether two of a few names have the same mark, as equal ones do.
fn share_a_mark(names: &[Name<'_>]) -> bool {
    let mut others = names;
    while let [name, rest @ ..] = others {
        if rest.iter().any(|other| name.mark == other.mark) {
            return true;
        }
        others = rest;
    }
    false
}

/// Whether two names are equal. In the order of their marks, and of what they say where marks are equal, equal ones are
/// neighbours; a heap keeps the cost down whatever the names are.
#[inline(never)]
fn are_equal_somewhere(names: &[Name<'_>]) -> bool {
    let read: Vec<_> = names.iter().map(|name| (name.mark, name.text.unescaped())).collect();
    let sorted = BinaryHeap::from(read).into_sorted_vec();
    sorted.windows(2).any(|pair| matches!(pair, [one, other] if one == other))
}
