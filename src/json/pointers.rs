//! The pointers (RFC 6901, without `~` escapes) that a pass follows, as sets of bits: on entering a member, the pass keeps those
//! that lead there.

use crate::limits::MAX_POINTERS;

/// A subset of the pointers, one bit each.
#[derive(Clone, Copy)]
pub(super) struct PointerSet(u32);

impl PointerSet {
    pub(super) const NONE: Self = Self(0);

    /// All of these pointers; `None` if there are more than a set can hold. A pointer that is not followed would look like a
    /// member that is missing.
    pub(super) fn all(pointers: &[&str]) -> Option<Self> {
        if pointers.len() > MAX_POINTERS {
            return None;
        }
        Some(Self((0..pointers.len()).fold(0, |set, index| set | Self::bit(index))))
    }

    fn bit(index: usize) -> u32 {
        u32::try_from(index).ok().and_then(|index| 1_u32.checked_shl(index)).unwrap_or(0)
    }

    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn contains(self, index: usize) -> bool {
        self.0 & Self::bit(index) != 0
    }

    fn insert(&mut self, index: usize) {
        self.0 |= Self::bit(index);
    }
}

/// The pointers that reach a value.
#[derive(Clone, Copy)]
pub(super) struct Reached {
    /// Those that lead on into the value.
    pub(super) through: PointerSet,
    /// Those that end at the value.
    pub(super) here: PointerSet,
    /// How many bytes of each of them lead to the value.
    pub(super) matched: usize,
}

impl Reached {
    pub(super) const NONE: Self = Self { through: PointerSet::NONE, here: PointerSet::NONE, matched: 0 };
}

/// Follows those pointers of `set`, whose first `matched` bytes lead to a container, to its member or item `name`. Two pointers
/// may be equal.
#[inline(never)]
pub(super) fn follow(pointers: &[&str], set: PointerSet, matched: usize, name: &[u8]) -> Reached {
    let start = matched.saturating_add(1);
    let end = start.saturating_add(name.len());
    let (mut through, mut here) = (PointerSet::NONE, PointerSet::NONE);
    for (index, pointer) in pointers.iter().enumerate() {
        let pointer = pointer.as_bytes();
        // The length of the name excludes most pointers at the least cost.
        let matching = match pointer.get(end..) {
            Some([]) => &mut here,
            Some([b'/', ..]) => &mut through,
            _ => continue,
        };
        let leads_here = set.contains(index) && pointer.get(matched) == Some(&b'/');
        if leads_here && pointer.get(start..end) == Some(name) {
            matching.insert(index);
        }
    }
    // A slash separates names in a pointer, so a member with a slash in its name cannot be pointed at.
    let is_reached = !(here.is_empty() && through.is_empty());
    if is_reached && name.contains(&b'/') { Reached::NONE } else { Reached { through, here, matched: end } }
}
