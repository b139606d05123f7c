//! The bindings of the npm package: JavaScript's calls go in, the core's results come out. The TypeScript in `ts/` is
//! the only caller.
//!
//! A delivery goes in as one [`Record`] of bytes, which JavaScript writes into the buffer of an [`Exchange`]. A verified
//! event comes back as bytes, too ([`event`]), because converting each value on its own would take longer than verifying
//! a small body. All other results are rare, and cross as JavaScript objects ([`structures`]). An error is thrown as the
//! class that callers of the package catch ([`errors`]).

mod errors;
mod event;
mod exchange;
mod host;
mod structures;

use countersign::{
    Delivery, ExplainContext, Explanation, Key, Outcome, Outgoing, Reply, Scheme, Tolerance, UnixTime, bindings,
};
use wasm_bindgen::prelude::*;

use errors::Thrown;
use event::JsonState;
use exchange::{Exchange, Field, Record, SchemeCache};
use host::JsHost;

/// A verifier of the core with its keys.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Verifier {
    inner: countersign::Verifier,
    /// The headers whose values JavaScript passes for each delivery, in this order.
    headers: Vec<&'static str>,
    /// The headers whose values JavaScript passes for a handshake: those, then the handshake's own.
    handshake_headers: Vec<&'static str>,
}

#[wasm_bindgen]
impl Verifier {
    /// Makes a verifier and wipes the record, which holds secrets.
    ///
    /// The record's fields are the JSON description of the scheme, then three for each key: its id, its text, its bytes.
    /// Either the text or the bytes are absent. `past` and `future` are the tolerance in seconds; the scheme's own value
    /// replaces one that is left out.
    ///
    /// # Errors
    ///
    /// A `SchemeError` or a `KeyError`.
    pub fn open(
        exchange: &mut Exchange,
        length: usize,
        past: Option<u32>,
        future: Option<u32>,
    ) -> Result<Verifier, Thrown> {
        let (record, schemes) = exchange.record_and_schemes(length);
        let opened = open_verifier(&record, schemes, past, future);
        exchange.wipe(length);
        opened
    }

    /// Returns the properties of the scheme that JavaScript needs, as a `SchemeSummary`.
    ///
    /// # Errors
    ///
    /// None that callers can bring about.
    #[wasm_bindgen(unchecked_return_type = "SchemeSummary")]
    pub fn summary(&self) -> Result<JsValue, Thrown> {
        structures::scheme_summary(self.inner.scheme())
    }

    /// Verifies and decodes the delivery in the record. Returns the address of the event; [`event`] has its layout.
    ///
    /// The record's fields are the value of each header of the scheme, the request's method, its URL, and the URL at which it
    /// arrived, if that is another one; the body follows. If `uses_host_hash` is set, the host hashes the body. If the event's id is a digest of the body, it is
    /// left empty: JavaScript calls [`body_id`] when the id is first read.
    ///
    /// # Errors
    ///
    /// A `Rejection` or a `DecodeError`.
    pub fn verify(
        &self,
        exchange: &mut Exchange,
        length: usize,
        now_millis: f64,
        uses_host_hash: bool,
    ) -> Result<*const u8, Thrown> {
        let (record, event) = exchange.record_and_event(length);
        let delivery = delivery(&record, &self.headers);
        let now = from_millis(now_millis);
        let host;
        let verified = if uses_host_hash {
            host = JsHost::new(record.body, record.margins);
            self.inner.verify_with(delivery, now, &host)
        } else {
            self.inner.verify(delivery, now)
        }?;
        Ok(event::encode(&bindings::decode_leaving_digest(&verified)?, event))
    }

    /// Answers the request in the record if it is a handshake. The record's fields are those that [`verify`](Self::verify)
    /// reads, with the handshake's own headers after the scheme's. Returns a `CoreReply`, or `undefined` if it is not a handshake.
    ///
    /// # Errors
    ///
    /// A `Rejection`.
    #[wasm_bindgen(unchecked_return_type = "CoreReply | undefined")]
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen passes an optional string by value only")]
    pub fn handshake(
        &self,
        exchange: &mut Exchange,
        length: usize,
        now_millis: f64,
        verify_token: Option<String>,
    ) -> Result<JsValue, Thrown> {
        let record = exchange.record(length);
        let delivery = delivery(&record, &self.handshake_headers);
        let reply = self.inner.handshake(delivery, from_millis(now_millis), verify_token.as_deref())?;
        structures::reply(reply)
    }

    /// Returns the `CoreReply` that the sender expects for an outcome. `id` is the event's id; it is empty without an event.
    ///
    /// # Errors
    ///
    /// None that callers can bring about.
    #[wasm_bindgen(unchecked_return_type = "CoreReply")]
    pub fn answer(
        &self,
        #[wasm_bindgen(
            unchecked_param_type = "'accepted' | 'duplicate' | 'filtered' | 'rejected' | 'unreadable' | 'failed'"
        )]
        outcome: &str,
        id: &str,
    ) -> Result<JsValue, Thrown> {
        let outcome = match outcome {
            "accepted" => Outcome::Accepted,
            "duplicate" => Outcome::Duplicate,
            "filtered" => Outcome::Filtered,
            "rejected" => Outcome::Rejected,
            "unreadable" => Outcome::Unreadable,
            _ => Outcome::Failed,
        };
        structures::reply(Some(self.inner.answer(outcome, id)))
    }

    /// Explains the verdict on the delivery in the record as an `Explanation`, and wipes the record, which holds secrets.
    ///
    /// The record's fields are the request's method, its URL and the URL at which it arrived, then pairs: the name and the value of each header, and
    /// for each key an absent name and the key's text. The body follows.
    ///
    /// # Errors
    ///
    /// None that callers can bring about.
    #[wasm_bindgen(unchecked_return_type = "Explanation")]
    pub fn explain(&self, exchange: &mut Exchange, length: usize, now_millis: f64) -> Result<JsValue, Thrown> {
        let explanation = self.explanation(&exchange.record(length), from_millis(now_millis));
        exchange.wipe(length);
        structures::explanation(&explanation)
    }
}

impl Verifier {
    fn explanation(&self, record: &Record<'_>, now: UnixTime) -> Explanation {
        let mut headers = Vec::new();
        let mut secrets = Vec::new();
        for pair in record.fields.get(3..).unwrap_or_default().chunks(2) {
            match pair {
                [name @ Field::Bytes(_), Field::Bytes(value)] => headers.push((name.text(), *value)),
                [Field::Absent, secret] => secrets.push(secret.text()),
                _ => {}
            }
        }
        let delivery = with_request(Delivery::new(headers, record.body), record, 0);
        self.inner.explain_with(delivery, now, &ExplainContext { secrets: &secrets, ..ExplainContext::default() })
    }
}

/// The delivery of a record whose first fields are the values of these headers.
fn delivery<'e>(record: &Record<'e>, names: &[&'static str]) -> Delivery<'e> {
    let mut headers = Vec::with_capacity(names.len());
    for (name, value) in names.iter().zip(&record.fields) {
        match value {
            Field::Absent => {}
            Field::Bytes(value) => headers.push((*name, *value)),
            // The core rejects a duplicate header whatever its values are.
            Field::Repeated => headers.extend_from_slice(&[(*name, &[]), (*name, &[])]),
        }
    }
    with_request(Delivery::new(headers, record.body), record, names.len())
}

/// Adds the request's method and URL, which are the record's fields at `index` and after it, to a delivery, and the URL at which
/// it arrived, if that follows.
fn with_request<'e>(mut delivery: Delivery<'e>, record: &Record<'e>, index: usize) -> Delivery<'e> {
    if let Some([method, url, rest @ ..]) = record.fields.get(index..) {
        if let Field::Bytes(_) = method {
            delivery = delivery.method(method.text());
        }
        if let Field::Bytes(_) = url {
            delivery = delivery.url(url.text());
        }
        if let [arrived_at @ Field::Bytes(_), ..] = rest {
            delivery = delivery.arrived_at(arrived_at.text());
        }
    }
    delivery
}

fn open_verifier(
    record: &Record<'_>,
    schemes: &mut SchemeCache,
    past: Option<u32>,
    future: Option<u32>,
) -> Result<Verifier, Thrown> {
    let scheme = schemes.get(record.text(0))?;
    let mut keys = Vec::new();
    for fields in record.fields.get(1..).unwrap_or_default().chunks(3) {
        let [id, text, bytes] = fields else { break };
        let key = read_key(scheme, *text, *bytes)?;
        keys.push(match id {
            Field::Bytes(_) => key.named(id.text()),
            _ => key,
        });
    }
    let tolerance =
        Tolerance { past: past.unwrap_or(scheme.tolerance.past), future: future.unwrap_or(scheme.tolerance.future) };
    let inner = countersign::Verifier::with_keys(scheme, keys)?.tolerance(tolerance);
    let headers = scheme.headers();
    let mut handshake_headers = headers.clone();
    handshake_headers.extend(scheme.handshake_headers());
    Ok(Verifier { inner, headers, handshake_headers })
}

/// Reads a key from its bytes or, if they are absent, from its text.
fn read_key(scheme: &Scheme, text: Field<'_>, bytes: Field<'_>) -> Result<Key, Thrown> {
    let key = match bytes {
        Field::Bytes(bytes) => Key::from_bytes(scheme, bytes),
        _ => Key::parse(scheme, text.text()),
    };
    Ok(key?)
}

/// Answers the request in the record if it is a handshake that comes before the receiver has a key, and wipes the record, which
/// may hold that key. Returns a `CoreReply`, or `undefined` if it is not such a handshake.
///
/// The record's fields are the JSON description of the scheme, the request's method, its URL and a field without a value, then
/// pairs: the name and the value of each header. The body follows.
///
/// # Errors
///
/// A `SchemeError` or a `Rejection`.
#[wasm_bindgen(js_name = setUp, unchecked_return_type = "CoreReply | undefined")]
#[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen passes an optional string by value only")]
pub fn set_up(
    exchange: &mut Exchange,
    length: usize,
    now_millis: f64,
    verify_token: Option<String>,
) -> Result<JsValue, Thrown> {
    let (record, schemes) = exchange.record_and_schemes(length);
    let reply = answer_set_up(&record, schemes, from_millis(now_millis), verify_token.as_deref());
    exchange.wipe(length);
    structures::reply(reply?)
}

fn answer_set_up(
    record: &Record<'_>,
    schemes: &mut SchemeCache,
    now: UnixTime,
    verify_token: Option<&str>,
) -> Result<Option<Reply>, Thrown> {
    let scheme = schemes.get(record.text(0))?;
    let mut headers = Vec::new();
    for pair in record.fields.get(4..).unwrap_or_default().chunks(2) {
        if let [name, Field::Bytes(value)] = pair {
            headers.push((name.text(), *value));
        }
    }
    let delivery = with_request(Delivery::new(headers, record.body), record, 1);
    Ok(scheme.set_up(delivery, now, verify_token)?)
}

/// Checks that the body in the record is JSON, or that it is strict JSON, and returns its state.
///
/// # Errors
///
/// A `DecodeError`.
#[wasm_bindgen(js_name = checkJson)]
pub fn check_json(exchange: &mut Exchange, length: usize, is_strict: bool) -> Result<JsonState, Thrown> {
    let body = exchange.record(length).body;
    let checked = if is_strict { bindings::check_strict_json(body) } else { bindings::check_json(body) };
    Ok(JsonState::of(checked?))
}

/// Returns the text inside the body in the record, or `undefined` if the body does not wrap one. The record's field is the JSON
/// description of the scheme that has verified the body.
///
/// # Errors
///
/// A `SchemeError`.
#[wasm_bindgen(js_name = wrappedText)]
pub fn wrapped_text(exchange: &mut Exchange, length: usize) -> Result<Option<String>, Thrown> {
    let (record, schemes) = exchange.record_and_schemes(length);
    Ok(bindings::wrapped_text(schemes.get(record.text(0))?, record.body))
}

/// Returns the id of an event that is identified by its body: `sha256:` and the digest of the body in the record.
#[wasm_bindgen(js_name = bodyId)]
pub fn body_id(exchange: &mut Exchange, length: usize, uses_host_hash: bool) -> String {
    let record = exchange.record(length);
    let host = JsHost::new(record.body, record.margins);
    bindings::body_id(record.body, if uses_host_hash { Some(&host) } else { None })
}

/// A signer of the core with its key.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Signer {
    inner: countersign::Signer,
}

#[wasm_bindgen]
impl Signer {
    /// Makes a signer and wipes the record, which holds a secret.
    ///
    /// The record's fields are the JSON description of the scheme, the key's text and the key's bytes. Either the text
    /// or the bytes are absent.
    ///
    /// # Errors
    ///
    /// A `SchemeError` or a `KeyError`.
    pub fn open(exchange: &mut Exchange, length: usize) -> Result<Signer, Thrown> {
        let (record, schemes) = exchange.record_and_schemes(length);
        let opened = open_signer(&record, schemes);
        exchange.wipe(length);
        opened
    }

    /// Signs the request in the record, whose fields are an id, a method and a URL; the body follows. Returns the headers
    /// to send as an object.
    ///
    /// # Errors
    ///
    /// None that callers can bring about.
    #[wasm_bindgen(unchecked_return_type = "Record<string, string>")]
    pub fn sign(&self, exchange: &mut Exchange, length: usize, now_millis: f64) -> Result<JsValue, Thrown> {
        let record = exchange.record(length);
        let request = Outgoing { id: record.text(0), method: record.text(1), url: record.text(2), body: record.body };
        structures::headers(self.inner.sign_request(&request, from_millis(now_millis)))
    }

    /// Signs the body in the record for a sender whose signature is part of the body. Returns the body to send, or
    /// nothing if this sender does not sign so.
    #[wasm_bindgen(js_name = signBody)]
    pub fn sign_body(&self, exchange: &mut Exchange, length: usize) -> Option<String> {
        let signed = self.inner.sign_body(exchange.record(length).body)?;
        String::from_utf8(signed).ok()
    }

    /// Returns the URL to send the body in the record to. The record's field is the URL that the sender was given.
    #[wasm_bindgen(js_name = signUrl)]
    pub fn sign_url(&self, exchange: &mut Exchange, length: usize) -> String {
        let record = exchange.record(length);
        self.inner.sign_url(record.text(0), record.body)
    }
}

fn open_signer(record: &Record<'_>, schemes: &mut SchemeCache) -> Result<Signer, Thrown> {
    let scheme = schemes.get(record.text(0))?;
    let inner = match record.fields.get(2) {
        Some(Field::Bytes(bytes)) => countersign::Signer::with_key(scheme, Key::from_bytes(scheme, bytes)?),
        _ => countersign::Signer::new(scheme, record.text(1))?,
    };
    Ok(Signer { inner })
}

/// The instant of a JavaScript `Date`. A time before 1970 becomes the beginning of 1970.
fn from_millis(millis: f64) -> UnixTime {
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast from floating point saturates, and the standard library has no other conversion"
    )]
    UnixTime::from_millis(millis as u64)
}

/// The default allocator is five times as large, and a user downloads the module.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
