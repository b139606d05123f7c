//! Bodies that are too long for a queue message: they stand in R2 before their event is stored.
//!
//! An object belongs to one event: its name is the digest of the event's key and that of the body. The outbox notes the
//! name before the object is put, and takes the note over with the event; a note that no event takes over is an object
//! that nobody needs, and the outbox deletes it.

use std::cell::OnceCell;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use worker::{Delay, Env, Result};

use crate::body::Body;
use crate::digest::sha256;

/// The binding of the bucket.
const BINDING: &str = "BODIES";
/// How long R2 may take for a body: senders wait ten seconds and some.
const PATIENCE: Duration = Duration::from_secs(8);

thread_local! {
    // Bindings do not change while an isolate lives.
    static HAS_BUCKET: OnceCell<bool> = const { OnceCell::new() };
}

/// Whether there is a bucket.
pub(crate) fn has_bucket(env: &Env) -> bool {
    HAS_BUCKET.with(|known| *known.get_or_init(|| env.bucket(BINDING).is_ok()))
}

/// The name of the object for the body of an event, which has this SHA-256.
pub(crate) fn object_name(key: &str, digest: &str) -> String {
    format!("{}/{digest}", sha256(key))
}

/// Stores a body. Doing it twice is doing it once. Its room is taken until R2 has it, though JavaScript has the bytes by
/// then.
pub(crate) async fn put(env: &Env, object: &str, body: Body) -> Result<()> {
    let bucket = env.bucket(BINDING)?;
    let (bytes, _room) = body.into_parts();
    let putting = pin!(bucket.put(object, bytes).execute());
    within_patience(putting).await.map(drop)
}

/// The body in an object, if it is there and still what was put.
pub(crate) async fn get(env: &Env, object: &str) -> Result<Vec<u8>> {
    let bucket = env.bucket(BINDING)?;
    let getting = pin!(async {
        let found = bucket.get(object).execute().await?;
        let body = found.as_ref().and_then(worker::Object::body).ok_or("it is not there")?;
        body.bytes().await
    });
    let body = within_patience(getting).await?;
    let expected = object.rsplit('/').next().unwrap_or_default();
    if sha256(&body) == expected { Ok(body) } else { Err("it is not what was put".into()) }
}

/// Deletes bodies that nobody needs.
pub(crate) async fn delete(env: &Env, objects: Vec<String>) -> Result<()> {
    let bucket = env.bucket(BINDING)?;
    let deleting = pin!(bucket.delete_multiple(objects));
    within_patience(deleting).await
}

async fn within_patience<T>(answer: impl Future<Output = Result<T>> + Unpin) -> Result<T> {
    match select(answer, Delay::from(PATIENCE)).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(format!("R2 did not answer within {} s", PATIENCE.as_secs()).into()),
    }
}
