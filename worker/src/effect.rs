//! What the consumer does once: act on an event, and once more for each replay of it.

use serde::{Deserialize, Serialize};

/// An event as the consumer acts on it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Effect {
    /// The event's key: its source's path and its id.
    pub(crate) key: String,
    /// The number of the replay, or 0 for the original event.
    #[serde(default)]
    pub(crate) replay: u32,
    /// The name of the object in R2 that holds the body, if the message does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) object: Option<String>,
}

impl Effect {
    /// The name under which the outbox remembers that the consumer acted. A key begins with a slash, so no event id can
    /// imitate the replay of another event.
    pub(crate) fn idempotency_key(&self) -> String {
        match self.replay {
            0 => self.key.clone(),
            replay => format!("replay {replay} {}", self.key),
        }
    }
}
