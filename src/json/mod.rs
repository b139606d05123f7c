//! A strict reader of JSON (RFC 8259): a body goes in; out come the values at some pointers, or the reason why the body is
//! not strict JSON.
//!
//! # Why the core has its own reader
//!
//! Two programs that read one signed body must not disagree about its meaning. General parsers do: one takes the first of
//! two members with the same name, another the last; one rounds `9007199254740993`, another keeps it; one replaces half of a
//! surrogate pair, another rejects it. An attacker who can influence part of a body can use such a difference to
//! show the verifier one event and the application another. So this reader
//!
//! - rejects an object that names a member twice, however the names are escaped,
//! - rejects member names that are not Unicode text (half of a surrogate pair),
//! - rejects nesting deeper than [`MAX_DEPTH`](crate::MAX_DEPTH), which exhausts the stack of recursive parsers,
//! - rejects everything that RFC 8259 rejects: trailing commas, comments, `NaN`, a byte order mark, bytes that are not UTF-8,
//! - never changes a number or a string, and reports integers that a 64-bit floating-point number would round.
//!
//! `serde_json` offers none of the first two, and builds a tree, which takes several times the memory of the body. This
//! reader keeps no tree: it passes over the text once and remembers only the values that were asked for.
//!
//! # How it reads
//!
//! [`read`] checks the encoding, then walks the text byte by byte in a loop without recursion ([`reader`]). A [`cursor::Cursor`]
//! holds the position and knows the lexical grammar: white space, strings, numbers, words. [`scan`] finds the end of a
//! string many bytes at a time, with vector instructions where WebAssembly has them. [`member_names`] finds a name that
//! occurs twice. Pointers are followed as a set of bits: on entering a member, the reader drops the pointers that do not
//! lead there, so a body without a matching member costs nothing extra.
//!
//! [`tree`] reads small documents into a tree (the descriptions of schemes), and [`print`] and [`rewrite`] write JSON again the way
//! other programs would have written it, which explanations need. A slow, plain reader in `reference.rs` judges the same texts in
//! tests, and random texts must get the same verdict from both.

mod cursor;
mod member_names;
mod print;
mod reader;
#[cfg(test)]
mod reference;
mod rewrite;
mod scan;
#[cfg(test)]
mod tests;
mod tree;
mod value;

pub(crate) use print::{Digits, Escapes, Spacing, print};
pub(crate) use reader::read;
pub(crate) use rewrite::{Lost, reorder, restore, sort_members};
pub(crate) use tree::{Tree, tree};
pub(crate) use value::{Document, Span, Value};
