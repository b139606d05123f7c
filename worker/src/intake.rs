//! Taking a delivery in: who may knock, bounded reading, verification, and the outbox. A success is answered only when
//! the event is stored: in the outbox, or on the queue where the outbox fails.

use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use countersign::{DecodeError, Delivery, Event, Rejection, UnixTime, Verified};
use futures_util::future::{Either, select};
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::{Headers, Request};
use worker::{Delay, Env, MessageBuilder, QueueContentType};

use crate::admission::admit;
use crate::body::{self, Body, BodyError, Judge, OnTheirWay};
use crate::digest::sha256;
use crate::faults::reach;
use crate::handshake;
use crate::log::{Level, Line, cut};
use crate::message::{COMFORTABLE_BYTES, MAX_BYTES, Message};
use crate::outbox::{self, Outcome, QUEUE};
use crate::reply::Reply;
use crate::settings::{self, Settings};
use crate::sources::{self, Source, SourceError};
use crate::{bodies, clock, hash, later, metrics};

/// The longest value of a header that is looked at: the longest that any scheme takes.
const MAX_HEADER_BYTES: usize = 8 * 1024;
/// The longest body that is read where there is no bucket for long ones. It is refused after it was verified.
const MAX_BYTES_WITHOUT_BUCKET: usize = 1 << 20;
/// How long the queue may take where the outbox fails.
const QUEUE_PATIENCE: Duration = Duration::from_secs(2);

/// A delivery on its way, and what is learned about it.
struct Arrival {
    /// The name of the source.
    name: String,
    source: Rc<Source>,
    settings: Rc<Settings>,
    request: Request,
    headers: Headers,
    url: String,
    env: Env,
    /// When it came, as JavaScript counts.
    started: f64,
    line: Line,
}

/// What is to be done about a delivery.
enum Decision {
    /// It is answered, and that is all.
    Answer(Reply),
    /// It is a handshake, and this is what it wants to hear.
    Handshake(countersign::Reply),
    /// It is an event to be stored, with this body.
    Store(Box<Message>, Body),
}

thread_local! {
    /// What short bodies are handed to. It is made once: what JavaScript can call is costly to make.
    static JUDGE: Closure<Judge> = Closure::new(take_short);
    /// Deliveries whose bodies are awaited in JavaScript.
    static ON_THEIR_WAY: RefCell<OnTheirWay<Arrival>> = const { RefCell::new(OnTheirWay::new()) };
}

/// Takes in one delivery for a source: gives the answer, or the promise of one. It writes one line about it, and counts it.
pub(crate) fn take_in(name: &str, url: &str, request: Request, env: Env) -> Result<JsValue, JsValue> {
    let mut arrival = match Arrival::new(name, url, request, env) {
        Ok(arrival) => arrival,
        Err(refusal) => return refusal.respond().map(JsValue::from),
    };
    if let Some(refusal) = admit(&arrival.source, &arrival.headers, &mut arrival.line) {
        return arrival.close(&refusal);
    }
    if body::is_declared_short(&arrival.headers, arrival.max_bytes())
        && let Some(ticket) = ON_THEIR_WAY.with_borrow_mut(|all| all.ticket(arrival.started))
    {
        return Ok(arrival.set_out(ticket));
    }
    Ok(later(arrival.take_long()))
}

/// Takes in a delivery whose body has come.
fn take_short(ticket: u32, read: JsValue) -> Result<JsValue, JsValue> {
    let Some(arrival) = ON_THEIR_WAY.with_borrow_mut(|all| all.arrive(ticket)) else {
        return forgotten().respond().map(JsValue::from);
    };
    let body = body::short(read, arrival.max_bytes(), arrival.settings.body_budget_bytes);
    arrival.settle(body)
}

/// The answer to a delivery that had its time long before its body came: nothing is known of it any more.
fn forgotten() -> Reply {
    let reply = Reply::TooSlow;
    Line { at: "gate", outcome: "too_slow", ..Line::default() }.write(reply.level());
    reply
}

impl Arrival {
    /// A delivery for a source; or the answer, if there is no such source, or none that works.
    fn new(name: &str, url: &str, request: Request, env: Env) -> Result<Self, Reply> {
        let found = sources::find(name, &env);
        let found = found.and_then(|source| {
            let settings = settings::load(&env).map_err(SourceError::Misconfigured)?;
            if !outbox::is_bound(&env) {
                let problem = format!("the binding {} is missing, so nothing can be stored", outbox::BINDING);
                return Err(SourceError::Misconfigured(problem));
            }
            Ok((source, settings))
        });
        let mut line = Line { at: "gate", source: cut(name), ..Line::default() };
        match found {
            Ok((source, settings)) => {
                let (name, url) = (name.to_owned(), url.to_owned());
                let headers = request.headers();
                Ok(Self { name, source, settings, request, headers, url, env, started: clock::now(), line })
            }
            // Whoever tries names should fill neither the log nor the metrics.
            Err(SourceError::Unknown) => Err(Reply::NotFound),
            Err(SourceError::Misconfigured(problem)) => {
                line.outcome = "misconfigured";
                line.message = Some(problem);
                line.write(Level::Error);
                metrics::delivery(name, line.outcome, Duration::ZERO);
                Err(Reply::Misconfigured)
            }
        }
    }

    /// The longest body that is taken.
    fn max_bytes(&self) -> usize {
        let max_bytes = self.settings.max_body_bytes;
        if bodies::has_bucket(&self.env) { max_bytes } else { max_bytes.min(MAX_BYTES_WITHOUT_BUCKET) }
    }

    /// Waits for a short body, without a future: the promise of an answer.
    fn set_out(self, ticket: u32) -> JsValue {
        let patience = self.settings.body_patience().as_secs_f64() * 1000.0;
        let answer = JUDGE.with(|judge| body::read_short(&self.request, patience, judge, ticket));
        ON_THEIR_WAY.with_borrow_mut(|all| all.set_out(ticket, self.started, patience, self));
        answer.into()
    }

    async fn take_long(self) -> Reply {
        let body = body::read(&self.request, self.max_bytes(), &self.settings).await;
        self.go_on(body).await
    }

    /// Goes on when the body has come: to the end, if nothing has to be waited for.
    fn settle(mut self, body: Result<Body, BodyError>) -> Result<JsValue, JsValue> {
        // Points to be killed at are waited for.
        if cfg!(feature = "faults") {
            return Ok(later(self.go_on(body)));
        }
        match self.decide(body) {
            Decision::Answer(reply) => self.close(&reply),
            decision => Ok(later(self.carry_out(decision))),
        }
    }

    /// The same, waiting for whatever there is to wait for.
    async fn go_on(mut self, body: Result<Body, BodyError>) -> Reply {
        reach("K1", &self.env).await;
        let decision = self.decide(body);
        self.carry_out(decision).await
    }

    async fn carry_out(mut self, decision: Decision) -> Reply {
        let Self { env, line, .. } = &mut self;
        let reply = match decision {
            Decision::Answer(reply) => reply,
            Decision::Handshake(reply) => {
                let answered = handshake::answer(reply).await;
                line.outcome = answered.outcome;
                line.message = answered.message;
                answered.reply
            }
            Decision::Store(message, body) => {
                reach("K2", env).await;
                let digest = sha256(&body.bytes);
                match place_body(*message, body, &digest, env, line).await {
                    Ok(message) => store(message, &digest, env, line).await,
                    Err(refusal) => refusal,
                }
            }
        };
        reach("K7", env).await;
        self.note(&reply);
        reply
    }

    /// Answers at once.
    fn close(self, reply: &Reply) -> Result<JsValue, JsValue> {
        self.note(reply);
        reply.respond().map(JsValue::from)
    }

    /// Writes the line, and counts.
    fn note(&self, reply: &Reply) {
        self.line.write(reply.level());
        metrics::delivery(&self.name, self.line.outcome, clock::since(self.started));
    }

    /// Everything there is to find out about a delivery. What is learned goes onto the line.
    fn decide(&mut self, body: Result<Body, BodyError>) -> Decision {
        let Self { name, source, headers, url, line, .. } = self;
        let body = match body {
            Ok(body) => body,
            Err(error) => return Decision::Answer(refuse_body(error, line)),
        };
        // The clock is read once, when the body is complete: it stands still while nothing arrives.
        let now = clock::now_millis();
        let Some(headers) = headers_for(source, headers) else {
            line.outcome = "rejected";
            line.code = Some("malformed_header");
            line.message = Some(format!("a header is longer than {MAX_HEADER_BYTES} bytes"));
            return Decision::Answer(Reply::NotAuthentic);
        };
        let signed_url = source.signed_url(url.split_once('?').map(|(_, query)| query));
        let url = signed_url.as_deref().unwrap_or(url);
        let delivery = Delivery::new(headers.iter().map(|(name, value)| (*name, value.as_bytes())), &body.bytes);
        let delivery = delivery.method("POST").url(url);
        match handshake::asked(source, delivery.clone(), UnixTime::from_millis(now)) {
            Ok(None) => {}
            Ok(Some(reply)) => return Decision::Handshake(reply),
            Err(rejection) => return Decision::Answer(refuse(name, &rejection, line)),
        }
        let verified = match source.verifier.verify_with(delivery, UnixTime::from_millis(now), &hash::Runtime) {
            Ok(verified) => verified,
            Err(rejection) => return Decision::Answer(refuse(name, &rejection, line)),
        };
        note_skew(name, &verified, now);
        let mut event = match verified.decode() {
            Ok(event) => event,
            Err(error) => return Decision::Answer(give_up(&error, line)),
        };
        if source.is_distinct {
            // A copy that the sender makes is taken for another event too: better twice than not at all.
            event.id = format!("{}-{now}-{}", event.id, js_sys::Math::random());
        }
        let key = key_name(source, &verified);
        line.id = Some(cut(&event.id));
        line.kind = event.kind.as_deref().map(cut);
        line.key = Some(key.to_owned());
        line.bytes = Some(body.bytes.len());
        if !source.wants(event.kind.as_deref()) {
            line.outcome = "filtered";
            return Decision::Answer(Reply::Filtered { id: event.id });
        }
        let message = Message::new(&event, name, key, clock::rfc3339(now), signed_time(&event));
        Decision::Store(Box::new(message), body)
    }
}

fn refuse_body(error: BodyError, line: &mut Line) -> Reply {
    let (outcome, reply) = match error {
        BodyError::Truncated => ("broken_off", Reply::BadRequest),
        BodyError::TooLarge => ("too_large", Reply::TooLarge),
        BodyError::TooSlow => ("too_slow", Reply::TooSlow),
        BodyError::NoRoom => ("no_room", Reply::CannotStore),
    };
    line.outcome = outcome;
    reply
}

/// The headers that the scheme reads, and no others; none, if one is longer than any may be.
fn headers_for(source: &Source, sent: &Headers) -> Option<Vec<(&'static str, String)>> {
    let value = |name| sent.get(name).ok().flatten().map(|value| (name, value));
    let headers: Vec<_> = source.verifier.scheme().headers().into_iter().filter_map(value).collect();
    headers.iter().all(|(_, value)| value.len() <= MAX_HEADER_BYTES).then_some(headers)
}

fn refuse(name: &str, rejection: &Rejection, line: &mut Line) -> Reply {
    line.outcome = "rejected";
    line.code = Some(rejection.code());
    line.message = Some(rejection.message());
    // Both are genuine, so their time is the sender's.
    match *rejection {
        Rejection::Stale { age, .. } => metrics::skew(name, i64::try_from(age).unwrap_or(i64::MAX)),
        Rejection::Premature { ahead, .. } => {
            metrics::skew(name, i64::try_from(ahead).unwrap_or(i64::MAX).saturating_neg());
        }
        _ => {}
    }
    Reply::NotAuthentic
}

fn give_up(error: &DecodeError, line: &mut Line) -> Reply {
    line.outcome = "unreadable";
    line.code = Some(error.code());
    line.message = Some(error.message());
    Reply::Unreadable
}

fn note_skew(name: &str, verified: &Verified<'_>, now_millis: u64) {
    if let Some(signed_at) = verified.signed_at() {
        let seconds = |millis: u64| i64::try_from(millis / 1000).unwrap_or(i64::MAX);
        metrics::skew(name, seconds(now_millis).saturating_sub(seconds(signed_at.as_millis())));
    }
}

/// The message with its body: in it, or in R2 where it is too long. A body that is put there is not held any longer.
async fn place_body(message: Message, body: Body, digest: &str, env: &Env, line: &mut Line) -> Result<Message, Reply> {
    let length = body.bytes.len();
    let size = message.largest_size(length);
    let has_bucket = bodies::has_bucket(env);
    if size <= COMFORTABLE_BYTES || (!has_bucket && size <= MAX_BYTES) {
        return Ok(message.holding(&body.bytes));
    }
    let problem = if !has_bucket {
        Some("there is no bucket for bodies that are too long for a queue message")
    } else if message.largest_size(0) > COMFORTABLE_BYTES {
        Some("the id and the type of the event are too long for a queue message")
    } else {
        None
    };
    if let Some(problem) = problem {
        line.outcome = "too_large";
        line.message = Some(problem.into());
        return Err(Reply::TooLarge);
    }
    let key = message.key();
    let object = bodies::object_name(&key, digest);
    let problem = match outbox::reserve(env, &key, &object).await {
        Ok(false) => "an older copy of the body is being deleted".into(),
        // Without the outbox nobody deletes the object should the event not be stored: better that than losing it.
        Ok(true) | Err(_) => match bodies::put(env, &object, body).await {
            Ok(()) => {
                reach("K3", env).await;
                return Ok(message.pointing_to(object, length));
            }
            Err(error) => error.to_string(),
        },
    };
    line.outcome = "cannot_store";
    line.message = Some(cut(&problem));
    Err(Reply::CannotStore)
}

async fn store(message: Message, digest: &str, env: &Env, line: &mut Line) -> Reply {
    let id = message.id.clone();
    reach("K4", env).await;
    let stored = match outbox::accept(env, &message, digest).await {
        Ok(outcome) => Ok(outcome),
        Err(error) => {
            let message_of_error = Some(cut(&error.to_string()));
            let failed = Line { outcome: "outbox_failed", message: message_of_error, ..line.clone() };
            failed.write(Level::Error);
            // Straight to the queue then: the consumer tells copies apart by the same key.
            enqueue(Message { dedupe: Some("consumer".into()), ..message }, env).await.map(|()| Outcome::New)
        }
    };
    reach("K6", env).await;
    match stored {
        Ok(Outcome::New) => {
            line.outcome = "accepted";
            Reply::Accepted { id }
        }
        Ok(Outcome::Duplicate) => {
            line.outcome = "duplicate";
            Reply::Duplicate { id }
        }
        Ok(Outcome::Conflict) => {
            line.outcome = "key_conflict";
            line.message = Some("another body came under this id before; the first one counts".into());
            Reply::Duplicate { id }
        }
        Err(error) => {
            line.outcome = "cannot_store";
            line.message = Some(cut(&error.to_string()));
            Reply::CannotStore
        }
    }
}

fn key_name<'s>(source: &'s Source, verified: &Verified<'_>) -> &'s str {
    source.key_names.get(verified.key()).map_or("", String::as_str)
}

fn signed_time(event: &Event<'_>) -> Option<String> {
    event.signed_at.map(|time| clock::rfc3339(time.as_millis()))
}

async fn enqueue(message: Message, env: &Env) -> worker::Result<()> {
    let message = MessageBuilder::new(message).content_type(QueueContentType::Json).build();
    let queue = env.queue(QUEUE)?;
    let sending = pin!(queue.send(message));
    match select(sending, Delay::from(QUEUE_PATIENCE)).await {
        Either::Left((sent, _)) => sent,
        Either::Right(_) => Err(format!("the queue did not answer within {} s", QUEUE_PATIENCE.as_secs()).into()),
    }
}
