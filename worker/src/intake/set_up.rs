//! The set-up of a source that lacks a secret: answers the handshakes that need no key, and keeps the secrets that a sender
//! hands over until the operator reads them. Returns the answer; `None` if the request is not such a handshake.
//!
//! Anyone can send these requests. So a secret is never used by itself: the operator sees when and from where each of them
//! came, and sets one of them. The set-up ends when the secret is set.

use countersign::{Delivery, Outcome, UnixTime};
use web_sys::{Headers, Request};
use worker::Env;

use super::admission::admit;
use super::body::{self, BodyError};
use super::handshake;
use super::method::Method;
use super::verification::read_headers;
use crate::limits::MAX_SET_UP_BODY_BYTES;
use crate::outbox::{self, HandedOver};
use crate::platform::clock;
use crate::platform::log::{Level, Line, truncate};
use crate::reply::Reply;
use crate::settings::{self, Settings};
use crate::sources::SetUp;

/// A request to a source that is being set up.
pub(super) struct Received {
    pub(super) source_name: String,
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) request: Request,
    pub(super) headers: Headers,
    pub(super) env: Env,
}

/// Answers a handshake that needs no key. The outcome goes to the log line.
pub(super) async fn answer(set_up: &SetUp, settings: &Settings, received: &Received, line: &mut Line) -> Option<Reply> {
    let SetUp { scheme, terms, .. } = set_up;
    let Received { method, url, request, headers, .. } = received;
    if let Err(reply) = admit(terms, headers, line) {
        return Some(reply);
    }
    let body = match body::read(request, MAX_SET_UP_BODY_BYTES, settings).await {
        Ok(body) => body,
        // A long body is that of a delivery.
        Err(BodyError::TooLarge) => return None,
        Err(error) => return Some(super::verification::reject_body(error, line)),
    };
    let headers = read_headers(scheme, headers)?;
    let signed_url = terms.signed_url(url);
    let delivery = Delivery::new(headers.iter().map(|(name, value)| (*name, value.as_bytes())), &body.bytes)
        .method(method.name())
        .url(&signed_url)
        .arrived_at(url);
    let now = UnixTime::from_millis(clock::now_millis());
    match scheme.set_up(delivery, now, terms.verify_token.as_deref()) {
        Ok(None) => None,
        Ok(Some(reply)) => match reply.secret.clone() {
            Some(secret) => Some(keep(secret, reply, set_up, received, line).await),
            None => Some(handshake::answer(reply, line).await),
        },
        Err(rejection) => {
            line.outcome = "rejected";
            line.code = Some(rejection.code());
            line.message = Some(rejection.message());
            Some(terms.answer(Outcome::Rejected, ""))
        }
    }
}

/// Keeps a secret for the operator, and answers the sender only if that succeeds.
async fn keep(
    secret: String,
    reply: countersign::Reply,
    set_up: &SetUp,
    received: &Received,
    line: &mut Line,
) -> Reply {
    let Received { source_name, headers, env, .. } = received;
    let title = set_up.scheme.title;
    if settings::api_key(env).is_none() {
        line.outcome = "misconfigured";
        line.message = Some(format!(
            "{title} hands over its secret, and without the secret API_KEY nobody can read it: run `npx wrangler secret put API_KEY`, then set up the webhook again"
        ));
        return Reply::Misconfigured;
    }
    let address = headers.get("cf-connecting-ip").ok().flatten().map(|address| truncate(&address));
    let at = i64::try_from(clock::now_millis()).unwrap_or(i64::MAX);
    match outbox::keep_handed_over(env, source_name, HandedOver { at, address, secret }).await {
        Ok(()) => {
            let missing = &set_up.missing_key;
            let message = format!(
                "{title} has handed over a secret: read it once with POST /api/v1/sources/{source_name}/secret, then run `npx wrangler secret put {missing}`"
            );
            let told = Line { outcome: "secret_handed_over", message: Some(message), ..line.clone() };
            told.write(Level::Warning);
            handshake::answer(reply, line).await
        }
        Err(error) => {
            line.outcome = "handshake_failed";
            line.message = Some(truncate(&error.to_string()));
            Reply::CannotStore
        }
    }
}
