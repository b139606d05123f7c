//! Turns futures into promises of JavaScript.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

/// Starts a future and returns the promise of its result.
pub(crate) fn spawn<T: Into<JsValue>>(result: impl Future<Output = Result<T, JsValue>> + 'static) -> JsValue {
    future_to_promise(async move { result.await.map(Into::into) }).into()
}
