//! The time. It stands still while the gate computes: the platform moves it on only when something arrives.

use std::time::Duration;

/// Milliseconds since 1970.
pub(crate) fn now_millis() -> u64 {
    whole(now())
}

/// The same as JavaScript counts them.
pub(crate) fn now() -> f64 {
    js_sys::Date::now()
}

/// How long it is since a time that [`now`] gave.
pub(crate) fn since(then: f64) -> Duration {
    Duration::from_millis(whole(now() - then))
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "they are whole and have fourteen digits; should the clock have been set back, there is none left"
)]
const fn whole(millis: f64) -> u64 {
    millis as u64
}

/// A time in milliseconds since 1970 as text.
pub(crate) fn rfc3339(millis: u64) -> String {
    #[expect(
        clippy::as_conversions,
        clippy::cast_precision_loss,
        reason = "a Date counts milliseconds in floating point, and fourteen digits fit exactly"
    )]
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(millis as f64));
    date.to_iso_string().into()
}
