//! Handshakes: what senders ask of a new address. They are answered and not stored. Those in a signed body come by POST
//! with the deliveries; those that nobody signs come by GET, or by POST without a body.

use std::pin::pin;
use std::time::Duration;

use countersign::{Delivery, Rejection, UnixTime};
use futures_util::future::{Either, select};
use worker::{Delay, Env, Fetch, Request, RequestInit, RequestRedirect};

use crate::admission::admit;
use crate::log::{Level, Line, cut};
use crate::reply::Reply;
use crate::sources::{self, Source, SourceError};
use crate::{clock, metrics};

/// How long a sender may take to confirm what it asked to have confirmed. It waits for the answer meanwhile.
const VISIT_PATIENCE: Duration = Duration::from_secs(8);

/// What became of a handshake, and what to write about it.
pub(crate) struct Answered {
    pub(crate) outcome: &'static str,
    pub(crate) message: Option<String>,
    pub(crate) reply: Reply,
}

/// What a handshake wants to hear; `None` where the request is a delivery, to be verified.
pub(crate) fn asked(
    source: &Source,
    delivery: Delivery<'_>,
    now: UnixTime,
) -> Result<Option<countersign::Reply>, Rejection> {
    source.verifier.handshake(delivery, now, source.verify_token.as_deref())
}

/// Answers a handshake. A URL that the sender wants to be visited is visited before it is answered, so that it asks again
/// should that fail.
pub(crate) async fn answer(reply: countersign::Reply) -> Answered {
    let visited = match &reply.visit {
        Some(url) => visit(url).await,
        None => Ok(()),
    };
    match visited {
        Ok(()) => Answered { outcome: "handshake", message: None, reply: Reply::Handshake(reply) },
        Err(problem) => Answered { outcome: "handshake_failed", message: Some(problem), reply: Reply::CannotStore },
    }
}

/// Answers what comes by GET: a handshake, or nothing.
pub(crate) async fn take_get(name: &str, request: &Request, env: &Env) -> Reply {
    let mut line = Line { at: "gate", source: cut(name), ..Line::default() };
    let source = match sources::find(name, env) {
        Ok(source) if source.verifier.scheme().asks_in_query() => source,
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
        Some(refusal) => refusal,
        None => ask(&source, request, &mut line).await,
    };
    if !line.outcome.is_empty() {
        line.write(reply.level());
        let took = clock::now_millis().saturating_sub(started);
        metrics::delivery(name, line.outcome, Duration::from_millis(took));
    }
    reply
}

/// Answers a handshake that stands in the query; what is none has no place here, and is nothing to write about.
async fn ask(source: &Source, request: &Request, line: &mut Line) -> Reply {
    let url = request.inner().url();
    let now = UnixTime::from_millis(clock::now_millis());
    match asked(source, Delivery::without_headers(b"").url(&url), now) {
        Ok(None) => Reply::MethodNotAllowed { allow: "POST" },
        Ok(Some(reply)) => {
            let answered = answer(reply).await;
            line.outcome = answered.outcome;
            line.message = answered.message;
            answered.reply
        }
        Err(rejection) => {
            line.outcome = "rejected";
            line.code = Some(rejection.code());
            line.message = Some(rejection.message());
            Reply::NotAuthentic
        }
    }
}

/// Visits a URL that a genuine delivery names and whose host the scheme pins. It leads nowhere else: a redirect is not
/// followed. The URL holds a secret of the sender's, so it is in no message.
async fn visit(url: &str) -> Result<(), String> {
    let mut init = RequestInit::new();
    init.with_redirect(RequestRedirect::Manual);
    let request = Request::new_with_init(url, &init).map_err(|_| "the URL to visit is none")?;
    let fetch = Fetch::Request(request);
    match select(pin!(fetch.send()), Delay::from(VISIT_PATIENCE)).await {
        Either::Left((Ok(response), _)) if response.status_code() == 200 => Ok(()),
        Either::Left((Ok(response), _)) => Err(format!("the visit was answered with {}", response.status_code())),
        Either::Left((Err(_), _)) => Err("the URL to visit could not be reached".into()),
        Either::Right(_) => Err("the visit was not answered in time".into()),
    }
}
