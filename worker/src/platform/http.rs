//! Every HTTP request that the gate sends: takes a request and returns the status of a complete answer.
//!
//! A request never follows a redirect: a redirect to a page that answers 200 says nothing about the work that was asked
//! for, and its target may be any host. The time limit lasts until the last byte of the answer. The answer's body is read
//! up to [`MAX_ANSWER_BYTES`] and dropped; a longer one is cancelled.

use std::pin::pin;
use std::time::Duration;

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader};
use worker::{Fetch, Fetcher, Headers, Method, Request, RequestInit, RequestRedirect, Response, ResponseBody};

use super::timeout::{TimedOut, within};
use crate::limits::MAX_ANSWER_BYTES;

/// Where a request goes.
pub(crate) enum Target<'a> {
    /// To a Worker that is bound to the gate.
    Service(&'a Fetcher),
    /// To the host of the URL.
    Internet,
}

/// A request to send.
pub(crate) struct Call<'a> {
    pub(crate) target: Target<'a>,
    pub(crate) method: Method,
    pub(crate) url: &'a str,
    pub(crate) headers: Headers,
    pub(crate) body: Option<&'a [u8]>,
    /// How long it may take until the last byte of the answer.
    pub(crate) timeout: Duration,
}

/// Why a request has no complete answer.
pub(crate) enum HttpError {
    /// It could not be sent, or the connection ended.
    Failed(worker::Error),
    /// The time limit passed first. The other side may still be working.
    NoAnswer(TimedOut),
}

impl From<worker::Error> for HttpError {
    fn from(error: worker::Error) -> Self {
        Self::Failed(error)
    }
}

/// Sends a request and waits for the complete answer. Returns the answer's status.
///
/// # Errors
///
/// See [`HttpError`].
pub(crate) async fn send(call: Call<'_>) -> Result<u16, HttpError> {
    let timeout = call.timeout;
    match within(timeout, pin!(exchange(call))).await {
        Ok(answered) => Ok(answered?),
        Err(timed_out) => Err(HttpError::NoAnswer(timed_out)),
    }
}

async fn exchange(call: Call<'_>) -> worker::Result<u16> {
    let mut init = RequestInit::new();
    let body = call.body.map(|bytes| Uint8Array::from(bytes).into());
    init.with_method(call.method).with_headers(call.headers).with_body(body).with_redirect(RequestRedirect::Manual);
    let request = Request::new_with_init(call.url, &init)?;
    let response: Response = match call.target {
        Target::Service(service) => service.fetch_request(request).await?,
        Target::Internet => Fetch::Request(request).send().await?,
    };
    if let ResponseBody::Stream(stream) = response.body() {
        read_to_end(stream).await?;
    }
    Ok(response.status_code())
}

/// Reads a body to its end or to the bound.
async fn read_to_end(stream: &ReadableStream) -> worker::Result<()> {
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut read = 0_usize;
    while read <= MAX_ANSWER_BYTES {
        let step = JsFuture::from(reader.read()).await?;
        if Reflect::get(&step, &JsValue::from_str("done"))?.is_truthy() {
            return Ok(());
        }
        let length =
            Reflect::get(&step, &JsValue::from_str("value"))?.dyn_into().map_or(0, |chunk: Uint8Array| chunk.length());
        read = read.saturating_add(usize::try_from(length).unwrap_or(usize::MAX));
    }
    // The rest is not needed.
    let _ = reader.cancel();
    Ok(())
}
