//! Every HTTP answer of the gate, with its status code.
//!
//! Senders act on the status, some also on the body: the answers to deliveries are those of the source. They are never a
//! redirect or 410, because some senders would then give up the endpoint, and never a success before the event is stored.
//! The reason for a rejection is in the log and not in the answer.

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
    /// What the sender expects: the answer to a handshake, or to a delivery that was verified or rejected.
    Sender(countersign::Reply),
    /// The request was incomplete.
    BadRequest,
    /// The operator's key is wrong.
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
struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

impl Reply {
    const fn status(&self) -> u16 {
        match self {
            Self::Healthy | Self::Data(_) | Self::Bytes(_) | Self::Metrics(_) => 200,
            Self::Sender(reply) => reply.status,
            Self::Started(_) => 202,
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

    fn answer(&self) -> Answer {
        let error = |error| Answer { status: None, error: Some(error) };
        match self {
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
            Self::Healthy | Self::Sender(_) | Self::Data(_) | Self::Bytes(_) | Self::Metrics(_) | Self::Started(_) => {
                Answer { status: Some("ok"), error: None }
            }
        }
    }

    /// The severity of a log line about this answer.
    pub(crate) const fn level(&self) -> Level {
        match self {
            Self::Healthy => Level::Info,
            Self::Sender(reply) if reply.status < 300 => Level::Info,
            Self::Misconfigured | Self::CannotStore => Level::Error,
            _ => Level::Warning,
        }
    }

    /// Builds the HTTP response.
    pub(crate) fn respond(&self) -> Result<Response, JsValue> {
        let status = self.status();
        match self {
            Self::Sender(reply) => {
                // A response with status 204 must not have a body, not even an empty one, and text gets a content type.
                let body = Some(reply.body.as_str()).filter(|body| !body.is_empty());
                let head = match reply.headers.as_slice() {
                    [] => plain_head(status, reply.content_type)?,
                    headers => {
                        head(status, reply.content_type, headers.iter().map(|(name, value)| (*name, value.as_str())))?
                    }
                };
                Response::new_with_opt_str_and_init(body, &head)
            }
            Self::Metrics(text) => {
                Response::new_with_opt_str_and_init(Some(text), &plain_head(status, "text/plain; version=0.0.4")?)
            }
            Self::Bytes(bytes) => {
                let body = Uint8Array::from(bytes.as_slice());
                let head = plain_head(status, "application/octet-stream")?;
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
            Some(_) => head(self.status(), JSON, header.into_iter())?,
            None => plain_head(self.status(), JSON)?,
        };
        Response::new_with_opt_str_and_init(Some(&json), &head)
    }
}

const JSON: &str = "application/json";

thread_local! {
    /// Responses without additional headers, by status and content type. They are built once, because each header is a call
    /// into JavaScript.
    static HEADS: RefCell<BTreeMap<(u16, &'static str), ResponseInit>> = const { RefCell::new(BTreeMap::new()) };
}

/// Status and headers of a response without additional headers.
fn plain_head(status: u16, content_type: &'static str) -> Result<ResponseInit, JsValue> {
    if let Some(head) = HEADS.with_borrow(|heads| heads.get(&(status, content_type)).cloned()) {
        return Ok(head);
    }
    let head = head(status, content_type, std::iter::empty())?;
    HEADS.with_borrow_mut(|heads| heads.insert((status, content_type), head.clone()));
    Ok(head)
}

/// Status and headers of a response. Without a content type it has no body.
fn head<'a>(
    status: u16,
    content_type: &str,
    additional: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<ResponseInit, JsValue> {
    let headers = Headers::new()?;
    headers.set("cache-control", "no-store")?;
    headers.set("x-content-type-options", "nosniff")?;
    if !content_type.is_empty() {
        headers.set("content-type", content_type)?;
    }
    for (name, value) in additional {
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
