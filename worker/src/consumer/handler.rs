//! Calls the handler: the Worker, bound as `HANDLER`, that acts on events.
//!
//! The handler gets an event as an HTTP request in the binary mode of CloudEvents, with the exact body, and answers 2xx
//! when it has acted. Every other status, a redirect too, means that it has not. If its answer is lost (a crash, a dropped
//! connection, a timeout), the event is sent again with the same `idempotency-key`, by which the handler detects the duplicate.

use worker::{Env, Headers, Method};

use crate::effect::Effect;
use crate::limits::HANDLER_TIMEOUT;
use crate::message::Message;
use crate::platform::http::{self, Call, HttpError, Target};

/// The binding of the handler.
const BINDING: &str = "HANDLER";

/// Why the handler did not act, as far as the consumer knows.
pub(super) enum HandlerError {
    /// The attempt is over.
    Failed(String),
    /// The handler did not answer in time and may still be acting.
    NoAnswer(String),
}

/// Calls the handler with an event and its body. Without a handler it does nothing.
pub(super) async fn call(message: &Message, effect: &Effect, body: &[u8], env: &Env) -> Result<(), HandlerError> {
    let Ok(handler) = env.service(BINDING) else { return Ok(()) };
    let headers = build_headers(message, effect).map_err(|error| HandlerError::Failed(error.to_string()))?;
    let call = Call {
        target: Target::Service(&handler),
        method: Method::Post,
        url: "https://handler/",
        headers,
        body: Some(body),
        timeout: HANDLER_TIMEOUT,
    };
    match http::send(call).await {
        Ok(200..=299) => Ok(()),
        Ok(status @ 300..=399) => {
            Err(HandlerError::Failed(format!("the handler answered {status}, and redirects are not followed")))
        }
        Ok(status) => Err(HandlerError::Failed(format!("the handler answered {status}"))),
        Err(HttpError::Failed(error)) => Err(HandlerError::Failed(format!("the handler failed: {error}"))),
        Err(HttpError::NoAnswer(timed_out)) => Err(HandlerError::NoAnswer(timed_out.message("the handler"))),
    }
}

/// Builds the headers in the binary mode of CloudEvents.
fn build_headers(message: &Message, effect: &Effect) -> worker::Result<Headers> {
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
        ("ce-query", message.query.as_ref()),
        ("ce-replay", replay.as_ref()),
    ];
    for (name, value) in attributes {
        if let Some(value) = value {
            headers.set(name, &percent_encode(value))?;
        }
    }
    headers.set("idempotency-key", &percent_encode(&effect.idempotency_key()))?;
    Ok(headers)
}

/// Percent-encodes a header value as the HTTP binding of CloudEvents requires: spaces, quotes, percent signs and every
/// byte that is not printable ASCII. So a value cannot break out of its header.
fn percent_encode(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_graphic() && byte != b'"' && byte != b'%' {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}
