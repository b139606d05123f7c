//! The gate: a Cloudflare Worker that verifies webhooks at the edge and passes their events to a queue.
//!
//! A delivery arrives at `POST /in/:source`. [`intake`] verifies it with the keys of its source ([`sources`]), makes a
//! [`message`] of it, stores a large body in the [`bucket`] and the event in the [`outbox`], and only then sends the
//! [`reply`]. The outbox sends the event to the [`event_queue`] and retries until the queue accepts it. The [`consumer`] in
//! this Worker takes it from the queue and calls the handler. Operators use the [`api`] and the [`metrics`].
//!
//! Imports go in one direction: [`platform`] and [`limits`] know nothing of the rest, and every module in this list uses
//! only those before it: `settings`, `sources`, `message`, `bucket`, `event_queue`, `outbox`, `metrics`, `intake`,
//! `consumer`, `api`.

#![cfg_attr(
    test,
    allow(clippy::expect_used, clippy::arithmetic_side_effects, reason = "a test that panics is a test that fails")
)]

mod api;
mod bucket;
mod consumer;
mod effect;
mod event_queue;
mod faults;
mod intake;
mod limits;
mod message;
mod metrics;
mod outbox;
mod platform;
mod reply;
mod settings;
mod sources;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::{Context, Env, MessageBatch, Method, Request, Result, event};

use crate::consumer::redelivery;
use crate::platform::log::{Level, Line, truncate};
use crate::platform::{instance, promise};
use crate::reply::Reply;

#[event(start)]
fn start() {
    console_error_panic_hook::set_once();
    instance::count_start();
}

/// Answers a request: returns a response, or the promise of one. It is not an `event(fetch)`, because that macro reads
/// every property of the request and makes each request wait for the next turn of the event loop. Both together take a
/// quarter of a delivery's time.
///
/// # Errors
///
/// The exception that the platform threw. The platform then answers 500.
#[wasm_bindgen]
pub fn fetch(request: web_sys::Request, env: Env, _: JsValue) -> std::result::Result<JsValue, JsValue> {
    let url = request.url();
    if let Some(source) = source_name(&url)
        && let Some(method) = intake::Method::named(&request.method())
    {
        return intake::receive(source, method, &url, request, env);
    }
    Ok(promise::spawn(async move { route(Request::from(request), &env).await.respond() }))
}

/// The name of the source in a URL with the path `/in/<name>`. Paths are compared exactly: the name is not decoded, trimmed
/// or changed in case.
fn source_name(url: &str) -> Option<&str> {
    let (_, after_scheme) = url.split_once("://")?;
    let (_, path) = after_scheme.split_once('/')?;
    path.split(['?', '#']).next()?.strip_prefix("in/")
}

#[event(queue)]
async fn queue(batch: MessageBatch<JsValue>, env: Env, _: Context) -> Result<()> {
    match settings::load(&env) {
        Ok(settings) if batch.queue() == settings.dead_letter_queue => {
            consumer::dead_letters::consume(&batch, &env).await;
        }
        Ok(_) => consumer::consume(&batch, &env).await,
        // The settings name the dead-letter queue, so every message waits until an operator has corrected them.
        Err(problem) => {
            let line = Line { at: "consumer", outcome: "misconfigured", message: Some(problem), ..Line::default() };
            line.write(Level::Error);
            batch.raw_iter().for_each(|raw| redelivery::retry_after(&raw, redelivery::pause_by_age(&raw)));
        }
    }
    Ok(())
}

/// Runs by a Cron Trigger: visits every object of the outbox, because one whose alarm was lost sends nothing by itself.
/// Returns a promise.
#[must_use]
#[wasm_bindgen]
pub fn scheduled(_: JsValue, env: Env, _: JsValue) -> JsValue {
    promise::spawn(async move {
        for error in outbox::visit_all(&env).await {
            let message = Some(truncate(&error.to_string()));
            Line { at: "outbox", outcome: "visit_failed", message, ..Line::default() }.write(Level::Error);
        }
        Ok(JsValue::UNDEFINED)
    })
}

/// Answers every request that is not a delivery.
async fn route(request: Request, env: &Env) -> Reply {
    let path = request.path();
    let is_reading = matches!(request.method(), Method::Get | Method::Head);
    if path.starts_with("/in/") {
        return Reply::MethodNotAllowed { allow: "POST" };
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
        "/metrics" if is_reading => Reply::Metrics(metrics::render(env).await),
        "/metrics" => Reply::MethodNotAllowed { allow: "GET, HEAD" },
        _ => Reply::NotFound,
    }
}
