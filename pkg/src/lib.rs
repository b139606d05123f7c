//! The bindings of the npm package: what crosses between JavaScript and the core, and nothing else.
//!
//! Everything crosses as bytes in the two buffers of an [`Exchange`], which are used again and again: a record goes
//! in, an answer comes out. Nothing else is converted, so a verification costs one copy of the delivery and no
//! JavaScript object.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

mod exchange;
mod host;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use countersign::bindings::decode_leaving_digest;
use countersign::{
    Delivery, ExplainContext, Explanation, Key, Outgoing, Rejection, Scheme, SchemeError, Tolerance, UnixTime,
};
use wasm_bindgen::prelude::*;

use exchange::{Answer, Exchange, Field, Record};
use host::JsHost;

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
    /// Makes a verifier from the record in the exchange: the description of the scheme, then for each key its name,
    /// its text and its bytes, of which either is there. The answer says what is to cross for each delivery; where
    /// the verifier cannot be made, it says why. The window is the scheme's own on the sides that are left out.
    pub fn open(exchange: &mut Exchange, length: usize, past: Option<u32>, future: Option<u32>) -> Option<Verifier> {
        let opened = open_verifier(exchange.holding(length), past, future);
        match opened {
            Ok(verifier) => {
                exchange.answer(&verifier.inner.scheme().into());
                Some(verifier)
            }
            Err(refusal) => {
                exchange.answer(&refusal);
                None
            }
        }
    }

    /// Verifies and decodes the delivery in the exchange: the values of its headers, its method, its URL and a verify
    /// token, then its body. Or answers it, if it may be a handshake: then the answer has no texts where it is none.
    /// Where the body is large, its host hashes it. An id that is a digest of the body is left empty. Gives the address
    /// of the answer.
    pub fn verify(
        &self,
        exchange: &mut Exchange,
        length: usize,
        now_millis: f64,
        is_handshake: bool,
        is_hosted: bool,
    ) -> *const u8 {
        let record = exchange.holding(length).record();
        let delivery = self.delivery(&record);
        let now = from_millis(now_millis);
        let host;
        let found: Result<Answer, Rejection> = if is_handshake {
            let verify_token = record.text(self.headers.len().saturating_add(2));
            self.inner.handshake(delivery, now, Some(verify_token)).map(Answer::from)
        } else {
            let verified = if is_hosted {
                host = JsHost::around(record.body, record.margins);
                self.inner.verify_with(delivery, now, &host)
            } else {
                self.inner.verify(delivery, now)
            };
            verified.map(|verified| decode_leaving_digest(&verified).into())
        };
        let answer = found.unwrap_or_else(Answer::from);
        exchange.answer(&answer)
    }

    /// Explains what becomes of the delivery in the exchange: its method and its URL, then the name and the value of
    /// each of its headers; behind them, with no name, the texts of the keys. Gives the address of the answer.
    pub fn explain(&self, exchange: &mut Exchange, length: usize, now_millis: f64) -> *const u8 {
        let answer = self.explained(&exchange.holding(length).record(), from_millis(now_millis)).into();
        exchange.answer(&answer)
    }
}

impl Verifier {
    fn explained(&self, record: &Record<'_>, now: UnixTime) -> Explanation {
        let mut headers = Vec::new();
        let mut secrets = Vec::new();
        for pair in record.fields.get(2..).unwrap_or_default().chunks(2) {
            match pair {
                [name @ Field::Bytes(_), Field::Bytes(value)] => headers.push((name.text(), *value)),
                [_, text] => secrets.push(text.text()),
                _ => {}
            }
        }
        let delivery = requested(Delivery::new(headers, record.body), record, 0);
        self.inner.explain_with(delivery, now, &ExplainContext { secrets: &secrets, ..ExplainContext::default() })
    }

    fn delivery<'e>(&self, record: &Record<'e>) -> Delivery<'e> {
        let mut headers = Vec::with_capacity(self.headers.len());
        for (name, value) in self.headers.iter().zip(&record.fields) {
            match value {
                Field::Absent => {}
                Field::Bytes(value) => headers.push((*name, *value)),
                Field::Repeated => headers.extend_from_slice(&[(*name, &[]), (*name, &[])]),
            }
        }
        requested(Delivery::new(headers, record.body), record, self.headers.len())
    }
}

/// The delivery with the method and the URL of the request, which are the fields at an index and behind it.
fn requested<'e>(mut delivery: Delivery<'e>, record: &Record<'e>, index: usize) -> Delivery<'e> {
    if let Some([method, url, ..]) = record.fields.get(index..) {
        if let Field::Bytes(_) = method {
            delivery = delivery.method(method.text());
        }
        if let Field::Bytes(_) = url {
            delivery = delivery.url(url.text());
        }
    }
    delivery
}

fn open_verifier(exchange: &mut Exchange, past: Option<u32>, future: Option<u32>) -> Result<Verifier, Answer> {
    let scheme = described(exchange)?;
    let record = exchange.record();
    let mut parsed = Vec::new();
    for key in record.fields.get(1..).unwrap_or_default().chunks(3) {
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
    let tolerance =
        Tolerance { past: past.unwrap_or(scheme.tolerance.past), future: future.unwrap_or(scheme.tolerance.future) };
    let inner = countersign::Verifier::with_keys(scheme, parsed)?.tolerance(tolerance);
    Ok(Verifier { inner, headers: scheme.headers() })
}

/// The scheme whose description is the first field of the record. Schemes live for ever, so each is read only once.
fn described(exchange: &mut Exchange) -> Result<&'static Scheme, SchemeError> {
    let text = String::from(exchange.record().text(0));
    if let Some((_, scheme)) = exchange.schemes.iter().find(|(own, _)| *own == text) {
        return Ok(scheme);
    }
    let scheme: &'static Scheme = Box::leak(Box::new(Scheme::from_json(&text)?));
    exchange.schemes.push((text, scheme));
    Ok(scheme)
}

/// Checks that the body in the exchange is strict JSON; gives the address of the answer.
#[wasm_bindgen(js_name = checkJson)]
pub fn check_json(exchange: &mut Exchange, length: usize) -> *const u8 {
    let answer = countersign::bindings::check_json(exchange.holding(length).record().body).into();
    exchange.answer(&answer)
}

/// Makes the id of an event that a digest of its body tells from others, of the body in the exchange; gives the address
/// of the answer.
#[wasm_bindgen(js_name = bodyId)]
pub fn body_id(exchange: &mut Exchange, length: usize, is_hosted: bool) -> *const u8 {
    let record = exchange.holding(length).record();
    let host = JsHost::around(record.body, record.margins);
    let id = countersign::bindings::body_id(record.body, if is_hosted { Some(&host) } else { None });
    exchange.answer(&Some(id).into())
}

/// A signer of the core, ready for use.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Signer {
    inner: countersign::Signer,
}

#[wasm_bindgen]
impl Signer {
    /// Makes a signer from the record in the exchange: the description of the scheme, the key's text and its bytes, of
    /// which either is there. Where it cannot be made, the answer says why.
    pub fn open(exchange: &mut Exchange, length: usize) -> Option<Signer> {
        let opened = open_signer(exchange.holding(length));
        opened.map_err(|refusal| exchange.answer(&refusal)).ok()
    }

    /// Signs the record in the exchange: an id, a method, a URL, and the body. The texts of the answer are the names
    /// and values of the headers to send, in turn.
    pub fn sign(&self, exchange: &mut Exchange, length: usize, now_millis: f64) -> *const u8 {
        let record = exchange.holding(length).record();
        let request = Outgoing { id: record.text(0), method: record.text(1), url: record.text(2), body: record.body };
        let headers = self.inner.sign_request(&request, from_millis(now_millis));
        exchange.answer(&headers.into())
    }

    /// Signs the body in the exchange from within. The text of the answer is the body to send, where there is one.
    #[wasm_bindgen(js_name = signBody)]
    pub fn sign_body(&self, exchange: &mut Exchange, length: usize) -> *const u8 {
        let signed = self.inner.sign_body(exchange.holding(length).record().body);
        let text = signed.and_then(|body| String::from_utf8(body).ok());
        exchange.answer(&text.into())
    }

    /// The URL to send the body in the exchange to, whose first field is the URL that the sender was given.
    #[wasm_bindgen(js_name = signUrl)]
    pub fn sign_url(&self, exchange: &mut Exchange, length: usize) -> *const u8 {
        let record = exchange.holding(length).record();
        let url = self.inner.sign_url(record.text(0), record.body);
        exchange.answer(&Some(url).into())
    }
}

fn open_signer(exchange: &mut Exchange) -> Result<Signer, Answer> {
    let scheme = described(exchange)?;
    let record = exchange.record();
    let inner = match record.fields.get(2) {
        Some(Field::Bytes(bytes)) => countersign::Signer::with_key(scheme, Key::from_bytes(scheme, bytes)?),
        _ => countersign::Signer::new(scheme, record.text(1))?,
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
