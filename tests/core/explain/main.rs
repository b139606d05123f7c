//! An explanation names the mistake that was made, for the bodies of every sender, and no mistake if none was made.

#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "tests may panic")]

mod body;
#[expect(dead_code, reason = "these tests do not compare events")]
#[path = "../cases/mod.rs"]
mod cases;
mod checks;
mod encoding;
mod origin;
mod request;
mod rewritten;
mod secret;
#[path = "../shared/mod.rs"]
mod shared;
mod support;
mod time;
