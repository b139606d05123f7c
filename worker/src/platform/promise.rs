//! Turns futures into promises of JavaScript.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;
use web_sys::Response;

/// Starts a future and returns the promise of its response.
pub(crate) fn spawn(response: impl Future<Output = Result<Response, JsValue>> + 'static) -> JsValue {
    future_to_promise(async move { response.await.map(JsValue::from) }).into()
}
