//! Answers to deliveries. In: the outcome of a delivery and the event's id. Out: the [`Reply`] that its sender expects.

use alloc::string::String;

use crate::limits::MAX_ANSWERED_ID_BYTES;
use crate::reply::Reply;
use crate::scheme::{Answers, Response};
use crate::verifier::Verifier;

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It is genuine, and its event is stored or acted on.
    Accepted,
    /// It is genuine, and its event was accepted before.
    Duplicate,
    /// It is genuine, and the receiver does not want events of its type.
    Filtered,
    /// It is not genuine, or not recent: a [`Rejection`](crate::Rejection).
    Rejected,
    /// It is genuine, and cannot be read: a [`DecodeError`](crate::DecodeError). A retry would not change that.
    Unreadable,
    /// The receiver could not store the event or act on it. The sender should retry.
    Failed,
}

impl Verifier {
    /// The response that the sender expects for an outcome. `id` is the event's id, or empty without an event.
    ///
    /// ```
    /// use countersign::senders::{GITHUB, XERO};
    /// use countersign::{Outcome, Verifier};
    ///
    /// let github = Verifier::new(&GITHUB, ["secret"])?;
    /// assert_eq!(github.answer(Outcome::Accepted, "1").body, r#"{"id":"1","status":"accepted"}"#);
    /// let xero = Verifier::new(&XERO, ["secret"])?;
    /// assert_eq!(xero.answer(Outcome::Accepted, "1").body, "");
    /// # Ok::<(), countersign::KeyError>(())
    /// ```
    #[must_use]
    pub fn answer(&self, outcome: Outcome, id: &str) -> Reply {
        self.scheme().answers.reply(outcome, id)
    }
}

impl Answers {
    /// The response to an outcome. `id` is the event's id, or empty without an event.
    #[must_use]
    pub fn reply(&self, outcome: Outcome, id: &str) -> Reply {
        let response = match outcome {
            Outcome::Accepted => self.accepted,
            Outcome::Duplicate => self.duplicate,
            Outcome::Filtered => self.filtered,
            Outcome::Rejected => self.rejected,
            Outcome::Unreadable => UNREADABLE,
            Outcome::Failed => FAILED,
        };
        let mut pieces = response.body.split('$');
        let mut body = String::from(pieces.next().unwrap_or_default());
        for piece in pieces {
            if let Some(rest) = piece.strip_prefix("id") {
                body.push_str(&json_string(id));
                body.push_str(rest);
            } else {
                body.push('$');
                body.push_str(piece);
            }
        }
        Reply::new(response.status, response.content_type, body)
    }
}

const UNREADABLE: Response = Response::json(422, r#"{"error":"authentic, but not readable"}"#);
const FAILED: Response = Response::json(500, r#"{"error":"cannot handle the event now, try again"}"#);

/// An id as a JSON string. An id that is longer than any sender's is left out.
fn json_string(id: &str) -> String {
    if id.len() > MAX_ANSWERED_ID_BYTES {
        return "null".into();
    }
    serde_json::to_string(id).unwrap_or_default()
}
