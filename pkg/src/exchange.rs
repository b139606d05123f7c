//! The memory that JavaScript and the core share: a record goes in, an event comes out. `ts/exchange.ts` writes records.
//!
//! Both buffers are used again by the next call, so a verification copies the delivery once and allocates no JavaScript
//! object for it. All numbers are little-endian. A record is laid out as follows:
//!
//! | part | bytes |
//! |---|---|
//! | the number of fields | a `u32` |
//! | the length of each field in bytes, or [`ABSENT`], or [`REPEATED`] | a `u32` each |
//! | the fields, one after the other | as their lengths say |
//! | a margin | [`MARGIN`] |
//! | the body | the rest of the record |
//!
//! Another margin follows the record. [`JsHost`](crate::host::JsHost) writes into the margins; nothing else in a record
//! changes, so JavaScript may make several calls about one record, and may read the body from it.

use std::cell::Cell;

use countersign::{Scheme, SchemeError};
use wasm_bindgen::prelude::wasm_bindgen;

/// The length of a field that has no value.
const ABSENT: u32 = u32::MAX;
/// The length of a header that arrived more than once.
const REPEATED: u32 = u32::MAX - 1;

/// Bytes before and after the body, into which the core copies content that is hashed together with the body. An HMAC's
/// key block (128), the longest id (256) and a timestamp fit into less than half of it; the rest is room for a URL.
const MARGIN: usize = 1024;

/// The buffers for records and events, and the schemes that were read so far.
#[wasm_bindgen]
#[derive(Default)]
pub struct Exchange {
    record: Vec<u8>,
    event: Vec<u8>,
    schemes: SchemeCache,
}

#[wasm_bindgen]
impl Exchange {
    /// Makes empty buffers.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Exchange {
        Self::default()
    }

    /// Makes room for records of up to `length` bytes and the margin after them. Returns the address of the room, which
    /// is valid until the next call of `reserve`.
    pub fn reserve(&mut self, length: usize) -> *const u8 {
        // The old room is freed first, because memory may not suffice for both.
        self.record = Vec::new();
        self.record.resize(length, 0);
        self.record.as_ptr()
    }
}

impl Exchange {
    /// The record of this many bytes that JavaScript has written.
    pub(crate) fn record(&mut self, length: usize) -> Record<'_> {
        Record::read(&mut self.record, length)
    }

    /// The record, and the buffer for the event that is made from it.
    pub(crate) fn record_and_event(&mut self, length: usize) -> (Record<'_>, &mut Vec<u8>) {
        (Record::read(&mut self.record, length), &mut self.event)
    }

    /// The record, and the schemes that were read so far.
    pub(crate) fn record_and_schemes(&mut self, length: usize) -> (Record<'_>, &mut SchemeCache) {
        (Record::read(&mut self.record, length), &mut self.schemes)
    }

    /// Overwrites a record that holds secrets with zeros.
    pub(crate) fn wipe(&mut self, length: usize) {
        self.record.get_mut(..length).unwrap_or_default().fill(0);
    }
}

/// A record as JavaScript wrote it.
pub(crate) struct Record<'e> {
    pub(crate) fields: Vec<Field<'e>>,
    pub(crate) body: &'e [u8],
    pub(crate) margins: Margins<'e>,
}

/// The bytes right before and right after the body.
pub(crate) struct Margins<'e> {
    pub(crate) before: &'e [Cell<u8>],
    pub(crate) after: &'e [Cell<u8>],
}

/// A field of a record.
#[derive(Clone, Copy)]
pub(crate) enum Field<'e> {
    /// It has no value.
    Absent,
    /// A header that arrived more than once, whose values do not matter.
    Repeated,
    /// Its value.
    Bytes(&'e [u8]),
}

impl<'e> Record<'e> {
    fn read(buffer: &'e mut [u8], length: usize) -> Self {
        let (record, after) = buffer.split_at_mut_checked(length).unwrap_or_default();
        let mut rest = Rest(record);
        let count = rest.take(4).as_chunks().0.first().copied().map_or(0, number);
        let lengths = rest.take(count.saturating_mul(4));
        let mut fields = Vec::with_capacity(lengths.len() / 4);
        for length in lengths.as_chunks().0 {
            fields.push(match u32::from_le_bytes(*length) {
                ABSENT => Field::Absent,
                REPEATED => Field::Repeated,
                _ => Field::Bytes(rest.take(number(*length))),
            });
        }
        let before = Cell::from_mut(rest.take(MARGIN)).as_slice_of_cells();
        let after = Cell::from_mut(after).as_slice_of_cells();
        Record { fields, body: rest.0, margins: Margins { before, after } }
    }

    /// The field at `index` as text; empty if it has no value.
    pub(crate) fn text(&self, index: usize) -> &'e str {
        self.fields.get(index).map_or("", |field| field.text())
    }
}

impl<'e> Field<'e> {
    /// The value as text; empty if there is none. It is UTF-8, because JavaScript encoded it.
    pub(crate) fn text(self) -> &'e str {
        match self {
            Self::Bytes(bytes) => str::from_utf8(bytes).unwrap_or_default(),
            Self::Absent | Self::Repeated => "",
        }
    }
}

/// The part of a record that is still to be read.
struct Rest<'e>(&'e mut [u8]);

impl<'e> Rest<'e> {
    /// Takes `length` bytes off the front, or nothing if fewer are left.
    #[inline(never)]
    fn take(&mut self, length: usize) -> &'e mut [u8] {
        self.0.split_off_mut(..length).unwrap_or_default()
    }
}

fn number(bytes: [u8; 4]) -> usize {
    usize::try_from(u32::from_le_bytes(bytes)).unwrap_or(usize::MAX)
}

/// Schemes by their JSON descriptions. A scheme is never freed, so a description is read only once.
#[derive(Default)]
pub(crate) struct SchemeCache(Vec<(String, &'static Scheme)>);

impl SchemeCache {
    /// The scheme of a description.
    pub(crate) fn get(&mut self, description: &str) -> Result<&'static Scheme, SchemeError> {
        if let Some((_, scheme)) = self.0.iter().find(|(known, _)| known == description) {
            return Ok(scheme);
        }
        let scheme: &'static Scheme = Box::leak(Box::new(Scheme::from_json(description)?));
        self.0.push((description.to_owned(), scheme));
        Ok(scheme)
    }
}
