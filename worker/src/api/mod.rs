//! The API for operators: answers requests to `/api/v1/...` that carry the secret `API_KEY` in the header `X-API-Key`. If
//! that secret is not set, every request gets 404.

mod dead_letters;
mod events;
mod list;
mod problem;

use js_sys::decode_uri_component;
use serde_json::json;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use worker::{Env, Method, Request};

use self::problem::Problem;
use crate::outbox::{self, HandedOver};
use crate::platform::log::{Level, Line, truncate};
use crate::reply::Reply;
use crate::settings;
use crate::sources::{self, SourceError};

/// The header that carries it.
const HEADER: &str = "x-api-key";

/// Answers a request. `path` is the part after `/api/v1/`.
pub(crate) async fn answer(path: &str, request: &Request, env: &Env) -> Reply {
    let Some(secret) = settings::api_key(env) else { return Reply::NotFound };
    let key = request.headers().get(HEADER).ok().flatten().unwrap_or_default();
    if !is_equal(&key, &secret) {
        Line { at: "api", outcome: "rejected", ..Line::default() }.write(Level::Warning);
        return Reply::NotAuthentic;
    }
    let segments: Option<Vec<String>> = path.split('/').map(decode).collect();
    let segments = segments.unwrap_or_default();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let method = request.method();
    let is_reading = matches!(method, Method::Get | Method::Head);
    if !is_reading {
        let asked = format!("{} /api/v1/{path}", method.as_ref());
        Line { at: "api", outcome: "asked", message: Some(truncate(&asked)), ..Line::default() }.write(Level::Info);
    }
    let answer = match (segments.as_slice(), &method) {
        (["sources"], _) if is_reading => Ok(list_sources(env)),
        (["sources", source, "secret"], Method::Post) => take_secrets(source, env).await,
        (["events"], _) if is_reading => events::list(request, env).await,
        (["events", source, id], _) if is_reading => events::show(source, id, request, env).await,
        (["events", source, id, "body"], _) if is_reading => events::show_body(source, id, request, env).await,
        (["events", source, id, "replay"], Method::Post) => events::replay(source, id, request, env).await,
        (["dead-letters"], _) if is_reading => dead_letters::list(request, env).await,
        (["dead-letters", "redrive"], Method::Post) => dead_letters::redrive_all(request, env).await,
        (["dead-letters", id], Method::Delete) => dead_letters::discard(id, env).await,
        (["dead-letters", id, "redrive"], Method::Post) => dead_letters::redrive(id, env).await,
        (["sources" | "events" | "dead-letters"] | ["events", _, _] | ["events", _, _, "body"], _) => {
            Ok(Reply::MethodNotAllowed { allow: "GET, HEAD" })
        }
        (
            ["sources", _, "secret"]
            | ["events", _, _, "replay"]
            | ["dead-letters", _, "redrive"]
            | ["dead-letters", "redrive"],
            _,
        ) => Ok(Reply::MethodNotAllowed { allow: "POST" }),
        (["dead-letters", _], _) => Ok(Reply::MethodNotAllowed { allow: "DELETE" }),
        _ => Ok(Reply::NotFound),
    };
    answer.unwrap_or_else(|problem| {
        if let Problem::Failed(error) = &problem {
            Line { at: "api", outcome: "failed", message: Some(truncate(error)), ..Line::default() }
                .write(Level::Error);
        }
        problem.into()
    })
}

/// Compares the digests in constant time, so that the time reveals neither the secret nor its length.
fn is_equal(key: &str, secret: &str) -> bool {
    Sha256::digest(key).as_slice().ct_eq(Sha256::digest(secret).as_slice()).into()
}

fn decode(segment: &str) -> Option<String> {
    decode_uri_component(segment).ok().map(String::from)
}

/// Returns the secrets that the sender of a source has handed over, newest first, and deletes them.
async fn take_secrets(source: &str, env: &Env) -> Result<Reply, Problem> {
    if matches!(sources::find(source, env), Err(SourceError::Unknown)) {
        return Ok(Reply::NotFound);
    }
    let secrets = outbox::take_handed_over(env, source).await?;
    let data: Vec<_> = secrets
        .iter()
        .map(|HandedOver { at, address, secret }| {
            json!({ "secret": secret, "received_at": list::to_rfc3339(*at), "address": address })
        })
        .collect();
    let warning = (data.len() > 1).then_some(
        "more than one secret has arrived, and anyone may have sent one: use none unless you know its address, and set up the webhook again",
    );
    Ok(Reply::Data(json!({ "data": data, "warning": warning })))
}

/// Lists the sources, each with its error message if it cannot be used.
fn list_sources(env: &Env) -> Reply {
    match sources::all(env) {
        Err(problem) => Reply::Data(json!({ "data": [], "error": problem })),
        Ok(sources) => {
            let described: Vec<_> = sources
                .into_iter()
                .map(|(name, source)| match source {
                    Err(unready) => json!({
                        "name": name,
                        "url": format!("/in/{name}"),
                        "ready": false,
                        "error": unready.problem,
                    }),
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
