//! The gate: a Cloudflare Worker that verifies webhooks at the edge and hands them to a queue.
//!
//! A request to `POST /in/:source` is let in by the limits of its source ([`admission`]), read within bounds ([`body`]),
//! verified with the keys of its source ([`sources`], [`intake`]), and becomes a [`message`] in the [`outbox`]; a body that
//! is too long for one goes to R2 first ([`bodies`]). Only then is it answered ([`reply`]). The outbox hands it to the
//! queue, as often as it takes, and the [`consumer`] of the same Worker takes it off again; what fails comes again later
//! ([`redelivery`]), and what nobody can act on comes back to the [`dead_letters`]. Operators look and act by the [`api`]
//! and the [`metrics`]. What senders ask of a new address is answered by [`handshake`].

#![cfg_attr(
    test,
    allow(clippy::expect_used, clippy::arithmetic_side_effects, reason = "a test that panics is a test that fails")
)]

mod admission;
mod api;
mod bodies;
mod body;
mod clock;
mod consumer;
mod dead_letters;
mod digest;
mod faults;
mod handshake;
mod hash;
mod intake;
mod log;
mod message;
mod metrics;
mod outbox;
mod redelivery;
mod reply;
mod settings;
mod sources;

use js_sys::Reflect;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::future_to_promise;
use worker::{Context, Env, MessageBatch, Method, Request, Result, event};

use crate::log::{Level, Line};
use crate::reply::Reply;

/// Where JavaScript counts the wasm instances that this isolate has had.
const STARTS: &str = "countersignStarts";

#[event(start)]
fn start() {
    console_error_panic_hook::set_once();
    let count = starts() + 1.0;
    // Without the count an instance takes itself for the first, which only delays what a trap has left behind.
    let _ = Reflect::set(&js_sys::global(), &STARTS.into(), &count.into());
}

fn starts() -> f64 {
    Reflect::get(&js_sys::global(), &STARTS.into()).ok().and_then(|count| count.as_f64()).unwrap_or(0.0)
}

/// Whether this wasm instance took the place of one that trapped, and took the objects in it along in the middle of what
/// they did. The platform may wait for an alarm that was running then until its time is up, a quarter of an hour, and lets
/// no other of that object go off meanwhile.
pub(crate) fn is_successor() -> bool {
    starts() > 1.0
}

/// Answers a request, or promises to. It is not an `event(fetch)`, which reads all that there is to know about a request
/// and lets every one wait for the next turn: that would be a quarter of the time that a delivery takes.
///
/// # Errors
///
/// What the platform throws; it answers 500 then.
#[wasm_bindgen]
pub fn fetch(request: web_sys::Request, env: Env, _: JsValue) -> std::result::Result<JsValue, JsValue> {
    let url = request.url();
    if let Some(source) = source_in(&url)
        && request.method() == "POST"
    {
        return intake::take_in(source, &url, request, env);
    }
    Ok(later(async move { route(Request::from(request), &env).await }))
}

/// The promise of an answer.
pub(crate) fn later(reply: impl Future<Output = Reply> + 'static) -> JsValue {
    future_to_promise(async move { reply.await.respond().map(JsValue::from) }).into()
}

/// The name of the source that a URL is the address of: the path `/in/<name>`. Paths are compared exactly: nothing is
/// decoded, folded or trimmed before a source is found.
pub(crate) fn source_in(url: &str) -> Option<&str> {
    let (_, behind_scheme) = url.split_once("://")?;
    let (_, path) = behind_scheme.split_once('/')?;
    path.split(['?', '#']).next()?.strip_prefix("in/")
}

#[event(queue)]
async fn queue(batch: MessageBatch<JsValue>, env: Env, _: Context) -> Result<()> {
    match settings::load(&env) {
        Ok(settings) if batch.queue() == settings.dead_letter_queue => dead_letters::consume(&batch, &env).await,
        Ok(_) => consumer::consume(&batch, &env).await,
        // Without settings it is not known which queue this is. Everything waits until they are mended.
        Err(problem) => {
            let line = Line { at: "consumer", outcome: "misconfigured", message: Some(problem), ..Line::default() };
            line.write(Level::Error);
            batch.raw_iter().for_each(|raw| redelivery::give_back(&raw, redelivery::pause_of(&raw)));
        }
    }
    Ok(())
}

/// Finds who answers what is no delivery.
async fn route(request: Request, env: &Env) -> Reply {
    let path = request.path();
    let is_reading = matches!(request.method(), Method::Get | Method::Head);
    if let Some(source) = path.strip_prefix("/in/") {
        return match request.method() {
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
