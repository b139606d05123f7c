//! Reading a request's body within bounds: of its length, of the time it takes, and of what all bodies together take.

use std::cell::{Cell, RefCell};
use std::pin::pin;

use futures_util::future::{Either, select};
use js_sys::{ArrayBuffer, Promise, Reflect, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, Request};
use worker::{Delay, Env};

use crate::settings::Settings;

/// The longest body that is read in one go. Nearly all are shorter: this is what a queue message holds.
const SHORT_BYTES: usize = 128 * 1024;
/// How many short bodies may be on their way at once: 8 MB of them. What goes beyond is counted as it arrives.
const MOST_ON_THEIR_WAY: usize = 64;
/// What `body.js` gives where the body did not come in time.
const TOO_SLOW: &str = "too slow";

/// Judges a request whose body has come: the request, the environment, when it came, and the body or why there is none.
pub(crate) type Judge = dyn Fn(Request, Env, f64, JsValue) -> Result<JsValue, JsValue>;

#[wasm_bindgen(module = "/src/body.js")]
extern "C" {
    /// Reads a short body within `patience` milliseconds, and gives what `judge` makes of it.
    #[wasm_bindgen(js_name = readShort)]
    pub(crate) fn read_short(
        request: &Request,
        env: &Env,
        started: f64,
        patience: f64,
        judge: &Closure<Judge>,
    ) -> Promise;
}

/// Why there is no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// The connection broke off before the end.
    Truncated,
    /// It is longer than what is taken.
    TooLarge,
    /// The sender took too long for it.
    TooSlow,
    /// The isolate holds as many bytes as it can for now.
    NoRoom,
}

/// A whole body. The room that it takes is free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) bytes: Vec<u8>,
    _room: Room,
}

/// Whether the sender says that the body is a short one. HTTP ends a body where its declared length does.
pub(crate) fn is_declared_short(request: &Request, max_bytes: usize) -> bool {
    let declared = request.headers().get("content-length").ok().flatten();
    let declared = declared.and_then(|length| length.parse::<usize>().ok());
    declared.is_some_and(|length| length <= SHORT_BYTES.min(max_bytes))
}

/// Whether there is room for one more short body on its way, which then takes it. Those that have had their time are
/// not coming any more: the platform forgets requests whose sender has gone.
pub(crate) fn set_out(started: f64, patience: f64) -> bool {
    ON_THEIR_WAY.with_borrow_mut(|started_ones| {
        started_ones.retain(|other| started - other <= patience);
        let has_room = started_ones.len() < MOST_ON_THEIR_WAY;
        started_ones.extend(has_room.then_some(started));
        has_room
    })
}

fn arrive(started: f64) {
    ON_THEIR_WAY.with_borrow_mut(|started_ones| {
        if let Some(index) = started_ones.iter().position(|other| other.to_bits() == started.to_bits()) {
            started_ones.swap_remove(index);
        }
    });
}

/// A short body as it was read by [`read_short`]. Until it is whole it is not held here but on its way.
pub(crate) fn short(read: JsValue, started: f64, max_bytes: usize, budget_bytes: usize) -> Result<Body, BodyError> {
    arrive(started);
    let buffer: ArrayBuffer = read.dyn_into().map_err(|why| {
        if why.as_string().is_some_and(|why| why == TOO_SLOW) { BodyError::TooSlow } else { BodyError::Truncated }
    })?;
    let bytes = Uint8Array::new(&buffer);
    let length = usize::try_from(bytes.length()).unwrap_or(usize::MAX);
    if length > max_bytes {
        return Err(BodyError::TooLarge);
    }
    let mut room = Room::default();
    room.take(length, budget_bytes)?;
    Ok(Body { bytes: bytes.to_vec(), _room: room })
}

/// The whole body. It is counted as it arrives: a declared length may lie, and a body that breaks off is no body.
pub(crate) async fn read(request: &Request, max_bytes: usize, settings: &Settings) -> Result<Body, BodyError> {
    let Some(stream) = request.body() else {
        return Ok(Body { bytes: Vec::new(), _room: Room::default() });
    };
    let reader: ReadableStreamDefaultReader = stream.get_reader().dyn_into().map_err(|_| BodyError::Truncated)?;
    let read = {
        let whole = pin!(read_to_end(&reader, max_bytes, settings.body_budget_bytes));
        match select(whole, Delay::from(settings.body_patience())).await {
            Either::Left((read, _)) => read,
            Either::Right(_) => Err(BodyError::TooSlow),
        }
    };
    if read.is_err() {
        // What is still on its way is of no interest to anyone.
        let _ = reader.cancel();
    }
    read
}

async fn read_to_end(
    reader: &ReadableStreamDefaultReader,
    max_bytes: usize,
    budget_bytes: usize,
) -> Result<Body, BodyError> {
    let mut room = Room::default();
    // The pieces stay outside until all are there: a buffer that grows would take up to three times the room.
    let mut pieces: Vec<Uint8Array> = Vec::new();
    loop {
        let step = JsFuture::from(reader.read()).await.map_err(|_| BodyError::Truncated)?;
        if property(&step, "done").is_truthy() {
            break;
        }
        let piece: Uint8Array = property(&step, "value").dyn_into().map_err(|_| BodyError::Truncated)?;
        let length = usize::try_from(piece.length()).unwrap_or(usize::MAX);
        if room.bytes.saturating_add(length) > max_bytes {
            return Err(BodyError::TooLarge);
        }
        room.take(length, budget_bytes)?;
        pieces.push(piece);
    }
    let mut bytes = vec![0; room.bytes];
    let mut rest = bytes.as_mut_slice();
    for piece in pieces {
        let length = usize::try_from(piece.length()).unwrap_or(usize::MAX);
        let (place, behind) = rest.split_at_mut_checked(length).ok_or(BodyError::Truncated)?;
        piece.copy_to(place);
        rest = behind;
    }
    Ok(Body { bytes, _room: room })
}

thread_local! {
    /// The bytes of all bodies that this isolate holds.
    static HELD: Cell<usize> = const { Cell::new(0) };
    /// When the short bodies came that are on their way.
    static ON_THEIR_WAY: RefCell<Vec<f64>> = const { RefCell::new(Vec::new()) };
}

/// Room for a body: counted as long as it is held.
#[derive(Debug, Default)]
struct Room {
    bytes: usize,
}

impl Room {
    /// Takes room for so many more bytes.
    fn take(&mut self, bytes: usize, budget_bytes: usize) -> Result<(), BodyError> {
        let held = HELD.get().saturating_add(bytes);
        if held > budget_bytes {
            return Err(BodyError::NoRoom);
        }
        HELD.set(held);
        self.bytes = self.bytes.saturating_add(bytes);
        Ok(())
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        HELD.set(HELD.get().saturating_sub(self.bytes));
    }
}

fn property(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}
