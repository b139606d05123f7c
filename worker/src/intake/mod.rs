//! Receives deliveries: takes a request for a source and returns the response, or the promise of one.
//!
//! A delivery passes [`admission`], its [`body`] is read within bounds, [`verification`] decides what to do with it, and
//! [`storage`] stores its event. The gate answers with a success only when the event is stored: in the outbox, or on the
//! queue if the outbox fails. Each delivery gets one log line and counts in the metrics.
//!
//! Most bodies are short. JavaScript waits for them, because a future in wasm costs a third of a delivery's time: the
//! delivery waits in [`PendingBodies`] under a ticket, and `body.js` calls back with the ticket and the body.

mod admission;
mod body;
pub(crate) mod handshake;
mod pending;
mod storage;
mod verification;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::{Headers, Request};
use worker::Env;

use self::admission::admit;
use self::body::{Body, BodyError, BodyHandler};
use self::pending::PendingBodies;
use self::verification::{Decision, Received, decide};
use crate::faults::{CrashPoint, pause_at};
use crate::limits::MAX_BODY_BYTES_WITHOUT_BUCKET;
use crate::platform::log::{Level, Line, truncate};
use crate::platform::{clock, promise};
use crate::reply::Reply;
use crate::settings::{self, Settings};
use crate::sources::{self, Source, SourceError};
use crate::{bucket, metrics, outbox};

/// A delivery that the gate is working on.
struct Delivery {
    source_name: String,
    source: Rc<Source>,
    settings: Rc<Settings>,
    request: Request,
    headers: Headers,
    url: String,
    env: Env,
    /// When it arrived, as [`clock::now_js`] returns it.
    started: f64,
    /// The log line, filled in along the way.
    line: Line,
}

thread_local! {
    /// The function that `body.js` calls with a short body. It is created once, because creating one is expensive.
    static BODY_HANDLER: Closure<BodyHandler> = Closure::new(receive_short_body);
    /// The deliveries whose bodies JavaScript is reading.
    static PENDING: RefCell<PendingBodies<Delivery>> = const { RefCell::new(PendingBodies::new()) };
}

/// Receives a delivery for the source with this name. Returns a response, or the promise of one.
pub(crate) fn receive(source_name: &str, url: &str, request: Request, env: Env) -> Result<JsValue, JsValue> {
    let mut delivery = match Delivery::new(source_name, url, request, env) {
        Ok(delivery) => delivery,
        Err(reply) => return reply.respond().map(JsValue::from),
    };
    if let Err(reply) = admit(&delivery.source, &delivery.headers, &mut delivery.line) {
        return delivery.finish(&reply);
    }
    if body::is_declared_short(&delivery.headers, delivery.max_body_bytes())
        && let Some(ticket) = PENDING.with_borrow_mut(|pending| pending.reserve(delivery.started))
    {
        return Ok(delivery.await_short_body(ticket));
    }
    Ok(promise::spawn(async move { delivery.process_long_body().await.respond() }))
}

/// Continues with the delivery that has this ticket: its body has arrived, or failed to.
fn receive_short_body(ticket: u32, read: JsValue) -> Result<JsValue, JsValue> {
    let Some(delivery) = PENDING.with_borrow_mut(|pending| pending.take(ticket)) else {
        return reject_expired().respond().map(JsValue::from);
    };
    let body = body::from_js(read, delivery.max_body_bytes(), delivery.settings.body_budget_bytes);
    delivery.process_body(body)
}

/// The answer to a delivery whose ticket has expired. The gate no longer knows anything about it.
fn reject_expired() -> Reply {
    let reply = Reply::TooSlow;
    Line { at: "gate", outcome: "too_slow", ..Line::default() }.write(reply.level());
    reply
}

impl Delivery {
    /// Finds the source of a delivery.
    ///
    /// # Errors
    ///
    /// The answer, if the source does not exist or is misconfigured.
    fn new(source_name: &str, url: &str, request: Request, env: Env) -> Result<Self, Reply> {
        let source = sources::find(source_name, &env).and_then(|source| {
            let settings = settings::load(&env).map_err(SourceError::Misconfigured)?;
            if !outbox::is_bound(&env) {
                let problem = format!("the binding {} is missing, so nothing can be stored", outbox::BINDING);
                return Err(SourceError::Misconfigured(problem));
            }
            Ok((source, settings))
        });
        let mut line = Line { at: "gate", source: truncate(source_name), ..Line::default() };
        match source {
            Ok((source, settings)) => {
                let (source_name, url) = (source_name.to_owned(), url.to_owned());
                let headers = request.headers();
                let started = clock::now_js();
                Ok(Self { source_name, source, settings, request, headers, url, env, started, line })
            }
            // Without a log line and a metric, so that requests for random names fill neither.
            Err(SourceError::Unknown) => Err(Reply::NotFound),
            Err(SourceError::Misconfigured(problem)) => {
                line.outcome = "misconfigured";
                line.message = Some(problem);
                line.write(Level::Error);
                metrics::count_delivery(source_name, line.outcome, Duration::ZERO);
                Err(Reply::Misconfigured)
            }
        }
    }

    /// The longest body that the gate accepts.
    fn max_body_bytes(&self) -> usize {
        let max_bytes = self.settings.max_body_bytes;
        if bucket::is_bound(&self.env) { max_bytes } else { max_bytes.min(MAX_BODY_BYTES_WITHOUT_BUCKET) }
    }

    /// Lets JavaScript read a short body. Returns the promise of a response.
    fn await_short_body(self, ticket: u32) -> JsValue {
        let timeout_millis = self.settings.body_timeout().as_secs_f64() * 1000.0;
        let response = BODY_HANDLER.with(|handler| body::read_short(&self.request, timeout_millis, handler, ticket));
        PENDING.with_borrow_mut(|pending| pending.insert(ticket, self.started, timeout_millis, self));
        response.into()
    }

    async fn process_long_body(self) -> Reply {
        let body = body::read(&self.request, self.max_body_bytes(), &self.settings).await;
        self.process_body_async(body).await
    }

    /// Decides about a delivery. Returns a response if nothing has to be awaited, and otherwise the promise of one.
    fn process_body(mut self, body: Result<Body, BodyError>) -> Result<JsValue, JsValue> {
        // Crash points have to be awaited.
        if cfg!(feature = "faults") {
            return Ok(promise::spawn(async move { self.process_body_async(body).await.respond() }));
        }
        match self.decide(body) {
            Decision::Answer(reply) => self.finish(&reply),
            decision => Ok(promise::spawn(async move { self.carry_out(decision).await.respond() })),
        }
    }

    async fn process_body_async(mut self, body: Result<Body, BodyError>) -> Reply {
        pause_at(CrashPoint::AfterBodyRead, &self.env).await;
        let decision = self.decide(body);
        self.carry_out(decision).await
    }

    fn decide(&mut self, body: Result<Body, BodyError>) -> Decision {
        let Self { source_name, source, url, headers, line, .. } = self;
        decide(&Received { source_name, source, url, headers }, body, line)
    }

    async fn carry_out(mut self, decision: Decision) -> Reply {
        let Self { source, env, line, .. } = &mut self;
        let reply = match decision {
            Decision::Answer(reply) => reply,
            Decision::Handshake(reply) => handshake::answer(reply, line).await,
            Decision::Store(message, body) => {
                pause_at(CrashPoint::AfterVerification, env).await;
                storage::store(source, *message, body, env, line).await
            }
        };
        pause_at(CrashPoint::BeforeResponse, env).await;
        self.record(&reply);
        reply
    }

    /// Records the delivery and returns its response.
    fn finish(self, reply: &Reply) -> Result<JsValue, JsValue> {
        self.record(reply);
        reply.respond().map(JsValue::from)
    }

    /// Writes the log line and counts the delivery.
    fn record(&self, reply: &Reply) {
        self.line.write(reply.level());
        metrics::count_delivery(&self.source_name, self.line.outcome, clock::elapsed_since(self.started));
    }
}
