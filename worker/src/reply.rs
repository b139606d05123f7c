//! Every HTTP answer of the gate, with its status code.
//!
//! Senders act on the status. They never get a redirect or 410, because some of them would then give up the endpoint, and
//! never a success before the event is stored. The reason for a rejection is in the log and not in the answer.

use std::cell::RefCell;
use std::collections::BTreeMap;

use js_sys::Uint8Array;
use serde::Serialize;
use serde_json::Value;
use wasm_bindgen::JsValue;
use web_sys::{Headers, Response, ResponseInit};

use crate::limits::{MAX_RETRY_AFTER, MIN_RETRY_AFTER};
use crate::platform::log::Level;

/// An answer of the gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// The gate runs.
    Healthy,
    /// The answer to a handshake.
    Handshake(countersign::Reply),
    /// The event with this id is stored and will be sent to the queue.
    Accepted { id: String },
    /// The event with this id was stored before.
    Duplicate { id: String },
    /// The event with this id is authentic, and the source does not store events of its type.
    Filtered { id: String },
    /// The request was incomplete.
    BadRequest,
    /// The delivery is not authentic. The answer is the same for every reason.
    NotAuthentic,
    /// The source, event or page does not exist.
    NotFound,
    /// The path does not support this method.
    MethodNotAllowed { allow: &'static str },
    /// The sender took too long to send its body.
    TooSlow,
    /// The source has exceeded its rate limit.
    TooMany { after_seconds: u64 },
    /// The body is longer than the gate accepts.
    TooLarge,
    /// The delivery is authentic, and its event id cannot be read.
    Unreadable,
    /// The source's configuration is wrong, so nothing is verified and nothing is stored.
    Misconfigured,
    /// The event could not be stored. The sender should retry.
    CannotStore,
    /// The data that an operator asked for.
    Data(Value),
    /// The bytes that an operator asked for.
    Bytes(Vec<u8>),
    /// Metrics in the text format of Prometheus.
    Metrics(String),
    /// The operation that an operator asked for has started.
    Started(Value),
    /// An operator's request is wrong. The text says how to correct it.
    BadQuery { problem: &'static str },
    /// The event is known, and its body has been deleted.
    BodyDeleted,
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
    const fn status(&self) -> u16 {
        match self {
            Self::Healthy | Self::Data(_) | Self::Bytes(_) | Self::Metrics(_) => 200,
            Self::Handshake(reply) => reply.status,
            Self::Accepted { .. } | Self::Duplicate { .. } | Self::Filtered { .. } | Self::Started(_) => 202,
            Self::BadRequest | Self::BadQuery { .. } => 400,
            Self::NotAuthentic => 401,
            Self::NotFound => 404,
            Self::MethodNotAllowed { .. } => 405,
            Self::TooSlow => 408,
            Self::BodyDeleted => 409,
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
            Self::BodyDeleted => error("the body is no longer kept"),
            Self::Healthy
            | Self::Handshake(_)
            | Self::Data(_)
            | Self::Bytes(_)
            | Self::Metrics(_)
            | Self::Started(_) => ok(None, "ok"),
        }
    }

    /// The severity of a log line about this answer.
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

    /// Builds the HTTP response.
    pub(crate) fn respond(&self) -> Result<Response, JsValue> {
        let status = self.status();
        match self {
            Self::Handshake(reply) => {
                // A response with status 204 must not have a body, not even an empty one, and text gets a content type.
                let body = Some(reply.body.as_str()).filter(|body| !body.is_empty());
                Response::new_with_opt_str_and_init(body, &head(status, reply.content_type, None)?)
            }
            Self::Metrics(text) => {
                Response::new_with_opt_str_and_init(Some(text), &head(status, "text/plain; version=0.0.4", None)?)
            }
            Self::Bytes(bytes) => {
                let body = Uint8Array::from(bytes.as_slice());
                let head = head(status, "application/octet-stream", None)?;
                Response::new_with_opt_js_u8_array_and_init(Some(&body), &head)
            }
            Self::MethodNotAllowed { allow } => self.respond_with(Some(("allow", allow))),
            Self::CannotStore => self.respond_with(Some(("retry-after", &retry_after_seconds().to_string()))),
            Self::TooMany { after_seconds } => self.respond_with(Some(("retry-after", &after_seconds.to_string()))),
            _ => self.respond_with(None),
        }
    }

    /// Builds a JSON response, with one additional header if it is given.
    fn respond_with(&self, header: Option<(&str, &str)>) -> Result<Response, JsValue> {
        let json = match self {
            Self::Data(value) | Self::Started(value) => serde_json::to_string(value),
            _ => serde_json::to_string(&self.answer()),
        };
        let json = json.map_err(|error| JsValue::from(error.to_string()))?;
        let head = match header {
            Some(_) => head(self.status(), JSON, header)?,
            None => json_head(self.status())?,
        };
        Response::new_with_opt_str_and_init(Some(&json), &head)
    }
}

const JSON: &str = "application/json";

thread_local! {
    /// Status and headers of JSON responses, by status. They are built once, because each header is a call into JavaScript.
    static JSON_HEADS: RefCell<BTreeMap<u16, ResponseInit>> = const { RefCell::new(BTreeMap::new()) };
}

/// Status and headers of a JSON response without an additional header.
fn json_head(status: u16) -> Result<ResponseInit, JsValue> {
    if let Some(head) = JSON_HEADS.with_borrow(|heads| heads.get(&status).cloned()) {
        return Ok(head);
    }
    let head = head(status, JSON, None)?;
    JSON_HEADS.with_borrow_mut(|heads| heads.insert(status, head.clone()));
    Ok(head)
}

/// Status and headers of a response.
fn head(status: u16, content_type: &str, additional: Option<(&str, &str)>) -> Result<ResponseInit, JsValue> {
    let common = [("cache-control", "no-store"), ("x-content-type-options", "nosniff"), ("content-type", content_type)];
    let headers = Headers::new()?;
    for (name, value) in common.into_iter().chain(additional).filter(|(_, value)| !value.is_empty()) {
        headers.set(name, value)?;
    }
    let head = ResponseInit::new();
    head.set_status(status);
    head.set_headers(&headers);
    Ok(head)
}

/// A random number of seconds for `Retry-After`.
fn retry_after_seconds() -> u64 {
    let span = MAX_RETRY_AFTER.saturating_sub(MIN_RETRY_AFTER);
    MIN_RETRY_AFTER.saturating_add(span.mul_f64(js_sys::Math::random())).as_secs()
}
