//! The gate: a Cloudflare Worker that verifies webhooks at the edge and hands them to a queue.
//!
//! A request to `POST /in/:source` is read within bounds ([`body`]), verified with the keys of its source
//! ([`sources`], [`intake`]), and becomes a [`message`] in the [`outbox`]; only then is it answered ([`reply`]). The
//! outbox hands it to the queue, as often as it takes, and the [`consumer`] of the same Worker takes it off again. What
//! senders ask of a new address is answered by [`handshake`].

mod body;
mod consumer;
mod handshake;
mod intake;
mod log;
mod message;
mod outbox;
mod reply;
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
    consumer::consume(&batch, &env).await;
    Ok(())
}

/// Finds who answers. Paths are compared exactly: nothing is decoded, folded or trimmed.
async fn route(request: Request, env: &Env) -> Reply {
    let path = request.path();
    match path.strip_prefix("/in/") {
        Some(source) => match request.method() {
            Method::Post => intake::take_in(source, request, env).await,
            Method::Get => handshake::take_get(source, &request, env).await,
            _ => Reply::MethodNotAllowed,
        },
        None if path == "/healthz" => Reply::Healthy,
        None => Reply::NotFound,
    }
}
