//! The current time, in the formats that the gate uses. A Worker's clock does not advance while it computes: the platform
//! moves it on only when input or output completes.

use std::time::Duration;

/// The current time in milliseconds since 1970.
pub(crate) fn now_millis() -> u64 {
    to_whole_millis(now_js())
}

/// The current time in milliseconds since 1970, as the floating-point number that JavaScript uses.
pub(crate) fn now_js() -> f64 {
    js_sys::Date::now()
}

/// The time that has passed since `then`, a result of [`now_js`].
pub(crate) fn elapsed_since(then: f64) -> Duration {
    Duration::from_millis(to_whole_millis(now_js() - then))
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the number is whole and has fourteen digits; the cast turns a negative one, from a clock set back, into 0"
)]
const fn to_whole_millis(millis: f64) -> u64 {
    millis as u64
}

/// Formats a time, given in milliseconds since 1970, as RFC 3339.
pub(crate) fn to_rfc3339(millis: u64) -> String {
    #[expect(
        clippy::as_conversions,
        clippy::cast_precision_loss,
        reason = "a Date counts milliseconds in floating point, which represents fourteen digits exactly"
    )]
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(millis as f64));
    date.to_iso_string().into()
}
