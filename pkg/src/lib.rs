//! The bindings of the npm package: what crosses between JavaScript and the core, and nothing else.
//!
//! Everything crosses as bytes in the two buffers of an [`Exchange`], which are used again and again: a record goes
//! in, an answer comes out. Nothing else is converted, so a verification costs one copy of the delivery and no
//! JavaScript object.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

mod exchange;

use alloc::vec::Vec;

use countersign::{Delivery, Key, Scheme, Tolerance, UnixTime};
use wasm_bindgen::prelude::*;

use exchange::{Answer, Exchange, Field};

/// A verifier of the core, ready for use.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Verifier {
    inner: countersign::Verifier,
    /// The headers that cross, in this order.
    headers: Vec<&'static str>,
}

#[wasm_bindgen]
impl Verifier {
    /// Makes a verifier from the record in the exchange: the name of the scheme, then for each key its name, its
    /// text and its bytes, of which either is there. Where it cannot be made, the answer says why.
    pub fn open(exchange: &mut Exchange, past: u32, future: u32) -> Option<Verifier> {
        let opened = open_verifier(exchange, Tolerance { past, future });
        opened.map_err(|refusal| exchange.answer(&refusal)).ok()
    }

    /// Verifies and decodes the delivery in the exchange: the values of its headers, then its body. Gives the address
    /// of the answer.
    pub fn verify(&self, exchange: &mut Exchange, now_millis: f64) -> *const u8 {
        let record = exchange.record();
        let mut headers = Vec::with_capacity(self.headers.len());
        for (name, value) in self.headers.iter().zip(&record.fields) {
            match value {
                Field::Absent => {}
                Field::Bytes(value) => headers.push((*name, *value)),
                Field::Repeated => headers.extend([(*name, &[][..]), (*name, &[][..])]),
            }
        }
        let answer = match self.inner.verify(Delivery::new(headers, record.rest), from_millis(now_millis)) {
            Ok(verified) => verified.decode().into(),
            Err(rejection) => rejection.into(),
        };
        exchange.answer(&answer)
    }
}

fn open_verifier(exchange: &Exchange, tolerance: Tolerance) -> Result<Verifier, Answer> {
    let record = exchange.record();
    let (scheme, keys) = record.fields.split_first().ok_or_else(Answer::default)?;
    let scheme = Scheme::named(scheme.text())?;
    let mut parsed = Vec::new();
    for key in keys.chunks(3) {
        let [name, text, bytes] = key else { break };
        let key = match bytes {
            Field::Bytes(bytes) => Key::from_bytes(scheme, bytes),
            _ => Key::parse(scheme, text.text()),
        }?;
        parsed.push(match name {
            Field::Bytes(_) => key.named(name.text()),
            _ => key,
        });
    }
    let inner = countersign::Verifier::with_keys(scheme, parsed)?.tolerance(tolerance);
    Ok(Verifier { inner, headers: scheme.headers() })
}

/// Checks that the body in the exchange is strict JSON; gives the address of the answer.
#[wasm_bindgen(js_name = checkJson)]
pub fn check_json(exchange: &mut Exchange) -> *const u8 {
    let answer = countersign::check_json(exchange.record().rest).into();
    exchange.answer(&answer)
}

/// A signer of the core, ready for use.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Signer {
    inner: countersign::Signer,
}

#[wasm_bindgen]
impl Signer {
    /// Makes a signer from the record in the exchange: the name of the scheme, the key's text and its bytes, of which
    /// either is there. Where it cannot be made, the answer says why.
    pub fn open(exchange: &mut Exchange) -> Option<Signer> {
        let opened = open_signer(exchange);
        opened.map_err(|refusal| exchange.answer(&refusal)).ok()
    }

    /// Signs the record in the exchange, an id and the body; the texts of the answer are the names and values of the
    /// headers to send, in turn.
    pub fn sign(&self, exchange: &mut Exchange, now_millis: f64) -> *const u8 {
        let record = exchange.record();
        let id = record.fields.first().map_or("", |id| id.text());
        let headers = self.inner.sign(id, record.rest, from_millis(now_millis));
        exchange.answer(&headers.into())
    }
}

fn open_signer(exchange: &Exchange) -> Result<Signer, Answer> {
    let record = exchange.record();
    let [scheme, text, bytes] = record.fields.as_slice() else {
        return Err(Answer::default());
    };
    let scheme = Scheme::named(scheme.text())?;
    let inner = match bytes {
        Field::Bytes(bytes) => countersign::Signer::with_key(scheme, Key::from_bytes(scheme, bytes)?),
        _ => countersign::Signer::new(scheme, text.text())?,
    };
    Ok(Signer { inner })
}

/// The instant of a JavaScript `Date`. Times before 1970 count as its beginning.
fn from_millis(millis: f64) -> UnixTime {
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast from floating point saturates, which is what is wanted, and there is no other conversion"
    )]
    UnixTime::from_millis(millis as u64)
}

// Without the standard library the module is a good deal smaller. It needs an allocator and a way to stop then.

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn stop(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
