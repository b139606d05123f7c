//! Handshakes: the requests by which a sender checks a new address. The gate answers them and stores nothing.
//!
//! A handshake arrives like a delivery. One without a body may also arrive by GET or OPTIONS.

use countersign::{Delivery, Rejection, UnixTime};
use worker::{Headers, Method};

use crate::limits::VISIT_TIMEOUT;
use crate::platform::http::{self, Call, HttpError, Target};
use crate::platform::log::Line;
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

/// Visits a URL from an authentic handshake. The scheme has checked its host, and a visit does not follow redirects. The URL
/// contains a token of the sender, so error messages leave it out.
async fn visit(url: &str) -> Result<(), String> {
    let call = Call {
        target: Target::Internet,
        method: Method::Get,
        url,
        headers: Headers::new(),
        body: None,
        timeout: VISIT_TIMEOUT,
    };
    match http::send(call).await {
        Ok(200) => Ok(()),
        Ok(status) => Err(format!("the visited URL answered {status}")),
        Err(HttpError::Failed(_)) => Err("the URL to visit could not be reached".into()),
        Err(HttpError::NoAnswer(timed_out)) => Err(timed_out.message("the visited URL")),
    }
}
