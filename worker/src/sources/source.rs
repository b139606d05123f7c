//! A source that is ready to verify deliveries, and one that is being set up.

use std::borrow::Cow;
use std::rc::Rc;

use countersign::scheme::Answers;
use countersign::{Outcome, Scheme, Verifier};

use super::network::Network;
use super::rate_limit::TokenBucket;
use crate::reply::Reply;

/// A source that is ready to verify deliveries.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) verifier: Verifier,
    pub(crate) terms: Terms,
    /// The names of the secrets, in the order of the verifier's keys.
    pub(crate) key_names: Vec<String>,
    /// The types of events to store; all if this is `None`.
    pub(crate) events: Option<Vec<String>>,
    /// Whether each delivery is an event of its own, whatever its id is.
    pub(crate) is_distinct: bool,
}

/// Why a source cannot verify.
#[derive(Clone, Debug)]
pub(crate) struct Unready {
    /// The error message for the operator.
    pub(crate) problem: String,
    /// The source, if it lacks nothing but a secret, and its sender has handshakes.
    pub(crate) set_up: Option<Rc<SetUp>>,
}

impl From<String> for Unready {
    fn from(problem: String) -> Self {
        Self { problem, set_up: None }
    }
}

/// A source that lacks nothing but a secret. It verifies nothing, and answers the handshakes that need no key: by one of
/// them, some senders hand over the secret.
#[derive(Debug)]
pub(crate) struct SetUp {
    pub(crate) scheme: &'static Scheme,
    pub(crate) terms: Terms,
    /// The name of the first secret that is missing.
    pub(crate) missing_key: String,
}

/// Whom a source admits and how it answers, whether or not it can verify.
#[derive(Debug)]
pub(crate) struct Terms {
    /// The URL that the sender was given, if it signs the URL.
    pub(super) url: Option<String>,
    /// Whether the fields of a form are signed behind the URL. Only the core knows then which parameters of the request the
    /// sender has added to the URL: a field of the form must not count as one.
    pub(super) signs_form: bool,
    /// The networks that may send. An empty list allows all.
    pub(crate) networks: Vec<Network>,
    /// The rate limit, if there is one.
    pub(crate) bucket: Option<TokenBucket>,
    /// The token that the sender presents in its handshake, or expects in the answer.
    pub(crate) verify_token: Option<String>,
    /// The answers to deliveries: the scheme's, or those of the configuration.
    pub(super) answers: Answers,
}

impl Terms {
    /// The answer to a delivery with this outcome. `id` is the event's id; it is empty without an event.
    pub(crate) fn answer(&self, outcome: Outcome, id: &str) -> Reply {
        Reply::Sender(self.answers.reply(outcome, id))
    }

    /// The URL that the sender signed when it called this one. Host and path are those of the configuration, because a proxy
    /// changes those of the request.
    pub(crate) fn signed_url<'u>(&'u self, requested: &'u str) -> Cow<'u, str> {
        match (&self.url, requested.split_once('?')) {
            (Some(url), Some((_, query))) if !self.signs_form && !url.contains('?') => format!("{url}?{query}").into(),
            (Some(url), _) => url.into(),
            (None, _) => requested.into(),
        }
    }
}

impl Source {
    /// The answer to a delivery with this outcome. `id` is the event's id; it is empty without an event.
    pub(crate) fn answer(&self, outcome: Outcome, id: &str) -> Reply {
        self.terms.answer(outcome, id)
    }

    /// Whether the source stores events of this type. An event whose type cannot be read is stored, because it may be one
    /// that the operator wants.
    pub(crate) fn wants_type(&self, kind: Option<&str>) -> bool {
        let (Some(patterns), Some(kind)) = (&self.events, kind) else { return true };
        patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(prefix) => kind.starts_with(prefix),
            None => kind == pattern,
        })
    }
}
