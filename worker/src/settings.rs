//! The gate's own settings, from `[vars.GATE]` of wrangler.toml. Each has a default, so the table is optional.

use std::cell::OnceCell;
use std::fmt::Display;
use std::rc::Rc;
use std::time::Duration;

use js_sys::Reflect;
use serde::Deserialize;
use wasm_bindgen::JsValue;
use worker::Env;

use crate::limits::{MAX_RETENTION_DAYS, MIN_RETENTION_DAYS};

/// The name of the table.
const TABLE: &str = "GATE";

/// The settings. An unknown name is an error, because it may be a misspelled one.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// How many days the gate remembers an event's key, 1 to 30. Senders retry for a little more than three days.
    retention_days: u32,
    /// How many hours the gate keeps a body after it was sent, so that an operator can replay it.
    replay_hours: u32,
    /// The longest body that the gate accepts, in bytes. GitHub's longest bodies have 25 MB.
    pub(crate) max_body_bytes: usize,
    /// How many bytes of bodies one isolate holds at a time. An isolate has 128 MB and holds each body twice for a moment.
    pub(crate) body_budget_bytes: usize,
    /// How many seconds a sender has to send its body.
    body_seconds: u32,
    /// The name of the queue that receives messages that failed too often.
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
    /// How long the gate remembers an event's key.
    pub(crate) fn retention(&self) -> Duration {
        Duration::from_hours(24).saturating_mul(self.retention_days)
    }

    /// How long the gate keeps a body after it was sent.
    pub(crate) fn replay_window(&self) -> Duration {
        Duration::from_hours(1).saturating_mul(self.replay_hours)
    }

    /// The time that a sender has to send its body.
    pub(crate) fn body_timeout(&self) -> Duration {
        Duration::from_secs(self.body_seconds.into())
    }

    fn check(self) -> Result<Self, String> {
        if !(MIN_RETENTION_DAYS..=MAX_RETENTION_DAYS).contains(&self.retention_days) {
            return Err(format!("retention_days must be {MIN_RETENTION_DAYS} to {MAX_RETENTION_DAYS}"));
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

/// The name of the secret that opens the API.
const API_KEY: &str = "API_KEY";

/// The key that opens the API for operators, if there is one.
pub(crate) fn api_key(env: &Env) -> Option<String> {
    env.secret(API_KEY).ok().map(|secret| secret.to_string()).filter(|secret| !secret.trim().is_empty())
}

thread_local! {
    // Settings do not change during the life of an isolate.
    static SETTINGS: OnceCell<Result<Rc<Settings>, String>> = const { OnceCell::new() };
}

/// The settings, or an error message that names the wrong one.
pub(crate) fn load(env: &Env) -> Result<Rc<Settings>, String> {
    SETTINGS.with(|cell| cell.get_or_init(|| read(env).map(Rc::new)).clone())
}

fn read(env: &Env) -> Result<Settings, String> {
    let is_absent = Reflect::get(env, &JsValue::from_str(TABLE)).is_ok_and(|table| table.is_undefined());
    if is_absent {
        return Ok(Settings::default());
    }
    let problem = |problem: &dyn Display| format!("[vars.{TABLE}]: {problem}");
    // Read through JSON: deserializing the JavaScript object itself would ignore unknown names.
    let table: serde_json::Value = env.object_var(TABLE).map_err(|error| problem(&error))?;
    let settings: Settings = serde_json::from_value(table).map_err(|error| problem(&error))?;
    settings.check().map_err(|error| problem(&error))
}
