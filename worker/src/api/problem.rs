//! Why the API cannot answer a request.

use crate::reply::Reply;

/// Why the API cannot answer a request.
pub(super) enum Problem {
    /// The request is wrong. The text says how to correct it.
    BadRequest(&'static str),
    /// The outbox or the bucket failed.
    Failed(String),
}

impl From<worker::Error> for Problem {
    fn from(error: worker::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<Problem> for Reply {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::BadRequest(problem) => Self::BadQuery { problem },
            Problem::Failed(_) => Self::CannotStore,
        }
    }
}
