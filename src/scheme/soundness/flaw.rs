//! A broken rule, as a value that can be made at compile time.

/// The rule that a description breaks and the field that breaks it.
pub(super) struct Flaw {
    pub(super) field: &'static str,
    pub(super) problem: &'static str,
}

pub(super) const fn flaw(field: &'static str, problem: &'static str) -> Result<(), Flaw> {
    Err(Flaw { field, problem })
}
