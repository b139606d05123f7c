//! Receives deliveries and handshakes: takes a request for a source and returns the response, or the promise of one.
//!
//! A delivery passes [`admission`], its [`body`] is read within bounds, [`verification`] decides what to do with it, and
//! [`storage`] stores its event. The gate answers with a success only when the event is stored: in the outbox, or on the
//! queue if the outbox fails. Each delivery gets one log line and counts in the metrics.
//!
//! Most bodies are short. JavaScript waits for them, because a future in wasm costs a third of a delivery's time: the
//! delivery waits in [`PendingBodies`] under a ticket, and `body.js` calls back with the ticket and the body.

mod admission;
mod body;
mod handshake;
mod method;
mod pending;
mod set_up;
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
pub(crate) use self::method::Method;
use self::pending::PendingBodies;
use self::verification::{Decision, Received, decide};
use crate::faults::{CrashPoint, pause_at};
use crate::limits::MAX_BODY_BYTES_WITHOUT_BUCKET;
use crate::platform::log::{Level, Line, truncate};
use crate::platform::{clock, promise};
use crate::reply::Reply;
use crate::settings::{self, Settings};
use crate::sources::{self, SetUp, Source, SourceError, Unready};
use crate::{bucket, metrics, outbox};

/// A delivery that the gate is working on.
struct Delivery {
    source_name: String,
    source: Rc<Source>,
    method: Method,
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

/// Receives a request for the source with this name. Returns a response, or the promise of one.
pub(crate) fn receive(
    source_name: &str,
    method: Method,
    url: &str,
    request: Request,
    env: Env,
) -> Result<JsValue, JsValue> {
    let unready = match find(source_name, &env) {
        Ok((source, settings)) => {
            return Delivery::new(source_name, source, settings, method, url, request, env).process();
        }
        // Without a log line and a metric, so that requests for random names fill neither.
        Err(Refusal::Unknown) => return Reply::NotFound.respond().map(JsValue::from),
        Err(Refusal::Misconfigured(unready, settings)) => (unready, settings),
    };
    let (Unready { problem, set_up }, settings) = unready;
    let (Some(set_up), Some(settings)) = (set_up, settings) else {
        return misconfigured(source_name, problem).respond().map(JsValue::from);
    };
    let (source_name, url, headers) = (source_name.to_owned(), url.to_owned(), request.headers());
    let received = set_up::Received { source_name, method, url, request, headers, env };
    Ok(promise::spawn(async move { receive_set_up(&set_up, &settings, &received, problem).await.respond() }))
}

/// Receives a request for a source that lacks a secret. Only handshakes that need no key are answered.
async fn receive_set_up(set_up: &SetUp, settings: &Settings, received: &set_up::Received, problem: String) -> Reply {
    let started = clock::now_js();
    let source_name = &received.source_name;
    let mut line = Line { at: "gate", source: truncate(source_name), ..Line::default() };
    let Some(reply) = set_up::answer(set_up, settings, received, &mut line).await else {
        return misconfigured(source_name, problem);
    };
    line.write(reply.level());
    metrics::count_delivery(source_name, line.outcome, clock::elapsed_since(started));
    reply
}

/// The answer of a source that cannot verify anything.
fn misconfigured(source_name: &str, problem: String) -> Reply {
    let outcome = "misconfigured";
    let line = Line { at: "gate", outcome, source: truncate(source_name), message: Some(problem), ..Line::default() };
    line.write(Level::Error);
    metrics::count_delivery(source_name, outcome, Duration::ZERO);
    Reply::Misconfigured
}

/// Why a source receives nothing.
enum Refusal {
    /// It does not exist.
    Unknown,
    /// It, or the gate, is misconfigured. The settings are there if the gate is not.
    Misconfigured(Unready, Option<Rc<Settings>>),
}

/// Finds a source, and the gate's settings.
fn find(source_name: &str, env: &Env) -> Result<(Rc<Source>, Rc<Settings>), Refusal> {
    let source = sources::find(source_name, env);
    if matches!(source, Err(SourceError::Unknown)) {
        return Err(Refusal::Unknown);
    }
    let settings = settings::load(env).map_err(|problem| Refusal::Misconfigured(problem.into(), None))?;
    if !outbox::is_bound(env) {
        let problem = format!("the binding {} is missing, so nothing can be stored", outbox::BINDING);
        return Err(Refusal::Misconfigured(problem.into(), None));
    }
    match source {
        Ok(source) => Ok((source, settings)),
        Err(SourceError::Unknown) => Err(Refusal::Unknown),
        Err(SourceError::Misconfigured(unready)) => Err(Refusal::Misconfigured(unready, Some(settings))),
    }
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
    fn new(
        source_name: &str,
        source: Rc<Source>,
        settings: Rc<Settings>,
        method: Method,
        url: &str,
        request: Request,
        env: Env,
    ) -> Self {
        let line = Line { at: "gate", source: truncate(source_name), ..Line::default() };
        let (source_name, url) = (source_name.to_owned(), url.to_owned());
        let headers = request.headers();
        let started = clock::now_js();
        Self { source_name, source, method, settings, request, headers, url, env, started, line }
    }

    /// Processes a request. Returns a response, or the promise of one.
    fn process(mut self) -> Result<JsValue, JsValue> {
        let scheme = self.source.verifier.scheme();
        if !self.method.delivers_for(scheme) && !scheme.asks_by(self.method.name()) {
            return Reply::MethodNotAllowed { allow: "POST" }.respond().map(JsValue::from);
        }
        if let Err(reply) = admit(&self.source.terms, &self.headers, &mut self.line) {
            return self.finish(&reply);
        }
        if self.method != Method::Post {
            return self.process_body(Ok(Body::empty()));
        }
        if body::is_declared_short(&self.headers, self.max_body_bytes())
            && let Some(ticket) = PENDING.with_borrow_mut(|pending| pending.reserve(self.started))
        {
            return Ok(self.await_short_body(ticket));
        }
        Ok(promise::spawn(async move { self.process_long_body().await.respond() }))
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
        match self.decide(body) {
            Decision::Answer(reply) => self.finish(&reply),
            decision => Ok(promise::spawn(async move { self.carry_out(decision).await.respond() })),
        }
    }

    async fn process_body_async(mut self, body: Result<Body, BodyError>) -> Reply {
        let decision = self.decide(body);
        self.carry_out(decision).await
    }

    fn decide(&mut self, body: Result<Body, BodyError>) -> Decision {
        let Self { source_name, source, method, url, headers, line, .. } = self;
        decide(&Received { source_name, source, method: *method, url, headers }, body, line)
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

    /// Writes the log line and counts the delivery. A request by another method that is not a handshake gets neither.
    fn record(&self, reply: &Reply) {
        if matches!(reply, Reply::MethodNotAllowed { .. }) {
            return;
        }
        self.line.write(reply.level());
        metrics::count_delivery(&self.source_name, self.line.outcome, clock::elapsed_since(self.started));
    }
}
