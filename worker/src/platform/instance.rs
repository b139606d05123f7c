//! Counts the wasm instances of this isolate, in a global variable of JavaScript. A second instance means that the first
//! one trapped.

use js_sys::Reflect;

/// The name of the global variable.
const COUNTER: &str = "countersignStarts";

/// Counts this instance. Call it once, when the instance starts.
pub(crate) fn count_start() {
    let count = starts() + 1.0;
    // Without the count, an instance considers itself the first one. That only delays the recovery from a trap.
    let _ = Reflect::set(&js_sys::global(), &COUNTER.into(), &count.into());
}

/// Whether this instance replaced one that trapped. The trap interrupted the Durable Objects in that instance. If an alarm
/// was running, the platform may wait up to 15 minutes for it, and triggers no other alarm of that object until then.
pub(crate) fn replaces_trapped_instance() -> bool {
    starts() > 1.0
}

fn starts() -> f64 {
    Reflect::get(&js_sys::global(), &COUNTER.into()).ok().and_then(|count| count.as_f64()).unwrap_or(0.0)
}
