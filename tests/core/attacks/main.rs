//! Attacks on the core: altered signatures, headers, timestamps, keys, tokens and bodies. `tests/package/runtimes` runs the
//! same catalogue (docs/threat-model.md) against the npm package in every runtime.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

mod bodies;
mod events;
mod headers;
mod keys;
mod readings;
#[expect(dead_code, reason = "other tests need the rest of it")]
#[path = "../shared/mod.rs"]
mod shared;
mod signatures;
mod support;
mod tokens;
