//! Reads the body of a request within bounds: of its length, of its time, and of the memory that all bodies of the isolate
//! take together. Returns the bytes, or why they are not complete.
//!
//! Long bodies are counted as they arrive, because a declared length may be wrong. Short ones are read by `body.js`.

use std::cell::Cell;
use std::pin::pin;

use js_sys::{ArrayBuffer, Promise, Reflect, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, ReadableStreamDefaultReader, Request};

use crate::limits::{MAX_SHORT_BODY_BYTES, RESERVED_FOR_SHORT_BODIES_BYTES};
use crate::platform::timeout::within;
use crate::settings::Settings;

/// The text that `body.js` passes on if the body did not arrive in time.
const TOO_SLOW: &str = "too slow";

/// Handles a delivery whose body was read: takes its ticket, and an `ArrayBuffer` or the reason for not having one.
pub(super) type BodyHandler = dyn Fn(u32, JsValue) -> Result<JsValue, JsValue>;

#[wasm_bindgen(module = "/src/intake/body.js")]
extern "C" {
    /// Reads a short body within `timeout` milliseconds, and returns the promise of the handler's response.
    #[wasm_bindgen(js_name = readShort)]
    pub(super) fn read_short(request: &Request, timeout: f64, handle: &Closure<BodyHandler>, ticket: u32) -> Promise;
}

/// Why the gate does not have the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyError {
    /// The connection ended before the body did.
    Truncated,
    /// The body is longer than the gate accepts.
    TooLarge,
    /// The sender took too long.
    TooSlow,
    /// The isolate holds as many bytes as its budget allows.
    OverBudget,
}

/// A complete body. The budget counts it until it is dropped.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) bytes: Vec<u8>,
    reservation: Reservation,
}

impl Body {
    /// The body of a request that does not have one.
    pub(super) fn empty() -> Self {
        Self { bytes: Vec::new(), reservation: Reservation::default() }
    }

    /// The bytes, and the reservation that counts them until it is dropped.
    pub(super) fn into_parts(self) -> (Vec<u8>, Reservation) {
        (self.bytes, self.reservation)
    }
}

/// Whether the request declares a short body. HTTP ends a body at its declared length.
pub(super) fn is_declared_short(headers: &Headers, max_bytes: usize) -> bool {
    let declared = headers.get("content-length").ok().flatten();
    let declared = declared.and_then(|length| length.parse::<usize>().ok());
    declared.is_some_and(|length| length <= MAX_SHORT_BODY_BYTES.min(max_bytes))
}

/// The short body that [`read_short`] read.
pub(super) fn from_js(read: JsValue, max_bytes: usize, budget_bytes: usize) -> Result<Body, BodyError> {
    let buffer: ArrayBuffer = read.dyn_into().map_err(|reason| {
        if reason.as_string().is_some_and(|reason| reason == TOO_SLOW) {
            BodyError::TooSlow
        } else {
            BodyError::Truncated
        }
    })?;
    let bytes = Uint8Array::new(&buffer);
    let length = usize::try_from(bytes.length()).unwrap_or(usize::MAX);
    if length > max_bytes {
        return Err(BodyError::TooLarge);
    }
    let mut reservation = Reservation::default();
    reservation.add(length, budget_bytes)?;
    Ok(Body { bytes: bytes.to_vec(), reservation })
}

/// Reads a body of any length.
pub(super) async fn read(request: &Request, max_bytes: usize, settings: &Settings) -> Result<Body, BodyError> {
    let Some(stream) = request.body() else {
        return Ok(Body::empty());
    };
    let reader: ReadableStreamDefaultReader = stream.get_reader().dyn_into().map_err(|_| BodyError::Truncated)?;
    let budget_bytes = settings.body_budget_bytes.saturating_sub(RESERVED_FOR_SHORT_BODIES_BYTES).max(max_bytes);
    let reading = pin!(read_to_end(&reader, max_bytes, budget_bytes));
    let result = within(settings.body_timeout(), reading).await.unwrap_or(Err(BodyError::TooSlow));
    if result.is_err() {
        // The rest of the body is not needed.
        let _ = reader.cancel();
    }
    result
}

async fn read_to_end(
    reader: &ReadableStreamDefaultReader,
    max_bytes: usize,
    budget_bytes: usize,
) -> Result<Body, BodyError> {
    let mut reservation = Reservation::default();
    // The chunks stay in JavaScript until all have arrived: a growing buffer would take up to three times their size.
    let mut chunks: Vec<Uint8Array> = Vec::new();
    loop {
        let step = JsFuture::from(reader.read()).await.map_err(|_| BodyError::Truncated)?;
        if property(&step, "done").is_truthy() {
            break;
        }
        let chunk: Uint8Array = property(&step, "value").dyn_into().map_err(|_| BodyError::Truncated)?;
        let length = usize::try_from(chunk.length()).unwrap_or(usize::MAX);
        if reservation.bytes.saturating_add(length) > max_bytes {
            return Err(BodyError::TooLarge);
        }
        reservation.add(length, budget_bytes)?;
        chunks.push(chunk);
    }
    let mut bytes = vec![0; reservation.bytes];
    let mut rest = bytes.as_mut_slice();
    for chunk in chunks {
        let length = usize::try_from(chunk.length()).unwrap_or(usize::MAX);
        let (target, after) = rest.split_at_mut_checked(length).ok_or(BodyError::Truncated)?;
        chunk.copy_to(target);
        rest = after;
    }
    Ok(Body { bytes, reservation })
}

thread_local! {
    /// The bytes of all bodies that this isolate holds.
    static HELD: Cell<usize> = const { Cell::new(0) };
}

/// A part of the isolate's budget for bodies. Dropping it returns the bytes to the budget.
#[derive(Debug, Default)]
pub(super) struct Reservation {
    bytes: usize,
}

impl Reservation {
    /// Reserves this many more bytes.
    fn add(&mut self, bytes: usize, budget_bytes: usize) -> Result<(), BodyError> {
        let held = HELD.get().saturating_add(bytes);
        if held > budget_bytes {
            return Err(BodyError::OverBudget);
        }
        HELD.set(held);
        self.bytes = self.bytes.saturating_add(bytes);
        Ok(())
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        HELD.set(HELD.get().saturating_sub(self.bytes));
    }
}

fn property(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}
