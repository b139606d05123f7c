//! Events: which there are, what happened to one, its body, and sending it once more.

use serde_json::{Value, json};
use worker::{Env, Request};

use super::Problem;
use super::list::{Parameters, page};
use crate::bodies;
use crate::clock::rfc3339;
use crate::message::Message;
use crate::outbox::{self, Position, Query, Record, Replayed, Story};
use crate::reply::Reply;

/// What an event may be.
const STATES: [&str; 6] = ["pending", "queued", "acted", "parked", "dead", "discarded"];

/// Events, newest first, by `source`, `type` (also `invoice.*`), `status`, and time (`since` inclusive, `until` not).
pub(super) async fn list(request: &Request, env: &Env) -> Result<Reply, Problem> {
    let known = ["source", "type", "status", "since", "until", "limit", "cursor"];
    let parameters = Parameters::read(request, &known)?;
    let query = Query {
        source: parameters.text("source"),
        kind: parameters.text("type"),
        state: parameters.text("status"),
        since: parameters.time("since")?,
        until: parameters.time("until")?,
        before: parameters.cursor()?,
        limit: parameters.limit()?,
    };
    if query.state.as_deref().is_some_and(|state| !STATES.contains(&state)) {
        return Err(Problem::Asked("status is pending, queued, acted, parked, dead or discarded"));
    }
    let records = outbox::list(env, &query).await?;
    let last = records.last().map(|record| Position { at: record.accepted_at, name: record.key.clone() });
    let data: Vec<Value> = records.iter().map(described).collect();
    Ok(page(&data, query.limit, last))
}

/// One event, with its history and its message.
pub(super) async fn show(source: &str, id: &str, env: &Env) -> Result<Reply, Problem> {
    let Some(story) = outbox::show(env, &key(source, id)).await? else {
        return Ok(Reply::NotFound);
    };
    let message: Option<Value> = story.message.as_deref().and_then(|message| serde_json::from_str(message).ok());
    let mut event = described(&story.record);
    if let Some(event) = event.as_object_mut() {
        event.insert("history".into(), history(&story));
        event.insert("message".into(), message.into());
    }
    Ok(Reply::Data(json!({ "data": event })))
}

/// The exact bytes of an event's body.
pub(super) async fn body(source: &str, id: &str, env: &Env) -> Result<Reply, Problem> {
    let Some(story) = outbox::show(env, &key(source, id)).await? else {
        return Ok(Reply::NotFound);
    };
    let message: Option<Message> = story.message.as_deref().and_then(|message| serde_json::from_str(message).ok());
    let body = match message {
        None => None,
        Some(Message { dataref: Some(object), .. }) => Some(bodies::get(env, &object).await?),
        Some(message) => message.body(),
    };
    Ok(body.map_or(Reply::Forgotten, Reply::Bytes))
}

/// Sends an event once more.
pub(super) async fn replay(source: &str, id: &str, env: &Env) -> Result<Reply, Problem> {
    Ok(match outbox::replay(env, &key(source, id)).await? {
        Replayed::Pending => Reply::Started(json!({ "data": { "id": id, "source": source, "status": "pending" } })),
        Replayed::Unknown => Reply::NotFound,
        Replayed::Forgotten => Reply::Forgotten,
    })
}

fn key(source: &str, id: &str) -> String {
    format!("/in/{source} {id}")
}

fn described(record: &Record) -> Value {
    json!({
        "id": record.key.split_once(' ').map_or(record.key.as_str(), |(_, id)| id),
        "source": record.source,
        "event_type": record.kind,
        "status": record.state,
        "created_at": time(record.accepted_at),
        "sent_at": record.sent_at.map(time),
        "acted_at": record.acted_at.map(time),
        "retry_count": record.failures,
        "error": record.problem,
        "replay_count": record.replay,
    })
}

/// What happened, oldest first. What the record says already is not written down a second time.
fn history(story: &Story) -> Value {
    let Record { accepted_at, sent_at, acted_at, .. } = story.record;
    let usual = [("accepted", Some(accepted_at)), ("queued", sent_at), ("acted", acted_at)];
    let usual = usual.into_iter().filter_map(|(what, at)| at.map(|at| (at, what, None)));
    let other = story.history.iter().map(|step| (step.at, step.what.as_str(), step.detail.as_deref()));
    let mut steps: Vec<_> = usual.chain(other).collect();
    steps.sort_by_key(|(at, ..)| *at);
    let described = |(at, what, detail)| json!({ "at": time(at), "what": what, "detail": detail });
    steps.into_iter().map(described).collect()
}

/// Milliseconds since 1970 in RFC 3339.
pub(super) fn time(millis: i64) -> String {
    rfc3339(u64::try_from(millis).unwrap_or(0))
}
