//! What the gate answers: every status code there is, in one place.
//!
//! Senders act on the status. They never get a redirect or 410, which would make some of them give up the endpoint,
//! and never a success before the event is stored. Why something was refused is in the log and not in the answer.

use serde::Serialize;
use worker::{Response, ResponseBuilder, Result};

/// How long a sender may wait before it tries again, in seconds.
const RETRY_AFTER: &str = "10";

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
    /// The request broke off or is not HTTP.
    BadRequest,
    /// Not authentic: the same answer for every reason.
    NotAuthentic,
    /// No such source or page.
    NotFound,
    /// Events come by POST.
    MethodNotAllowed,
    /// The body is longer than the gate takes.
    TooLarge,
    /// Genuine, but without a readable id.
    Unreadable,
    /// The source is not set up: nothing is verified, so nothing is taken.
    Misconfigured,
    /// The event could not be stored; the sender should try again.
    CannotStore,
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
            Self::Healthy => 200,
            Self::Handshake(reply) => reply.status,
            Self::Accepted { .. } | Self::Duplicate { .. } => 202,
            Self::BadRequest => 400,
            Self::NotAuthentic => 401,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::TooLarge => 413,
            Self::Unreadable => 422,
            Self::Misconfigured => 500,
            Self::CannotStore => 503,
        }
    }

    fn answer(&self) -> Answer<'_> {
        let ok = |id, status| Answer { id, status: Some(status), error: None };
        let error = |error| Answer { id: None, status: None, error: Some(error) };
        match self {
            Self::Healthy | Self::Handshake(_) => ok(None, "ok"),
            Self::Accepted { id } => ok(Some(id), "accepted"),
            Self::Duplicate { id } => ok(Some(id), "duplicate"),
            Self::BadRequest => error("the request is incomplete"),
            Self::NotAuthentic => error("not authentic"),
            Self::NotFound => error("not found"),
            Self::MethodNotAllowed => error("use POST"),
            Self::TooLarge => error("the body is too large"),
            Self::Unreadable => error("authentic, but without a readable event id"),
            Self::Misconfigured => error("this source is not set up"),
            Self::CannotStore => error("cannot store the event now, try again"),
        }
    }

    /// The answer as HTTP.
    pub(crate) fn respond(&self) -> Result<Response> {
        let mut response = ResponseBuilder::new()
            .with_status(self.code())
            .with_header("cache-control", "no-store")?
            .with_header("x-content-type-options", "nosniff")?;
        match self {
            Self::MethodNotAllowed => response = response.with_header("allow", "POST")?,
            Self::CannotStore => response = response.with_header("retry-after", RETRY_AFTER)?,
            _ => {}
        }
        match self {
            Self::Handshake(reply) if reply.status == 204 => {
                Ok(response.with_header("content-type", reply.content_type)?.empty())
            }
            Self::Handshake(reply) => {
                Ok(response.with_header("content-type", reply.content_type)?.fixed(reply.body.clone().into_bytes()))
            }
            _ => response.from_json(&self.answer()),
        }
    }
}
