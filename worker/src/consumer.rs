//! The consumer of the queue: hands each event to the handler, or writes a structured line for it.
//!
//! The handler is a Worker of yours, bound as `HANDLER`. It gets the event as CloudEvents have it over HTTP in binary
//! mode, the body byte for byte, and says with a status of 2xx that it has acted. A crash between acting and saying so has
//! it act again, with the same `idempotency-key`: by that it tells.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use wasm_bindgen::JsValue;
use worker::{
    Delay, Env, Headers, MessageBatch, MessageExt, Method, QueueRetryOptionsBuilder, RawMessage, Request, RequestInit,
};

use crate::bodies;
use crate::faults::reach;
use crate::log::{Level, Line, cut};
use crate::message::{Message, json_of};
use crate::outbox::{self, Effect, Turn};

/// The binding of the handler.
const HANDLER: &str = "HANDLER";
/// How long the handler may take. It is shorter than its turn lasts.
const PATIENCE: Duration = Duration::from_secs(30);
/// The pause after the first failure. It doubles with each, up to the longest that a queue allows.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_hours(12);

/// Why a message goes back to the queue, and when it may come again.
struct Failure {
    problem: String,
    after: Duration,
}

impl<E: ToString> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { problem: error.to_string(), after: FIRST_PAUSE }
    }
}

/// Takes in a batch. Every message is answered for by itself, so that one that cannot be read holds up no other: it
/// goes back, and after some tries to the dead letters.
pub(crate) async fn consume(batch: &MessageBatch<JsValue>, env: &Env) {
    for raw in batch.raw_iter() {
        match take(&raw, env).await {
            Ok(()) => {
                reach("K13", env).await;
                raw.ack();
            }
            Err(Failure { problem, after }) => {
                let line = Line { at: "consumer", outcome: "failed", id: Some(raw.id()), ..Line::default() };
                Line { message: Some(cut(&problem)), ..line }.write(Level::Error);
                let seconds = u32::try_from(after.as_secs()).unwrap_or(u32::MAX);
                raw.retry_with_options(&QueueRetryOptionsBuilder::new().with_delay_seconds(seconds).build());
            }
        }
    }
}

/// Acts on one message, unless that was done before: a queue delivers at least once.
async fn take(raw: &RawMessage, env: &Env) -> Result<(), Failure> {
    let message = read(&raw.body())?;
    let effect = Effect { key: message.key(), replay: message.replay };
    reach("K10", env).await;
    let attempt = match outbox::begin(env, &effect).await? {
        Turn::Done => return Ok(()),
        Turn::Wait => return Err("somebody else is at it".into()),
        Turn::Act { attempt } => attempt,
    };
    reach("K11", env).await;
    if let Err(problem) = act(&message, &effect, env).await {
        // Should this fail, the turn ends by itself.
        let _ = outbox::abandon(env, &effect).await;
        let doubled = FIRST_PAUSE.saturating_mul(1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX));
        return Err(Failure { problem, after: doubled.min(LONGEST_PAUSE) });
    }
    reach("K12", env).await;
    Ok(outbox::finish(env, &effect).await?)
}

/// The message of a version that this consumer knows.
fn read(body: &JsValue) -> Result<Message, String> {
    let json = json_of(body).ok_or("the message is not JSON")?;
    let message: Message = serde_json::from_str(&json).map_err(|error| error.to_string())?;
    message.check()?;
    Ok(message)
}

/// Acts on an event: what happens once for it.
async fn act(message: &Message, effect: &Effect, env: &Env) -> Result<(), String> {
    let body = match &message.dataref {
        None => message.body().unwrap_or_default(),
        Some(object) => {
            bodies::get(env, object).await.map_err(|error| format!("the body cannot be read from R2: {error}"))?
        }
    };
    let bytes = body.len();
    if let Ok(handler) = env.service(HANDLER) {
        let request = as_request(message, effect, &body).map_err(|error| error.to_string())?;
        let handling = pin!(handler.fetch_request(request));
        let response = match select(handling, Delay::from(PATIENCE)).await {
            Either::Left((response, _)) => response.map_err(|error| format!("the handler failed: {error}"))?,
            Either::Right(_) => return Err(format!("the handler did not answer within {} s", PATIENCE.as_secs())),
        };
        if !(200..300).contains(&response.status_code()) {
            return Err(format!("the handler answered {}", response.status_code()));
        }
    }
    log(message, bytes);
    Ok(())
}

/// The event in the binary mode of CloudEvents. Attributes are percent-encoded as that mode has it, so that nothing in
/// them can be taken for another header.
fn as_request(message: &Message, effect: &Effect, body: &[u8]) -> worker::Result<Request> {
    let headers = Headers::new();
    let replay = (message.replay > 0).then(|| message.replay.to_string());
    let attributes = [
        ("ce-specversion", Some(&message.specversion)),
        ("ce-id", Some(&message.id)),
        ("ce-source", Some(&message.source)),
        ("ce-type", Some(&message.kind)),
        ("ce-time", Some(&message.time)),
        ("ce-scheme", Some(&message.scheme)),
        ("ce-keyid", Some(&message.keyid)),
        ("ce-authenticated", Some(&message.authenticated)),
        ("ce-signedtime", message.signedtime.as_ref()),
        ("ce-unsignedid", message.unsignedid.as_ref()),
        ("ce-unsignedtype", message.unsignedtype.as_ref()),
        ("ce-replay", replay.as_ref()),
    ];
    for (name, value) in attributes {
        if let Some(value) = value {
            headers.set(name, &percent_encoded(value))?;
        }
    }
    headers.set("idempotency-key", &percent_encoded(&effect.name()))?;
    let mut init = RequestInit::new();
    let body = js_sys::Uint8Array::from(body);
    init.with_method(Method::Post).with_headers(headers).with_body(Some(body.into()));
    Request::new_with_init("https://handler/", &init)
}

/// What the HTTP binding of CloudEvents encodes: the space, the quote, the percent sign, and all that is not printable
/// ASCII.
fn percent_encoded(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_graphic() && byte != b'"' && byte != b'%' {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

fn log(message: &Message, bytes: usize) {
    Line {
        at: "consumer",
        outcome: "event",
        source: cut(message.source.trim_start_matches("/in/")),
        id: Some(cut(&message.id)),
        kind: Some(cut(&message.kind)),
        key: Some(message.keyid.clone()),
        authenticated: Some(message.authenticated.clone()),
        received: Some(message.time.clone()),
        bytes: Some(bytes),
        ..Line::default()
    }
    .write(Level::Info);
}
