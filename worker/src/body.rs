//! Reading a request's body within bounds.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, Request};

/// The longest body that is read. What does not fit into a queue message is refused after it was verified.
const MAX_BODY_BYTES: usize = 1 << 20;

/// Why there is no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// The connection broke off before the end.
    Truncated,
    /// It is longer than [`MAX_BODY_BYTES`].
    TooLarge,
}

/// The whole body. It is counted as it arrives: a declared length may lie, and a body that breaks off is no body.
pub(crate) async fn read(request: &Request) -> Result<Vec<u8>, BodyError> {
    let mut body = Vec::new();
    let Some(stream) = request.body() else {
        return Ok(body);
    };
    let reader: ReadableStreamDefaultReader = stream.get_reader().dyn_into().map_err(|_| BodyError::Truncated)?;
    loop {
        let step = JsFuture::from(reader.read()).await.map_err(|_| BodyError::Truncated)?;
        if property(&step, "done").is_truthy() {
            return Ok(body);
        }
        let chunk: Uint8Array = property(&step, "value").dyn_into().map_err(|_| BodyError::Truncated)?;
        let length = usize::try_from(chunk.length()).unwrap_or(usize::MAX);
        if body.len().saturating_add(length) > MAX_BODY_BYTES {
            // What is still on its way is of no interest to anyone.
            let _ = reader.cancel();
            return Err(BodyError::TooLarge);
        }
        body.extend_from_slice(&chunk.to_vec());
    }
}

fn property(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}
