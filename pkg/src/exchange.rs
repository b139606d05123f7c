//! The buffers through which a record goes in and an answer comes out. `ts/exchange.ts` is the other side of this page.
//!
//! All numbers are little-endian. A record: how many fields there are (`u32`); the length of each in bytes (`u32`,
//! [`ABSENT`] or [`REPEATED`]); the bytes of the fields, one after the other; a margin of [`MARGIN`] bytes, which mean
//! nothing; the rest is the body. Behind the record there is another margin. But for the margins nothing of it changes here:
//! JavaScript may ask more about a record that is still there, and reads the body from it.
//!
//! An answer: outcome, what is known of the body as JSON, and the index of the key (`u32` each); the signed time
//! (`f64`); how many texts there are, and how many bytes they take together (`u32` each); the length of each text in
//! UTF-16 code units (`u32`, or [`ABSENT`]); the texts in UTF-8, one after the other.

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

use countersign::{
    Authenticated, DecodeError, Event, Explanation, Json, KeyError, Rejection, Reply, Scheme, SchemeError,
};

use crate::wasm_bindgen;

/// Stands in place of a length: there is nothing.
const ABSENT: u32 = u32::MAX;
/// Stands in place of a length: the header arrived more than once.
const REPEATED: u32 = u32::MAX - 1;

/// How many bytes there is room for before and behind the body, in which the core can put what is hashed with it: a
/// key's block, the longest id and a time take less than half of it, which leaves the rest to a URL.
const MARGIN: usize = 1024;

/// A buffer for records and one for answers, both used again.
#[wasm_bindgen]
#[derive(Default)]
pub struct Exchange {
    input: Vec<u8>,
    /// How much of the input the record takes.
    length: usize,
    output: Vec<u8>,
    /// The schemes that were read, with their descriptions.
    pub(crate) schemes: Vec<(String, &'static Scheme)>,
}

/// What went in.
pub(crate) struct Record<'e> {
    pub(crate) fields: Vec<Field<'e>>,
    pub(crate) body: &'e [u8],
    pub(crate) margins: Margins<'e>,
}

/// The room right before and right behind the body.
pub(crate) struct Margins<'e> {
    pub(crate) before: &'e [Cell<u8>],
    pub(crate) after: &'e [Cell<u8>],
}

impl<'e> Record<'e> {
    /// A field as text; empty where there is none.
    pub(crate) fn text(&self, index: usize) -> &'e str {
        self.fields.get(index).map_or("", |field| field.text())
    }
}

/// A field of a record.
#[derive(Clone, Copy)]
pub(crate) enum Field<'e> {
    Absent,
    Repeated,
    Bytes(&'e [u8]),
}

impl<'e> Field<'e> {
    /// The field as text; empty where it is none. JavaScript encodes every text that it passes.
    pub(crate) fn text(self) -> &'e str {
        match self {
            Self::Bytes(bytes) => core::str::from_utf8(bytes).unwrap_or_default(),
            Self::Absent | Self::Repeated => "",
        }
    }
}

#[wasm_bindgen]
impl Exchange {
    /// An exchange with nothing in it.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Exchange {
        Self::default()
    }

    /// Makes room for records of this many bytes and gives its address. It stays until room is made again.
    pub fn reserve(&mut self, length: usize) -> *const u8 {
        // What was there is given back first: there need not be room for both.
        self.input = Vec::new();
        self.input.resize(length, 0);
        self.input.as_ptr()
    }

    /// Overwrites the record: it held a secret.
    pub fn wipe(&mut self) {
        self.input.fill(0);
    }

    /// The address of the latest answer.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn latest(&self) -> *const u8 {
        self.output.as_ptr()
    }
}

impl Exchange {
    /// Says how long the record is that was put there.
    pub(crate) fn holding(&mut self, length: usize) -> &mut Self {
        self.length = length;
        self
    }

    pub(crate) fn record(&mut self) -> Record<'_> {
        let (record, after) = self.input.split_at_mut_checked(self.length).unwrap_or_default();
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

    /// Puts an answer into the buffer and gives its address.
    pub(crate) fn answer(&mut self, answer: &Answer) -> *const u8 {
        let output = &mut self.output;
        output.clear();
        let count = u32::try_from(answer.texts.len()).unwrap_or(0);
        let bytes: usize = answer.texts.iter().flatten().map(String::len).sum();
        for number in [answer.outcome, answer.json, answer.key] {
            output.extend_from_slice(&number.to_le_bytes());
        }
        output.extend_from_slice(&answer.signed_at.to_le_bytes());
        output.extend_from_slice(&count.to_le_bytes());
        output.extend_from_slice(&u32::try_from(bytes).unwrap_or(0).to_le_bytes());
        for text in &answer.texts {
            let units = text.as_deref().map(utf16_units);
            output.extend_from_slice(&units.unwrap_or(ABSENT).to_le_bytes());
        }
        for text in answer.texts.iter().flatten() {
            output.extend_from_slice(text.as_bytes());
        }
        output.as_ptr()
    }
}

/// How long a text is in UTF-16: a unit for each character, and one more for those of four bytes.
fn utf16_units(text: &str) -> u32 {
    text.bytes().fold(0, |units: u32, byte| {
        let begins = byte & 0xC0 != 0x80;
        units.wrapping_add(u32::from(begins)).wrapping_add(u32::from(byte >= 0xF0))
    })
}

/// What is still to be read of a record.
struct Rest<'e>(&'e mut [u8]);

impl<'e> Rest<'e> {
    /// Takes so many bytes off its front; none, if there are not as many.
    #[inline(never)]
    fn take(&mut self, length: usize) -> &'e mut [u8] {
        self.0.split_off_mut(..length).unwrap_or_default()
    }
}

fn number(bytes: [u8; 4]) -> usize {
    usize::try_from(u32::from_le_bytes(bytes)).unwrap_or(usize::MAX)
}

/// How it ended.
const DONE: u32 = 0;
const REJECTED: u32 = 1;
const UNREADABLE: u32 = 2;
const NO_KEY: u32 = 3;
const NO_SCHEME: u32 = 4;

/// What is known of the body as JSON.
const NOT_READ: u32 = 0;
const STRICT: u32 = 1;
const STRICT_WITH_BIG_INTEGERS: u32 = 2;
const NOT_STRICT: u32 = 3;

/// What the core found, flattened. The texts of an error are its code and its message; those of an event are its id,
/// type, unsigned id and unsigned type, and the error of the body as JSON where there is one.
pub(crate) struct Answer {
    outcome: u32,
    json: u32,
    key: u32,
    /// Milliseconds since 1970, or not a number.
    signed_at: f64,
    texts: Vec<Option<String>>,
}

impl Default for Answer {
    fn default() -> Self {
        Self { outcome: DONE, json: NOT_READ, key: 0, signed_at: f64::NAN, texts: Vec::new() }
    }
}

impl Answer {
    fn error(outcome: u32, code: &str, message: String) -> Self {
        Self { outcome, texts: Vec::from([Some(code.into()), Some(message)]), ..Self::default() }
    }
}

impl From<Rejection> for Answer {
    fn from(rejection: Rejection) -> Self {
        Self::error(REJECTED, rejection.code(), rejection.message())
    }
}

impl From<DecodeError> for Answer {
    fn from(error: DecodeError) -> Self {
        Self::error(UNREADABLE, error.code(), error.message())
    }
}

impl From<KeyError> for Answer {
    fn from(error: KeyError) -> Self {
        Self::error(NO_KEY, error.code(), error.message().into())
    }
}

impl From<SchemeError> for Answer {
    fn from(error: SchemeError) -> Self {
        Self::error(NO_SCHEME, error.code(), error.message())
    }
}

impl From<Result<Event<'_>, DecodeError>> for Answer {
    fn from(decoded: Result<Event<'_>, DecodeError>) -> Self {
        let event = match decoded {
            Ok(event) => event,
            Err(error) => return error.into(),
        };
        let (json, error) = json_state(event.json_if_read());
        #[expect(
            clippy::as_conversions,
            clippy::cast_precision_loss,
            reason = "a Date counts milliseconds in floating point, and fourteen digits fit exactly"
        )]
        let signed_at = event.signed_at.map_or(f64::NAN, |time| time.as_millis() as f64);
        Self {
            outcome: DONE,
            json,
            key: u32::try_from(event.key).unwrap_or(u32::MAX),
            signed_at,
            texts: Vec::from([
                Some(event.id),
                event.kind,
                event.unsigned_id.map(String::from),
                event.unsigned_kind.map(String::from),
                error.map(|error| error.code().into()),
                error.map(|error| error.message()),
            ]),
        }
    }
}

impl From<Result<Json<'_>, DecodeError>> for Answer {
    fn from(checked: Result<Json<'_>, DecodeError>) -> Self {
        match checked {
            Err(error) => error.into(),
            Ok(_) => Self { json: json_state(Some(checked)).0, ..Self::default() },
        }
    }
}

/// What JavaScript has to know of a scheme: its name and the headers that cross; in place of the key, as bits, whether
/// the body is signed, the method, and the URL, and whether handshakes are asked in the query.
impl From<&Scheme> for Answer {
    fn from(scheme: &Scheme) -> Self {
        let signs_body = scheme.authenticated() == Authenticated::Content;
        let bits = [(signs_body, 1), (scheme.signs_method(), 2), (scheme.signs_url(), 4), (scheme.asks_in_query(), 8)];
        let mut texts = Vec::from([Some(scheme.name.into())]);
        for header in scheme.headers() {
            texts.push(Some(header.into()));
        }
        let key = bits.iter().fold(0, |key, (is_set, bit)| if *is_set { key | bit } else { key });
        Self { key, texts, ..Self::default() }
    }
}

/// The reply to a handshake: in place of the key the status, then content type, body, and the URL to visit.
impl From<Option<Reply>> for Answer {
    fn from(reply: Option<Reply>) -> Self {
        reply.map_or_else(Self::default, |reply| Self {
            key: u32::from(reply.status),
            texts: Vec::from([Some(reply.content_type.into()), Some(reply.body), reply.visit]),
            ..Self::default()
        })
    }
}

impl From<Option<String>> for Answer {
    fn from(text: Option<String>) -> Self {
        Self { texts: Vec::from([text]), ..Self::default() }
    }
}

impl From<Vec<(String, String)>> for Answer {
    fn from(headers: Vec<(String, String)>) -> Self {
        let mut texts = Vec::new();
        for (name, value) in headers {
            texts.push(Some(name));
            texts.push(Some(value));
        }
        Self { texts, ..Self::default() }
    }
}

/// How many checks there are in place of the key; then the verdict, the name and the detail of each check, and the code
/// and the message of each hint. Only the last check can have failed, and has where the verdict is not `valid`.
impl From<Explanation> for Answer {
    fn from(explanation: Explanation) -> Self {
        let mut texts = Vec::from([Some(explanation.verdict.into())]);
        let key = u32::try_from(explanation.checks.len()).unwrap_or(0);
        for check in explanation.checks {
            texts.push(Some(check.name.as_str().into()));
            texts.push(Some(check.detail));
        }
        for hint in explanation.hints {
            texts.push(Some(hint.code.as_str().into()));
            texts.push(Some(hint.message));
        }
        Self { key, texts, ..Self::default() }
    }
}

fn json_state(read: Option<Result<Json<'_>, DecodeError>>) -> (u32, Option<DecodeError>) {
    match read {
        None => (NOT_READ, None),
        Some(Ok(json)) if json.has_big_integer => (STRICT_WITH_BIG_INTEGERS, None),
        Some(Ok(_)) => (STRICT, None),
        Some(Err(error)) => (NOT_STRICT, Some(error)),
    }
}
