//! The consumer of the queue: hands each event to the handler, or writes a structured line for it.
//!
//! The handler is a Worker of yours, bound as `HANDLER`. It gets the event as CloudEvents have it over HTTP in binary
//! mode, the body byte for byte, and says with a status of 2xx that it has acted. Where it has acted and that was not heard,
//! since one of the two died or it took too long, it is asked again, with the same `idempotency-key`: by that it tells.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use wasm_bindgen::JsValue;
use worker::{Delay, Env, Headers, MessageBatch, MessageExt, Method, RawMessage, Request, RequestInit};

use crate::bodies;
use crate::faults::reach;
use crate::log::{Level, Line, cut};
use crate::message::{Message, json_of};
use crate::outbox::{self, Effect, Turn};
use crate::redelivery::{self, FIRST_PAUSE, LONGEST_PAUSE};

/// The binding of the handler.
const HANDLER: &str = "HANDLER";
/// How long the handler may take. It is shorter than its turn lasts.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a message goes back to the queue, and when it may come again, where that is known.
struct Failure {
    problem: String,
    after: Option<Duration>,
}

impl<E: ToString> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { problem: error.to_string(), after: None }
    }
}

/// Why an event was not acted on.
enum Unacted {
    /// The attempt is over.
    Failed(String),
    /// The handler may still be at it.
    Unanswered(String),
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
                redelivery::give_back(&raw, after.unwrap_or_else(|| redelivery::pause_of(&raw)));
            }
        }
    }
}

/// Acts on one message, unless that was done before: a queue delivers at least once.
async fn take(raw: &RawMessage, env: &Env) -> Result<(), Failure> {
    let message = read(&raw.body())?;
    let effect = message.effect();
    reach("K10", env).await;
    let attempt = match outbox::begin(env, &effect).await? {
        Turn::Done => return Ok(()),
        Turn::Wait { millis } => {
            let after = Duration::from_millis(millis).saturating_add(Duration::from_secs(1));
            return Err(Failure { problem: "somebody else is at it".into(), after: Some(after) });
        }
        Turn::Act { attempt } => attempt,
    };
    reach("K11", env).await;
    if let Err(unacted) = act(&message, &effect, env).await {
        let problem = match unacted {
            Unacted::Failed(problem) => {
                // Should this fail, the turn ends by itself.
                let _ = outbox::abandon(env, &effect).await;
                problem
            }
            // The turn is kept until it ends: nobody else should be at it meanwhile.
            Unacted::Unanswered(problem) => problem,
        };
        let doubled = FIRST_PAUSE.saturating_mul(1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX));
        return Err(Failure { problem, after: Some(doubled.min(LONGEST_PAUSE)) });
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
async fn act(message: &Message, effect: &Effect, env: &Env) -> Result<(), Unacted> {
    let body = match &message.dataref {
        None => message.body().unwrap_or_default(),
        Some(object) => bodies::get(env, object)
            .await
            .map_err(|error| Unacted::Failed(format!("the body cannot be read from R2: {error}")))?,
    };
    if let Ok(handler) = env.service(HANDLER) {
        let request = as_request(message, effect, &body).map_err(|error| Unacted::Failed(error.to_string()))?;
        let handling = pin!(handler.fetch_request(request));
        let response = match select(handling, Delay::from(PATIENCE)).await {
            Either::Left((response, _)) => {
                response.map_err(|error| Unacted::Failed(format!("the handler failed: {error}")))?
            }
            Either::Right(_) => {
                let problem = format!("the handler did not answer within {} s", PATIENCE.as_secs());
                return Err(Unacted::Unanswered(problem));
            }
        };
        if !(200..300).contains(&response.status_code()) {
            return Err(Unacted::Failed(format!("the handler answered {}", response.status_code())));
        }
    }
    log(message, body.len());
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
        source: cut(message.source_name()),
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
