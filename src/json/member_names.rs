//! Finds a member name that occurs twice in one object.
//!
//! The reader pushes the name of each member with its fingerprint, a 64-bit number computed from the name's ends and length.
//! When an object ends, its names are compared: equal names have equal fingerprints, so up to [`FEW`] names are compared
//! by fingerprint alone, pair by pair. If two fingerprints are equal, or the object has more members, the names are sorted
//! by fingerprint and content, and neighbours are compared in full. An attacker who constructs names with equal
//! fingerprints therefore gains nothing: the cost stays that of sorting.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;

use super::value::JsonString;

/// Up to this many names, comparing the fingerprints of every pair is the fastest way.
const FEW: usize = 16;

/// The member names of all open objects; those of the innermost object come last.
pub(super) struct MemberNames<'j>(Vec<Name<'j>>);

/// A member name. Escapes are resolved again in the rare cases that need it: storing the resolved text would make each name
/// an allocation to be freed.
struct Name<'j> {
    fingerprint: u64,
    string: JsonString<'j>,
}

impl<'j> MemberNames<'j> {
    pub(super) fn new() -> Self {
        Self(Vec::with_capacity(FEW))
    }

    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds a name with the fingerprint of its unescaped content.
    #[inline]
    pub(super) fn push(&mut self, string: JsonString<'j>, fingerprint: u64) {
        self.0.push(Name { fingerprint, string });
    }

    /// Removes the names from index `first` on, which belong to the object that ends. Returns whether two of them are equal.
    #[inline(never)]
    pub(super) fn close_object(&mut self, first: usize) -> bool {
        let names = self.0.get(first..).unwrap_or_default();
        let may_repeat = names.len() > FEW || has_equal_fingerprints(names);
        let has_duplicate = may_repeat && has_equal_names(names);
        self.0.truncate(first);
        has_duplicate
    }
}

/// Computes the fingerprint of a name: its first and last bytes and its length, mixed.
#[expect(clippy::inline_always, reason = "measured: a call for every member name costs a tenth of the reader's time")]
#[inline(always)]
pub(super) fn fingerprint(name: &[u8]) -> u64 {
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

/// The first and the last `N` bytes of a name that has at least `N`. They may overlap.
#[expect(clippy::inline_always, reason = "measured: a call for every member name costs a tenth of the reader's time")]
#[inline(always)]
fn ends<const N: usize>(name: &[u8]) -> Option<(&[u8; N], &[u8; N])> {
    // Written without `last_chunk`, which the compiler does not inline at this optimization level.
    let last = name.get(name.len().checked_sub(N)?..)?;
    Some((name.first_chunk()?, last.first_chunk()?))
}

/// Whether two of a few names have the same fingerprint, as equal names do.
fn has_equal_fingerprints(names: &[Name<'_>]) -> bool {
    let mut rest = names;
    while let [name, others @ ..] = rest {
        if others.iter().any(|other| name.fingerprint == other.fingerprint) {
            return true;
        }
        rest = others;
    }
    false
}

/// Whether two names are equal. A heap sorts in bounded time whatever the names are, and equal names end up as neighbours.
#[inline(never)]
fn has_equal_names(names: &[Name<'_>]) -> bool {
    let unescaped: Vec<_> = names.iter().map(|name| (name.fingerprint, name.string.unescaped())).collect();
    let sorted = BinaryHeap::from(unescaped).into_sorted_vec();
    sorted.windows(2).any(|pair| matches!(pair, [one, other] if one == other))
}
