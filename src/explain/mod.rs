//! Explains a rejection: how each check went, and which mistake caused the failure.
//!
//! An explanation never guesses. It runs the normal checks; if the signature does not match, it undoes the usual mistakes one
//! at a time (a body that was re-serialized, a secret with a line feed, the URL behind a proxy) and runs the same checks
//! again. A hint names the mistake whose correction made the signature match, so a wrong secret gets no hint. Three
//! mistakes cannot be undone, and their hints say what arrived: a body that was decoded lossily, a body that is missing, and an API
//! key in the place of the secret.
//!
//! The work is bounded, whatever the body, the keys and the signatures are ([`budget`]). If it does not suffice for every mistake,
//! the failed check says so.
//!
//! An explanation is for people who hold the secret. It must never be part of an answer over HTTP: it would tell a forger which
//! change brings a delivery closer to being accepted.
//!
//! To add a mistake: a row in one of the tables in `mistakes/`, a [`HintCode`], and a test in `tests/core/explain`.

mod attempt;
mod budget;
mod checks;
mod explanation;
mod mistakes;

pub use explanation::{Check, CheckName, ExplainContext, Explanation, Hint, HintCode};
