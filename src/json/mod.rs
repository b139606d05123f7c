//! A reader of JSON (RFC 8259): a body goes in; out come the values at some pointers, or the reason why the body cannot be read
//! in one way only.
//!
//! # Why the core has its own reader
//!
//! Two programs that read one signed body must not disagree about its meaning. General parsers do: one takes the first of
//! two members with the same name, another the last; one rounds `9007199254740993`, another keeps it; one replaces half of a
//! surrogate pair, another rejects it. An attacker who can influence part of a body can use such a difference to
//! show the verifier one event and the application another. Other parsers do not report these differences, and build a tree,
//! which takes several times the memory of the body. This reader keeps no tree: it passes over the text and remembers only the
//! values that were asked for.
//!
//! # Two depths
//!
//! [`read`] is strict about the whole text, for everything that the sender did not sign whole: a token, a body with a proof
//! inside, a body next to a shared token. It
//!
//! - rejects an object that names a member twice, however the names are escaped,
//! - rejects member names that are not Unicode text (half of a surrogate pair),
//! - rejects nesting deeper than [`MAX_DEPTH`](crate::MAX_DEPTH), which exhausts the stack of recursive parsers.
//!
//! [`find`] is for bodies that the sender signed whole. It is strict on the way to the values that the verifier decides by:
//! in the objects that contain them, a name on the way must not occur twice, however it is escaped. Every parser that compares
//! names exactly then finds the same values. Elsewhere it accepts what `JSON.parse` accepts: a duplicate key, deep nesting and half
//! of a surrogate pair in a name are the sender's own, and must not lose the event.
//!
//! Both reject everything that RFC 8259 rejects: trailing commas, comments, `NaN`, a byte order mark, bytes that are not UTF-8.
//! Both report integers that a 64-bit floating-point number would round, and change no number and no string.
//!
//! # How it reads
//!
//! Both check the encoding, then walk the text byte by byte in a loop without recursion. A [`cursor::Cursor`] holds the position
//! and knows the lexical grammar: white space, strings, numbers, words. [`scan`] finds the end of a string many bytes at a
//! time, with vector instructions where WebAssembly has them. [`grammar`] passes over one value. In a [`strict`] pass it also
//! applies the [`rules`], for which [`member_names`] finds a name that occurs twice. [`find`] compares names only on the way
//! to its values, with the [`pointers`] as a set of bits, and hands everything else to [`grammar`].
//!
//! [`tree`] reads small documents into a tree (the descriptions of schemes), and [`print`] and [`rewrite`] write JSON again the way
//! other programs would have written it, which explanations need. A slow, plain reader in `reference.rs` judges the same texts in
//! tests, and random texts must get the same verdict from both.

mod cursor;
mod find;
mod grammar;
mod member_names;
mod pointers;
mod print;
#[cfg(test)]
mod reference;
mod rewrite;
mod rules;
mod scan;
mod strict;
#[cfg(test)]
mod tests;
mod tree;
mod value;

pub(crate) use find::find;
pub(crate) use print::{Digits, Escapes, Spacing, print};
pub(crate) use rewrite::{Lost, reorder, restore, sort_members};
pub(crate) use strict::read;
pub(crate) use tree::{Tree, tree};
pub(crate) use value::{Document, Span, Value};
