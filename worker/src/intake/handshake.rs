//! Handshakes: the requests by which a sender checks a new address. The gate answers them and stores nothing.
//!
//! A handshake arrives like a delivery. One without a body may also arrive by GET or OPTIONS.

use std::pin::pin;

use countersign::{Delivery, Rejection, UnixTime};
use worker::{Fetch, Request, RequestInit, RequestRedirect};

use crate::limits::VISIT_TIMEOUT;
use crate::platform::log::Line;
use crate::platform::timeout::within;
use crate::reply::Reply;
use crate::sources::Source;

/// The answer to a handshake; `None` if the request is a delivery that has to be verified.
pub(super) fn find_answer(
    source: &Source,
    delivery: Delivery<'_>,
    now: UnixTime,
) -> Result<Option<countersign::Reply>, Rejection> {
    source.verifier.handshake(delivery, now, source.terms.verify_token.as_deref())
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
            Reply::Sender(reply)
        }
        Err(problem) => {
            line.outcome = "handshake_failed";
            line.message = Some(problem);
            Reply::CannotStore
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
