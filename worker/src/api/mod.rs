//! What operators ask: `/api/v1/...`, with the secret `API_KEY` in the header `X-API-Key`. Where that secret is not set
//! there is no API.

mod dead_letters;
mod events;
mod list;

use js_sys::decode_uri_component;
use serde_json::json;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use worker::{Env, Method, Request};

use crate::log::{Level, Line, cut};
use crate::reply::Reply;
use crate::sources;

/// The secret that the key must be.
const SECRET: &str = "API_KEY";
/// The header that it comes in.
const HEADER: &str = "x-api-key";

/// Answers an operator. `path` is what stands behind `/api/v1/`.
pub(crate) async fn answer(path: &str, request: &Request, env: &Env) -> Reply {
    let Some(secret) =
        env.secret(SECRET).ok().map(|secret| secret.to_string()).filter(|secret| !secret.trim().is_empty())
    else {
        return Reply::NotFound;
    };
    let key = request.headers().get(HEADER).ok().flatten().unwrap_or_default();
    if !is_same(&key, &secret) {
        Line { at: "api", outcome: "rejected", ..Line::default() }.write(Level::Warning);
        return Reply::NotAuthentic;
    }
    let steps: Option<Vec<String>> = path.split('/').map(decoded).collect();
    let steps = steps.unwrap_or_default();
    let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    let method = request.method();
    let is_reading = matches!(method, Method::Get | Method::Head);
    if !is_reading {
        let asked = format!("{} /api/v1/{path}", method.as_ref());
        Line { at: "api", outcome: "asked", message: Some(cut(&asked)), ..Line::default() }.write(Level::Info);
    }
    let answer = match (steps.as_slice(), &method) {
        (["sources"], _) if is_reading => Ok(list_sources(env)),
        (["events"], _) if is_reading => events::list(request, env).await,
        (["events", source, id], _) if is_reading => events::show(source, id, env).await,
        (["events", source, id, "body"], _) if is_reading => events::body(source, id, env).await,
        (["events", source, id, "replay"], Method::Post) => events::replay(source, id, env).await,
        (["dead-letters"], _) if is_reading => dead_letters::list(request, env).await,
        (["dead-letters", "redrive"], Method::Post) => dead_letters::redrive_all(request, env).await,
        (["dead-letters", id], Method::Delete) => dead_letters::discard(id, env).await,
        (["dead-letters", id, "redrive"], Method::Post) => dead_letters::redrive(id, env).await,
        (["sources" | "events" | "dead-letters"] | ["events", _, _] | ["events", _, _, "body"], _) => {
            Ok(Reply::MethodNotAllowed { allow: "GET, HEAD" })
        }
        (["events", _, _, "replay"] | ["dead-letters", _, "redrive"] | ["dead-letters", "redrive"], _) => {
            Ok(Reply::MethodNotAllowed { allow: "POST" })
        }
        (["dead-letters", _], _) => Ok(Reply::MethodNotAllowed { allow: "DELETE" }),
        _ => Ok(Reply::NotFound),
    };
    answer.unwrap_or_else(|problem| {
        if let Problem::Outbox(error) = &problem {
            Line { at: "api", outcome: "failed", message: Some(cut(error)), ..Line::default() }.write(Level::Error);
        }
        problem.into()
    })
}

/// Why there is no answer.
pub(super) enum Problem {
    /// What was asked for makes no sense; the text says what to ask instead.
    Asked(&'static str),
    /// The outbox or the bucket failed.
    Outbox(String),
}

impl From<worker::Error> for Problem {
    fn from(error: worker::Error) -> Self {
        Self::Outbox(error.to_string())
    }
}

impl From<Problem> for Reply {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Asked(problem) => Self::BadQuery { problem },
            Problem::Outbox(_) => Self::CannotStore,
        }
    }
}

/// Compares by digest, so that neither the time taken nor the length says anything about the secret.
fn is_same(key: &str, secret: &str) -> bool {
    Sha256::digest(key).as_slice().ct_eq(Sha256::digest(secret).as_slice()).into()
}

fn decoded(step: &str) -> Option<String> {
    decode_uri_component(step).ok().map(String::from)
}

fn list_sources(env: &Env) -> Reply {
    match sources::all(env) {
        Err(problem) => Reply::Data(json!({ "data": [], "error": problem })),
        Ok(sources) => {
            let described: Vec<_> = sources
                .into_iter()
                .map(|(name, source)| match source {
                    Err(problem) => {
                        json!({ "name": name, "url": format!("/in/{name}"), "ready": false, "error": problem })
                    }
                    Ok(source) => json!({
                        "name": name,
                        "url": format!("/in/{name}"),
                        "ready": true,
                        "scheme": source.verifier.scheme().name,
                        "keys": source.key_names,
                        "events": source.events,
                    }),
                })
                .collect();
            Reply::Data(json!({ "data": described }))
        }
    }
}
