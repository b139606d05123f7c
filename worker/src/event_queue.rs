//! The queue that events go to: sending one event, or a batch of stored ones.

use std::pin::pin;

use worker::{Env, MessageBuilder, QueueContentType, RawMessageBuilder, Result};

use crate::limits::{BATCH_TIMEOUT, DIRECT_SEND_TIMEOUT};
use crate::message::Message;
use crate::platform::timeout::{TimedOut, within};

/// The binding of the queue.
const BINDING: &str = "EVENTS";
/// The queue as error messages call it.
const SERVICE: &str = "the queue";

/// Why a batch may not be on the queue.
#[derive(Debug)]
pub(crate) enum SendError {
    /// The queue rejected the batch, perhaps because of a single message.
    Rejected(worker::Error),
    /// The queue did not answer, and may have accepted the batch.
    NoAnswer(TimedOut),
}

impl From<SendError> for worker::Error {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Rejected(error) => error,
            SendError::NoAnswer(timed_out) => timed_out.message(SERVICE).into(),
        }
    }
}

/// Sends one event to the queue.
pub(crate) async fn send(env: &Env, message: Message) -> Result<()> {
    let message = MessageBuilder::new(message).content_type(QueueContentType::Json).build();
    let queue = env.queue(BINDING)?;
    match within(DIRECT_SEND_TIMEOUT, pin!(queue.send(message))).await {
        Ok(sent) => sent,
        Err(timed_out) => Err(timed_out.message(SERVICE).into()),
    }
}

/// Sends stored events to the queue in one batch. Each is the JSON of a [`Message`].
pub(crate) async fn send_batch(env: &Env, messages: impl Iterator<Item = &str>) -> std::result::Result<(), SendError> {
    let build = |json: &str| {
        let message = js_sys::JSON::parse(json).map_err(|error| SendError::Rejected(error.into()))?;
        Ok(RawMessageBuilder::new(message).build_with_content_type(QueueContentType::Json))
    };
    let messages = messages.map(build).collect::<std::result::Result<Vec<_>, _>>()?;
    let queue = env.queue(BINDING).map_err(SendError::Rejected)?;
    match within(BATCH_TIMEOUT, pin!(queue.send_raw_batch(messages))).await {
        Ok(sent) => sent.map_err(SendError::Rejected),
        Err(timed_out) => Err(SendError::NoAnswer(timed_out)),
    }
}
