//! Requests about dead letters: listing, redriving and discarding them.

use serde_json::{Value, json};
use worker::{Env, Request};

use super::list::{Parameters, page, to_rfc3339};
use super::problem::Problem;
use crate::outbox::{self, DeadLetter, Position};
use crate::reply::Reply;

/// Lists dead letters, newest first, each with its message.
pub(super) async fn list(request: &Request, env: &Env) -> Result<Reply, Problem> {
    let parameters = Parameters::read(request, &["limit", "cursor"])?;
    let limit = parameters.limit()?;
    let letters = outbox::dead_letters(env, parameters.cursor()?.as_ref(), limit).await?;
    let last = letters.last().map(|letter| Position { at: letter.at, name: letter.id.clone() });
    let data: Vec<Value> = letters.iter().map(describe).collect();
    Ok(page(&data, limit, last))
}

/// Sends a dead letter to the queue again.
pub(super) async fn redrive(id: &str, env: &Env) -> Result<Reply, Problem> {
    let exists = outbox::redrive(env, id).await?;
    Ok(if exists { Reply::Started(json!({ "data": { "redriven": 1 } })) } else { Reply::NotFound })
}

/// Sends all dead letters to the queue again, or those of one `source`.
pub(super) async fn redrive_all(request: &Request, env: &Env) -> Result<Reply, Problem> {
    let source = Parameters::read(request, &["source"])?.text("source");
    let redriven = outbox::redrive_all(env, source.as_deref()).await?;
    Ok(Reply::Started(json!({ "data": { "redriven": redriven } })))
}

/// Deletes a dead letter.
pub(super) async fn discard(id: &str, env: &Env) -> Result<Reply, Problem> {
    let existed = outbox::discard(env, id).await?;
    Ok(if existed { Reply::Data(json!({ "data": { "discarded": 1 } })) } else { Reply::NotFound })
}

fn describe(letter: &DeadLetter) -> Value {
    let message: Value = serde_json::from_str(&letter.message).unwrap_or_default();
    json!({ "id": letter.id, "created_at": to_rfc3339(letter.at), "message": message })
}
