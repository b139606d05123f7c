//! Bodies in R2: those that are too large for a queue message. They are stored before their event is.
//!
//! An object belongs to one event: its name consists of the digest of the event's key and the digest of the body. The
//! outbox records the name before the object is stored, and keeps the record together with the event. If no event
//! follows, the outbox deletes the object.

use std::cell::OnceCell;
use std::pin::pin;

use worker::{Env, Result};

use crate::limits::BUCKET_TIMEOUT;
use crate::platform::digest::sha256_hex;
use crate::platform::timeout::within;

/// The binding of the bucket.
const BINDING: &str = "BODIES";

thread_local! {
    // Bindings do not change during the life of an isolate.
    static IS_BOUND: OnceCell<bool> = const { OnceCell::new() };
}

/// Whether a bucket is bound.
pub(crate) fn is_bound(env: &Env) -> bool {
    IS_BOUND.with(|known| *known.get_or_init(|| env.bucket(BINDING).is_ok()))
}

/// The name of the object for a body: `key` is the event's, `digest` is the SHA-256 of the body in hexadecimal.
pub(crate) fn object_name(key: &str, digest: &str) -> String {
    format!("{}/{digest}", sha256_hex(key))
}

/// Stores a body. Storing it again changes nothing.
pub(crate) async fn put(env: &Env, object: &str, bytes: Vec<u8>) -> Result<()> {
    let bucket = env.bucket(BINDING)?;
    with_timeout(pin!(bucket.put(object, bytes).execute())).await.map(drop)
}

/// Reads a body and compares its digest with the one in the object's name.
///
/// # Errors
///
/// If R2 does not answer, does not have the object, or returns different bytes.
pub(crate) async fn get(env: &Env, object: &str) -> Result<Vec<u8>> {
    let bucket = env.bucket(BINDING)?;
    let body = with_timeout(pin!(async {
        let stored = bucket.get(object).execute().await?;
        let body = stored.as_ref().and_then(worker::Object::body).ok_or("the object does not exist")?;
        body.bytes().await
    }))
    .await?;
    let expected = object.rsplit('/').next().unwrap_or_default();
    if sha256_hex(&body) == expected { Ok(body) } else { Err("the object's bytes have changed".into()) }
}

/// Deletes bodies.
pub(crate) async fn delete(env: &Env, objects: Vec<String>) -> Result<()> {
    let bucket = env.bucket(BINDING)?;
    with_timeout(pin!(bucket.delete_multiple(objects))).await
}

async fn with_timeout<T>(operation: impl Future<Output = Result<T>> + Unpin) -> Result<T> {
    match within(BUCKET_TIMEOUT, operation).await {
        Ok(result) => result,
        Err(timed_out) => Err(timed_out.message("R2").into()),
    }
}
