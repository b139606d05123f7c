//! Requests about events: listing them, showing one with its history or its body, and replaying it.

use serde_json::{Value, json};
use worker::{Env, Request};

use super::list::{Parameters, page, to_rfc3339};
use super::problem::Problem;
use crate::bucket;
use crate::message::Message;
use crate::outbox::{self, EventDetails, EventQuery, EventRecord, Position, ReplayOutcome};
use crate::reply::Reply;

/// The values of `status`.
const STATES: [&str; 6] = ["pending", "queued", "acted", "parked", "dead", "discarded"];

/// Lists events, newest first. Filters: `source`, `type` (also `invoice.*`), `status`, `since` (inclusive) and `until`
/// (exclusive).
pub(super) async fn list(request: &Request, env: &Env) -> Result<Reply, Problem> {
    let known = ["source", "type", "status", "since", "until", "limit", "cursor"];
    let parameters = Parameters::read(request, &known)?;
    let query = EventQuery {
        source: parameters.text("source"),
        kind: parameters.text("type"),
        state: parameters.text("status"),
        since: parameters.time("since")?,
        until: parameters.time("until")?,
        before: parameters.cursor()?,
        limit: parameters.limit()?,
    };
    if query.state.as_deref().is_some_and(|state| !STATES.contains(&state)) {
        return Err(Problem::BadRequest("status must be pending, queued, acted, parked, dead or discarded"));
    }
    let records = outbox::list(env, &query).await?;
    let last = records.last().map(|record| Position { at: record.accepted_at, name: record.key.clone() });
    let data: Vec<Value> = records.iter().map(describe).collect();
    Ok(page(&data, query.limit, last))
}

/// Shows an event with its history and its message.
pub(super) async fn show(source: &str, id: &str, request: &Request, env: &Env) -> Result<Reply, Problem> {
    let id = event_id(id, request)?;
    let Some(details) = outbox::show(env, &event_key(source, &id)).await? else {
        return Ok(Reply::NotFound);
    };
    let message: Option<Value> = details.message.as_deref().and_then(|message| serde_json::from_str(message).ok());
    let mut event = describe(&details.record);
    if let Some(event) = event.as_object_mut() {
        event.insert("history".into(), describe_history(&details));
        event.insert("message".into(), message.into());
    }
    Ok(Reply::Data(json!({ "data": event })))
}

/// Returns the exact bytes of an event's body.
pub(super) async fn show_body(source: &str, id: &str, request: &Request, env: &Env) -> Result<Reply, Problem> {
    let id = event_id(id, request)?;
    let Some(details) = outbox::show(env, &event_key(source, &id)).await? else {
        return Ok(Reply::NotFound);
    };
    let message: Option<Message> = details.message.as_deref().and_then(|message| serde_json::from_str(message).ok());
    let body = match message {
        None => None,
        Some(Message { dataref: Some(object), .. }) => Some(bucket::get(env, &object).await?),
        Some(message) => message.body(),
    };
    Ok(body.map_or(Reply::BodyDeleted, Reply::Bytes))
}

/// Sends an event to the queue again.
pub(super) async fn replay(source: &str, id: &str, request: &Request, env: &Env) -> Result<Reply, Problem> {
    let id = event_id(id, request)?;
    Ok(match outbox::replay(env, &event_key(source, &id)).await? {
        ReplayOutcome::Pending => {
            Reply::Started(json!({ "data": { "id": id, "source": source, "status": "pending" } }))
        }
        ReplayOutcome::Unknown => Reply::NotFound,
        ReplayOutcome::BodyDeleted => Reply::BodyDeleted,
    })
}

/// The id that a request is about: its segment of the path, or the parameter `id` if the segment is `-`. URL parsers remove the
/// segments `.` and `..`, however they are encoded, so an event with such an id is found by the parameter alone.
fn event_id(segment: &str, request: &Request) -> Result<String, Problem> {
    let parameters = Parameters::read(request, if segment == "-" { &["id"] } else { &[] })?;
    Ok(parameters.text("id").unwrap_or_else(|| segment.into()))
}

fn event_key(source: &str, id: &str) -> String {
    format!("/in/{source} {id}")
}

fn describe(record: &EventRecord) -> Value {
    json!({
        "id": record.key.split_once(' ').map_or(record.key.as_str(), |(_, id)| id),
        "source": record.source,
        "event_type": record.kind,
        "status": record.state,
        "created_at": to_rfc3339(record.accepted_at),
        "sent_at": record.sent_at.map(to_rfc3339),
        "acted_at": record.acted_at.map(to_rfc3339),
        "retry_count": record.failures,
        "error": record.problem,
        "replay_count": record.replay,
    })
}

/// The history of an event, oldest entry first: the times in its record and the stored entries.
fn describe_history(details: &EventDetails) -> Value {
    let EventRecord { accepted_at, sent_at, acted_at, .. } = details.record;
    let recorded = [("accepted", Some(accepted_at)), ("queued", sent_at), ("acted", acted_at)];
    let recorded = recorded.into_iter().filter_map(|(what, at)| at.map(|at| (at, what, None)));
    let stored = details.history.iter().map(|entry| (entry.at, entry.what.as_str(), entry.detail.as_deref()));
    let mut entries: Vec<_> = recorded.chain(stored).collect();
    entries.sort_by_key(|(at, ..)| *at);
    let describe = |(at, what, detail)| json!({ "at": to_rfc3339(at), "what": what, "detail": detail });
    entries.into_iter().map(describe).collect()
}
