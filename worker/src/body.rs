//! Reading a request's body within bounds: of its length, of the time it takes, and of what all bodies together take.

use std::cell::Cell;
use std::pin::pin;

use futures_util::future::{Either, select};
use js_sys::{ArrayBuffer, Promise, Reflect, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, ReadableStreamDefaultReader, Request};
use worker::Delay;

use crate::settings::Settings;

/// The longest body that is read in one go. Nearly all are shorter: this is what a queue message holds.
const SHORT_BYTES: usize = 128 * 1024;
/// How many short bodies may be on their way at once. What goes beyond is counted as it arrives.
const MOST_ON_THEIR_WAY: usize = 64;
/// What long bodies leave of the budget, so that a few that come slowly do not stop all others.
const KEPT_FOR_SHORT_BYTES: usize = MOST_ON_THEIR_WAY * SHORT_BYTES;
/// How long a delivery is kept beyond its time, in milliseconds: a timer goes off late while the isolate is busy.
const LATENESS: f64 = 1000.0;
/// What `body.js` gives where the body did not come in time.
const TOO_SLOW: &str = "too slow";

/// Judges a delivery whose body has come: its ticket, and the body or why there is none.
pub(crate) type Judge = dyn Fn(u32, JsValue) -> Result<JsValue, JsValue>;

#[wasm_bindgen(module = "/src/body.js")]
extern "C" {
    /// Reads a short body within `patience` milliseconds, and gives what `judge` makes of it.
    #[wasm_bindgen(js_name = readShort)]
    pub(crate) fn read_short(request: &Request, patience: f64, judge: &Closure<Judge>, ticket: u32) -> Promise;
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
    room: Room,
}

impl Body {
    /// The bytes, and the room that they take as long as it is held.
    pub(crate) fn into_parts(self) -> (Vec<u8>, Room) {
        (self.bytes, self.room)
    }
}

/// Whether the sender says that the body is a short one. HTTP ends a body where its declared length does.
pub(crate) fn is_declared_short(headers: &Headers, max_bytes: usize) -> bool {
    let declared = headers.get("content-length").ok().flatten();
    let declared = declared.and_then(|length| length.parse::<usize>().ok());
    declared.is_some_and(|length| length <= SHORT_BYTES.min(max_bytes))
}

/// Deliveries whose short bodies are on their way.
#[derive(Debug)]
pub(crate) struct OnTheirWay<T> {
    last_ticket: u32,
    waiting: Vec<Waiting<T>>,
}

#[derive(Debug)]
struct Waiting<T> {
    ticket: u32,
    /// When it is not coming any more.
    until: f64,
    delivery: T,
}

impl<T> OnTheirWay<T> {
    pub(crate) const fn new() -> Self {
        Self { last_ticket: 0, waiting: Vec::new() }
    }

    /// A ticket for one more, if there is room. Whatever has had its time makes room: the platform forgets requests whose
    /// sender has gone.
    pub(crate) fn ticket(&mut self, now: f64) -> Option<u32> {
        self.waiting.retain(|waiting| now <= waiting.until);
        if self.waiting.len() >= MOST_ON_THEIR_WAY {
            return None;
        }
        self.last_ticket = self.last_ticket.wrapping_add(1);
        Some(self.last_ticket)
    }

    /// Keeps a delivery while its body, which may take `patience` milliseconds, is on its way.
    pub(crate) fn set_out(&mut self, ticket: u32, now: f64, patience: f64, delivery: T) {
        self.waiting.push(Waiting { ticket, until: now + patience + LATENESS, delivery });
    }

    /// The delivery with this ticket, unless it has had its time.
    pub(crate) fn arrive(&mut self, ticket: u32) -> Option<T> {
        let index = self.waiting.iter().position(|waiting| waiting.ticket == ticket)?;
        Some(self.waiting.swap_remove(index).delivery)
    }
}

/// A short body as it was read by [`read_short`]. Until it is whole it is not held here but on its way.
pub(crate) fn short(read: JsValue, max_bytes: usize, budget_bytes: usize) -> Result<Body, BodyError> {
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
    Ok(Body { bytes: bytes.to_vec(), room })
}

/// The whole body. It is counted as it arrives: a declared length may lie, and a body that breaks off is no body.
pub(crate) async fn read(request: &Request, max_bytes: usize, settings: &Settings) -> Result<Body, BodyError> {
    let Some(stream) = request.body() else {
        return Ok(Body { bytes: Vec::new(), room: Room::default() });
    };
    let reader: ReadableStreamDefaultReader = stream.get_reader().dyn_into().map_err(|_| BodyError::Truncated)?;
    let read = {
        let budget_bytes = settings.body_budget_bytes.saturating_sub(KEPT_FOR_SHORT_BYTES);
        let whole = pin!(read_to_end(&reader, max_bytes, budget_bytes.max(max_bytes)));
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
    Ok(Body { bytes, room })
}

thread_local! {
    /// The bytes of all bodies that this isolate holds.
    static HELD: Cell<usize> = const { Cell::new(0) };
}

/// Room for a body: counted as long as it is held.
#[derive(Debug, Default)]
pub(crate) struct Room {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_fetches_its_delivery_once() {
        let mut all = OnTheirWay::new();
        let tickets = ["one", "two", "three"].map(|delivery| {
            let ticket = all.ticket(0.0).expect("there is room");
            all.set_out(ticket, 0.0, 10.0, delivery);
            ticket
        });
        let [one, two, three] = tickets;
        assert_eq!(all.arrive(two), Some("two"));
        assert_eq!(all.arrive(two), None);
        assert_eq!(all.arrive(three), Some("three"));
        assert_eq!(all.arrive(one), Some("one"));
    }

    #[test]
    fn those_that_have_had_their_time_make_room() {
        let mut all = OnTheirWay::new();
        for number in 0..MOST_ON_THEIR_WAY {
            let ticket = all.ticket(0.0).expect("there is room");
            all.set_out(ticket, 0.0, 10.0, number);
        }
        assert_eq!(all.ticket(10.0 + LATENESS), None);
        let ticket = all.ticket(11.0 + LATENESS).expect("there is room again");
        assert_eq!(all.arrive(ticket), None, "nothing was kept under it yet");
        assert_eq!(all.arrive(1), None, "it is gone");
    }
}
