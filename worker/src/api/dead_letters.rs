//! Dead letters: which there are, sending them again, throwing one away.

use serde_json::{Value, json};
use worker::{Env, Request};

use super::Problem;
use super::events::time;
use super::list::{Parameters, page};
use crate::outbox::{self, DeadLetter, Position};
use crate::reply::Reply;

/// Dead letters, newest first, each with its message.
pub(super) async fn list(request: &Request, env: &Env) -> Result<Reply, Problem> {
    let parameters = Parameters::read(request, &["limit", "cursor"])?;
    let limit = parameters.limit()?;
    let letters = outbox::dead_letters(env, parameters.cursor()?.as_ref(), limit).await?;
    let last = letters.last().map(|letter| Position { at: letter.at, name: letter.id.clone() });
    let data: Vec<Value> = letters.iter().map(described).collect();
    Ok(page(&data, limit, last))
}

/// Sends one again.
pub(super) async fn redrive(id: &str, env: &Env) -> Result<Reply, Problem> {
    let is_there = outbox::redrive(env, id).await?;
    Ok(if is_there { Reply::Started(json!({ "data": { "redriven": 1 } })) } else { Reply::NotFound })
}

/// Sends all again, or those of one `source`.
pub(super) async fn redrive_all(request: &Request, env: &Env) -> Result<Reply, Problem> {
    let source = Parameters::read(request, &["source"])?.text("source");
    let redriven = outbox::redrive_all(env, source.as_deref()).await?;
    Ok(Reply::Started(json!({ "data": { "redriven": redriven } })))
}

/// Throws one away.
pub(super) async fn discard(id: &str, env: &Env) -> Result<Reply, Problem> {
    let was_there = outbox::discard(env, id).await?;
    Ok(if was_there { Reply::Data(json!({ "data": { "discarded": 1 } })) } else { Reply::NotFound })
}

fn described(letter: &DeadLetter) -> Value {
    let message: Value = serde_json::from_str(&letter.message).unwrap_or_default();
    json!({ "id": letter.id, "created_at": time(letter.at), "message": message })
}
