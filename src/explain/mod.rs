//! Explains a rejection: how each check went, and which mistake caused the failure.
//!
//! An explanation never guesses. It runs the normal checks; if the signature does not match, it undoes the usual mistakes one
//! at a time (a body that was re-serialized, a secret with a line feed, the URL behind a proxy) and runs the same checks
//! again. A hint names the mistake whose correction made the signature match, so a wrong secret gets no hint. Two
//! mistakes cannot be undone, a body that was decoded lossily and a body that is missing: their hints say "may".
//!
//! The work is bounded: a few hundred attempts, and none with an altered body beyond 256 KiB.
//!
//! An explanation is for people who hold the secret. It must never be part of an answer over HTTP: it would tell a forger which
//! change brings a delivery closer to being accepted.
//!
//! To add a mistake: a row in one of the tables in `mistakes/`, a [`HintCode`], and a test in `tests/core/explain`.

mod attempt;
mod checks;
mod explanation;
mod mistakes;

pub use explanation::{Check, CheckName, ExplainContext, Explanation, Hint, HintCode};
