//! Handshakes: the requests by which a sender checks a new address. The gate answers them and stores nothing.
//!
//! A handshake in a signed body arrives by POST, like a delivery. An unsigned one arrives by GET, or by POST without a
//! body.

use std::pin::pin;
use std::time::Duration;

use countersign::{Delivery, Rejection, UnixTime};
use worker::{Env, Fetch, Request, RequestInit, RequestRedirect};

use super::admission::admit;
use crate::limits::VISIT_TIMEOUT;
use crate::metrics;
use crate::platform::clock;
use crate::platform::log::{Level, Line, truncate};
use crate::platform::timeout::within;
use crate::reply::Reply;
use crate::sources::{self, Source, SourceError};

/// The answer to a handshake; `None` if the request is a delivery that has to be verified.
pub(super) fn find_answer(
    source: &Source,
    delivery: Delivery<'_>,
    now: UnixTime,
) -> Result<Option<countersign::Reply>, Rejection> {
    source.verifier.handshake(delivery, now, source.verify_token.as_deref())
}

/// Answers a handshake. If the sender wants a URL to be visited, the gate visits it first and fails the handshake if the
/// visit fails, so that the sender asks again. The outcome goes to the log line.
pub(super) async fn answer(reply: countersign::Reply, line: &mut Line) -> Reply {
    let visited = match &reply.visit {
        Some(url) => visit(url).await,
        None => Ok(()),
    };
    match visited {
        Ok(()) => {
            line.outcome = "handshake";
            Reply::Handshake(reply)
        }
        Err(problem) => {
            line.outcome = "handshake_failed";
            line.message = Some(problem);
            Reply::CannotStore
        }
    }
}

/// Receives a GET request for the source with this name. Only handshakes arrive by GET.
pub(crate) async fn receive_get(source_name: &str, request: &Request, env: &Env) -> Reply {
    let mut line = Line { at: "gate", source: truncate(source_name), ..Line::default() };
    let source = match sources::find(source_name, env) {
        Ok(source) if source.verifier.scheme().asks_by("GET") => source,
        Ok(_) => return Reply::MethodNotAllowed { allow: "POST" },
        Err(SourceError::Unknown) => return Reply::NotFound,
        Err(SourceError::Misconfigured(problem)) => {
            line.outcome = "misconfigured";
            line.message = Some(problem);
            line.write(Level::Error);
            return Reply::Misconfigured;
        }
    };
    let started = clock::now_millis();
    let reply = match admit(&source, &request.inner().headers(), &mut line) {
        Err(reply) => reply,
        Ok(()) => answer_query(&source, request, &mut line).await,
    };
    if !line.outcome.is_empty() {
        line.write(reply.level());
        let elapsed = clock::now_millis().saturating_sub(started);
        metrics::count_delivery(source_name, line.outcome, Duration::from_millis(elapsed));
    }
    reply
}

/// Answers a handshake in the query. A request without one gets 405 and no log line.
async fn answer_query(source: &Source, request: &Request, line: &mut Line) -> Reply {
    let url = request.inner().url();
    let now = UnixTime::from_millis(clock::now_millis());
    match find_answer(source, Delivery::without_headers(b"").url(&url), now) {
        Ok(None) => Reply::MethodNotAllowed { allow: "POST" },
        Ok(Some(reply)) => answer(reply, line).await,
        Err(rejection) => {
            line.outcome = "rejected";
            line.code = Some(rejection.code());
            line.message = Some(rejection.message());
            Reply::NotAuthentic
        }
    }
}

/// Visits a URL from an authentic handshake. The scheme has checked its host, so the visit does not follow a redirect. The
/// URL contains a token of the sender, so error messages leave it out.
async fn visit(url: &str) -> Result<(), String> {
    let mut init = RequestInit::new();
    init.with_redirect(RequestRedirect::Manual);
    let request = Request::new_with_init(url, &init).map_err(|_| "the URL to visit is malformed")?;
    let fetch = Fetch::Request(request);
    match within(VISIT_TIMEOUT, pin!(fetch.send())).await {
        Ok(Ok(response)) if response.status_code() == 200 => Ok(()),
        Ok(Ok(response)) => Err(format!("the visited URL answered {}", response.status_code())),
        Ok(Err(_)) => Err("the URL to visit could not be reached".into()),
        Err(timed_out) => Err(timed_out.message("the visited URL")),
    }
}
