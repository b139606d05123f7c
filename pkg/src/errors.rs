//! Errors of the core, thrown in JavaScript as the classes of `ts/errors.ts`.

use countersign::{DecodeError, KeyError, Rejection, SchemeError};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(raw_module = "#errors")]
extern "C" {
    #[wasm_bindgen(js_name = Rejection)]
    type JsRejection;
    #[wasm_bindgen(constructor, js_class = "Rejection")]
    fn new(code: &str, message: &str) -> JsRejection;

    #[wasm_bindgen(js_name = DecodeError)]
    type JsDecodeError;
    #[wasm_bindgen(constructor, js_class = "DecodeError")]
    fn new(code: &str, message: &str) -> JsDecodeError;

    #[wasm_bindgen(js_name = KeyError)]
    type JsKeyError;
    #[wasm_bindgen(constructor, js_class = "KeyError")]
    fn new(code: &str, message: &str) -> JsKeyError;

    #[wasm_bindgen(js_name = SchemeError)]
    type JsSchemeError;
    #[wasm_bindgen(constructor, js_class = "SchemeError")]
    fn new(code: &str, message: &str) -> JsSchemeError;
}

/// An error on its way to JavaScript. A function of the bindings that returns it throws it.
#[derive(Debug)]
pub struct Thrown(JsValue);

impl From<Thrown> for JsValue {
    fn from(thrown: Thrown) -> Self {
        thrown.0
    }
}

impl From<Rejection> for Thrown {
    fn from(rejection: Rejection) -> Self {
        Self(JsRejection::new(rejection.code(), &rejection.message()).into())
    }
}

impl From<DecodeError> for Thrown {
    fn from(error: DecodeError) -> Self {
        Self(JsDecodeError::new(error.code(), &error.message()).into())
    }
}

impl From<KeyError> for Thrown {
    fn from(error: KeyError) -> Self {
        Self(JsKeyError::new(error.code(), error.message()).into())
    }
}

impl From<SchemeError> for Thrown {
    fn from(error: SchemeError) -> Self {
        Self(JsSchemeError::new(error.code(), &error.message()).into())
    }
}

/// An object could not be made.
impl From<serde_wasm_bindgen::Error> for Thrown {
    fn from(error: serde_wasm_bindgen::Error) -> Self {
        Self(error.into())
    }
}
