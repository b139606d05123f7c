//! What the gate answers: every status code there is, in one place.
//!
//! Senders act on the status. They never get a redirect or 410, which would make some of them give up the endpoint,
//! and never a success before the event is stored. Why something was refused is in the log and not in the answer.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use js_sys::Uint8Array;
use serde::Serialize;
use serde_json::Value;
use wasm_bindgen::JsValue;
use web_sys::{Headers, Response, ResponseInit};

use crate::log::Level;

/// How long a sender should wait before it tries again: not all of them equally long.
const SHORTEST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// An answer of the gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// The gate runs.
    Healthy,
    /// What a sender wants to hear from a new address.
    Handshake(countersign::Reply),
    /// The event of this id is stored, and will be on the queue.
    Accepted { id: String },
    /// The event of this id was stored before.
    Duplicate { id: String },
    /// The event of this id is genuine, and of a type that the source does not want: it is not stored.
    Filtered { id: String },
    /// The request broke off or is not HTTP.
    BadRequest,
    /// Not authentic: the same answer for every reason.
    NotAuthentic,
    /// No such source or page.
    NotFound,
    /// Another method is meant.
    MethodNotAllowed { allow: &'static str },
    /// The sender took too long for its body.
    TooSlow,
    /// The source may not knock so often.
    TooMany { after_seconds: u64 },
    /// The body is longer than the gate takes.
    TooLarge,
    /// Genuine, but without a readable id.
    Unreadable,
    /// The source is not set up: nothing is verified, so nothing is taken.
    Misconfigured,
    /// The event could not be stored; the sender should try again.
    CannotStore,
    /// What an operator asked for.
    Data(Value),
    /// The bytes that an operator asked for.
    Bytes(Vec<u8>),
    /// Numbers as Prometheus reads them.
    Metrics(String),
    /// What an operator wished for is under way.
    Started(Value),
    /// An operator asked for what makes no sense; the text says what to ask instead.
    BadQuery { problem: &'static str },
    /// The event is known, and its body was forgotten already.
    Forgotten,
}

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

impl Reply {
    const fn code(&self) -> u16 {
        match self {
            Self::Healthy | Self::Data(_) | Self::Bytes(_) | Self::Metrics(_) => 200,
            Self::Handshake(reply) => reply.status,
            Self::Accepted { .. } | Self::Duplicate { .. } | Self::Filtered { .. } | Self::Started(_) => 202,
            Self::BadRequest | Self::BadQuery { .. } => 400,
            Self::NotAuthentic => 401,
            Self::NotFound => 404,
            Self::MethodNotAllowed { .. } => 405,
            Self::TooSlow => 408,
            Self::Forgotten => 409,
            Self::TooLarge => 413,
            Self::Unreadable => 422,
            Self::TooMany { .. } => 429,
            Self::Misconfigured => 500,
            Self::CannotStore => 503,
        }
    }

    fn answer(&self) -> Answer<'_> {
        let ok = |id, status| Answer { id, status: Some(status), error: None };
        let error = |error| Answer { id: None, status: None, error: Some(error) };
        match self {
            Self::Accepted { id } => ok(Some(id), "accepted"),
            Self::Duplicate { id } => ok(Some(id), "duplicate"),
            Self::Filtered { id } => ok(Some(id), "filtered"),
            Self::BadRequest => error("the request is incomplete"),
            Self::NotAuthentic => error("not authentic"),
            Self::NotFound => error("not found"),
            Self::MethodNotAllowed { .. } => error("use another method"),
            Self::TooSlow => error("the body took too long"),
            Self::TooMany { .. } => error("too many requests, try again later"),
            Self::TooLarge => error("the body is too large"),
            Self::Unreadable => error("authentic, but without a readable event id"),
            Self::Misconfigured => error("this source is not set up"),
            Self::CannotStore => error("cannot store the event now, try again"),
            Self::BadQuery { problem } => error(problem),
            Self::Forgotten => error("the body is no longer kept"),
            Self::Healthy
            | Self::Handshake(_)
            | Self::Data(_)
            | Self::Bytes(_)
            | Self::Metrics(_)
            | Self::Started(_) => ok(None, "ok"),
        }
    }

    /// How much a line about this should alarm.
    pub(crate) const fn level(&self) -> Level {
        match self {
            Self::Healthy
            | Self::Handshake(_)
            | Self::Accepted { .. }
            | Self::Duplicate { .. }
            | Self::Filtered { .. } => Level::Info,
            Self::Misconfigured | Self::CannotStore => Level::Error,
            _ => Level::Warning,
        }
    }

    /// The answer as HTTP.
    pub(crate) fn respond(&self) -> Result<Response, JsValue> {
        let code = self.code();
        match self {
            Self::Handshake(reply) => {
                // An answer without content must not have an empty one either.
                let body = Some(reply.body.as_str()).filter(|_| code != 204);
                Response::new_with_opt_str_and_init(body, &head(code, reply.content_type, None)?)
            }
            Self::Metrics(text) => {
                Response::new_with_opt_str_and_init(Some(text), &head(code, "text/plain; version=0.0.4", None)?)
            }
            Self::Bytes(bytes) => {
                let body = Uint8Array::from(bytes.as_slice());
                let head = head(code, "application/octet-stream", None)?;
                Response::new_with_opt_js_u8_array_and_init(Some(&body), &head)
            }
            Self::MethodNotAllowed { allow } => self.respond_with(Some(("allow", allow))),
            Self::CannotStore => self.respond_with(Some(("retry-after", &wait().to_string()))),
            Self::TooMany { after_seconds } => self.respond_with(Some(("retry-after", &after_seconds.to_string()))),
            _ => self.respond_with(None),
        }
    }

    /// An answer in JSON, with a header of its own or without one.
    fn respond_with(&self, header: Option<(&str, &str)>) -> Result<Response, JsValue> {
        let json = match self {
            Self::Data(value) | Self::Started(value) => serde_json::to_string(value),
            _ => serde_json::to_string(&self.answer()),
        };
        let json = json.map_err(|error| JsValue::from(error.to_string()))?;
        let head = match header {
            Some(_) => head(self.code(), JSON, header)?,
            None => usual_head(self.code())?,
        };
        Response::new_with_opt_str_and_init(Some(&json), &head)
    }
}

const JSON: &str = "application/json";

thread_local! {
    /// Status and headers of the answers in JSON, by status. They are made once: each header is a crossing.
    static USUAL_HEADS: RefCell<BTreeMap<u16, ResponseInit>> = const { RefCell::new(BTreeMap::new()) };
}

/// Status and headers of an answer in JSON that has no header of its own.
fn usual_head(status: u16) -> Result<ResponseInit, JsValue> {
    if let Some(made) = USUAL_HEADS.with_borrow(|heads| heads.get(&status).cloned()) {
        return Ok(made);
    }
    let made = head(status, JSON, None)?;
    USUAL_HEADS.with_borrow_mut(|heads| heads.insert(status, made.clone()));
    Ok(made)
}

/// Status and headers of an answer.
fn head(status: u16, content_type: &str, own: Option<(&str, &str)>) -> Result<ResponseInit, JsValue> {
    let usual = [("cache-control", "no-store"), ("x-content-type-options", "nosniff"), ("content-type", content_type)];
    let headers = Headers::new()?;
    for (name, value) in usual.into_iter().chain(own) {
        headers.set(name, value)?;
    }
    let head = ResponseInit::new();
    head.set_status(status);
    head.set_headers(&headers);
    Ok(head)
}

/// A time between the shortest and the longest wait, in seconds.
fn wait() -> u64 {
    let span = LONGEST_WAIT.saturating_sub(SHORTEST_WAIT);
    SHORTEST_WAIT.saturating_add(span.mul_f64(js_sys::Math::random())).as_secs()
}
