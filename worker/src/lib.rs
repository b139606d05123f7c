//! The gate: a Cloudflare Worker that verifies webhooks at the edge and hands them to a queue.
//!
//! A request to `POST /in/:source` is let in by the limits of its source ([`admission`]), read within bounds ([`body`]),
//! verified with the keys of its source ([`sources`], [`intake`]), and becomes a [`message`] in the [`outbox`]; a body that
//! is too long for one goes to R2 first ([`bodies`]). Only then is it answered ([`reply`]). The outbox hands it to the
//! queue, as often as it takes, and the [`consumer`] of the same Worker takes it off again; what nobody can act on comes
//! back to the [`dead_letters`]. Operators look and act by the [`api`] and the [`metrics`]. What senders
//! ask of a new address is answered by [`handshake`].

#![cfg_attr(
    test,
    allow(clippy::expect_used, clippy::arithmetic_side_effects, reason = "a test that panics is a test that fails")
)]

mod admission;
mod api;
mod bodies;
mod body;
mod consumer;
mod dead_letters;
mod digest;
mod faults;
mod handshake;
mod intake;
mod log;
mod message;
mod metrics;
mod outbox;
mod reply;
mod settings;
mod sources;

use wasm_bindgen::JsValue;
use worker::{Context, Env, MessageBatch, Method, Request, Response, Result, event};

use crate::reply::Reply;

#[event(start)]
fn start() {
    console_error_panic_hook::set_once();
}

#[event(fetch)]
async fn fetch(request: Request, env: Env, _: Context) -> Result<Response> {
    route(request, &env).await.respond()
}

#[event(queue)]
async fn queue(batch: MessageBatch<JsValue>, env: Env, _: Context) -> Result<()> {
    // Without settings it is not known which queue this is; what is not acknowledged comes again.
    let settings = settings::load(&env)?;
    if batch.queue() == settings.dead_letter_queue {
        dead_letters::consume(&batch, &env).await;
    } else {
        consumer::consume(&batch, &env).await;
    }
    Ok(())
}

/// Finds who answers. Paths are compared exactly: nothing is decoded, folded or trimmed before a source is found.
async fn route(request: Request, env: &Env) -> Reply {
    let path = request.path();
    let is_reading = matches!(request.method(), Method::Get | Method::Head);
    if let Some(source) = path.strip_prefix("/in/") {
        return match request.method() {
            Method::Post => intake::take_in(source, request, env).await,
            Method::Get => handshake::take_get(source, &request, env).await,
            _ => Reply::MethodNotAllowed { allow: "POST" },
        };
    }
    if let Some(path) = path.strip_prefix("/api/v1/") {
        return api::answer(path, &request, env).await;
    }
    #[cfg(feature = "faults")]
    if let Some(fault) = path.strip_prefix("/fault/") {
        faults::provoke(fault);
    }
    match path.as_str() {
        "/healthz" => Reply::Healthy,
        "/metrics" if is_reading => Reply::Metrics(metrics::text(env).await),
        "/metrics" => Reply::MethodNotAllowed { allow: "GET, HEAD" },
        _ => Reply::NotFound,
    }
}
