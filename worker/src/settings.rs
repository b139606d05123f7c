//! The settings of the gate itself: `[vars.GATE]` of the configuration. Each has a default, so the table may be absent.

use std::cell::OnceCell;
use std::fmt::Display;
use std::rc::Rc;
use std::time::Duration;

use js_sys::Reflect;
use serde::Deserialize;
use wasm_bindgen::JsValue;
use worker::Env;

const TABLE: &str = "GATE";

/// What can be set. A setting that is not known is an error: it may be one that was misspelt.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// How many days the key of an event is remembered, 1 to 30. Senders try again for up to three days and some.
    retention_days: u32,
    /// How many hours a body is kept after it was sent, so that it can be replayed.
    replay_hours: u32,
    /// The longest body that is taken, in bytes. GitHub's longest are 25 MB.
    pub(crate) max_body_bytes: usize,
    /// How many bytes of bodies one isolate holds at a time. It has 128 MB, and a body passes through it in two copies.
    pub(crate) body_budget_bytes: usize,
    /// How many seconds a sender may take for its body.
    body_seconds: u32,
    /// The name of the queue that messages go to when nobody could act on them.
    pub(crate) dead_letter_queue: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            retention_days: 4,
            replay_hours: 24,
            max_body_bytes: 25 * 1024 * 1024,
            body_budget_bytes: 40 * 1024 * 1024,
            body_seconds: 30,
            dead_letter_queue: "countersign-dead-letters".into(),
        }
    }
}

impl Settings {
    /// How long the key of an event is remembered.
    pub(crate) fn retention(&self) -> Duration {
        Duration::from_hours(24).saturating_mul(self.retention_days)
    }

    /// How long a body is kept after it was sent.
    pub(crate) fn replay_window(&self) -> Duration {
        Duration::from_hours(1).saturating_mul(self.replay_hours)
    }

    /// How long a sender may take for its body.
    pub(crate) fn body_patience(&self) -> Duration {
        Duration::from_secs(self.body_seconds.into())
    }

    fn check(self) -> Result<Self, String> {
        if !(1..=30).contains(&self.retention_days) {
            return Err("retention_days must be 1 to 30".into());
        }
        if Duration::from_hours(1).saturating_mul(self.replay_hours) > self.retention() {
            return Err("replay_hours must not be longer than retention_days".into());
        }
        if self.body_budget_bytes < self.max_body_bytes {
            return Err("body_budget_bytes must not be less than max_body_bytes".into());
        }
        if self.body_seconds == 0 {
            return Err("body_seconds must not be 0".into());
        }
        Ok(self)
    }
}

thread_local! {
    // Like the sources, they do not change while an isolate lives.
    static SETTINGS: OnceCell<Result<Rc<Settings>, String>> = const { OnceCell::new() };
}

/// The settings, or what is wrong with them.
pub(crate) fn load(env: &Env) -> Result<Rc<Settings>, String> {
    SETTINGS.with(|cell| cell.get_or_init(|| read(env).map(Rc::new)).clone())
}

fn read(env: &Env) -> Result<Settings, String> {
    let is_absent = Reflect::get(env, &JsValue::from_str(TABLE)).is_ok_and(|table| table.is_undefined());
    if is_absent {
        return Ok(Settings::default());
    }
    let problem = |problem: &dyn Display| format!("[vars.{TABLE}]: {problem}");
    // By way of JSON: read from the object itself, a setting that is not known would go unnoticed.
    let table: serde_json::Value = env.object_var(TABLE).map_err(|error| problem(&error))?;
    let settings: Settings = serde_json::from_value(table).map_err(|error| problem(&error))?;
    settings.check().map_err(|error| problem(&error))
}
