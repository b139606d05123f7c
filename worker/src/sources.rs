//! The sources of events: who may send, by which scheme, with which keys. From `[vars.SOURCES.<name>]` of the
//! configuration and from the Worker's secrets.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use countersign::{Authenticated, Key, Scheme, Tolerance, Verifier};
use serde::Deserialize;
use worker::Env;

/// One source as it is configured. A setting that is not known is an error: it may be a check that was misspelt.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// The name of the scheme.
    scheme: String,
    /// The names of the secrets that hold the keys.
    keys: Vec<String>,
    /// The window for the signed time in seconds, where not the scheme's own.
    tolerance: Option<ToleranceSetting>,
    /// Accepts a scheme that proves only who sent a delivery, not what is in it.
    #[serde(default)]
    accept_unbound: bool,
    /// The name of the secret that the sender shows in its handshake.
    verify_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum ToleranceSetting {
    Symmetric(u32),
    Sides { past: u32, future: u32 },
}

/// A source that is ready to verify.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) verifier: Verifier,
    /// The names of the secrets, in the order of the verifier's keys.
    pub(crate) key_names: Vec<String>,
    /// What the sender shows in its handshake.
    pub(crate) verify_token: Option<String>,
}

/// Every source by name: ready, or with the reason why it is not.
type Sources = BTreeMap<String, Result<Rc<Source>, String>>;

thread_local! {
    // Settings and secrets do not change while an isolate lives: a new value is a new version of the Worker, which
    // starts in new isolates. So the keys are parsed once.
    static SOURCES: OnceCell<Result<Sources, String>> = const { OnceCell::new() };
}

/// Why there is no source to verify with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SourceError {
    /// None has this name.
    Unknown,
    /// It is there, but cannot be used; the text is for the operator.
    Misconfigured(String),
}

/// The source of this name.
pub(crate) fn find(name: &str, env: &Env) -> Result<Rc<Source>, SourceError> {
    SOURCES.with(|cell| match cell.get_or_init(|| load(env)) {
        Err(problem) => Err(SourceError::Misconfigured(problem.clone())),
        Ok(sources) => match sources.get(name) {
            None => Err(SourceError::Unknown),
            Some(Err(problem)) => Err(SourceError::Misconfigured(problem.clone())),
            Some(Ok(source)) => Ok(Rc::clone(source)),
        },
    })
}

fn load(env: &Env) -> Result<Sources, String> {
    let tables: BTreeMap<String, serde_json::Value> =
        env.object_var("SOURCES").map_err(|error| format!("there is no table of sources, [vars.SOURCES]: {error}"))?;
    let ready =
        |settings| prepare(settings, |name| env.secret(name).ok().map(|secret| secret.to_string())).map(Rc::new);
    Ok(tables.into_iter().map(|(name, settings)| (name, ready(settings))).collect())
}

/// Makes a source ready, or says what is wrong with its settings, without any secret.
fn prepare(settings: serde_json::Value, secret: impl Fn(&str) -> Option<String>) -> Result<Source, String> {
    let settings: Settings = serde_json::from_value(settings).map_err(|error| error.to_string())?;
    let scheme = Scheme::named(&settings.scheme).map_err(|error| format!("scheme {:?}: {error}", settings.scheme))?;
    if scheme.authenticated() == Authenticated::Sender && !settings.accept_unbound {
        return Err(format!(
            "{} proves only who sent a delivery, not what is in it: set accept_unbound = true to accept that",
            scheme.title
        ));
    }
    let mut keys = Vec::new();
    for name in &settings.keys {
        let value = secret(name).ok_or_else(|| format!("the secret {name} is missing"))?;
        let key = Key::parse(scheme, &value).map_err(|error| format!("the secret {name} cannot be used: {error}"))?;
        keys.push(key.named(name));
    }
    let verifier = Verifier::with_keys(scheme, keys).map_err(|error| error.to_string())?;
    let verifier = match settings.tolerance {
        None => verifier,
        Some(ToleranceSetting::Symmetric(seconds)) => verifier.tolerance(Tolerance::symmetric(seconds)),
        Some(ToleranceSetting::Sides { past, future }) => verifier.tolerance(Tolerance { past, future }),
    };
    let verify_token = match settings.verify_token {
        Some(name) => Some(verify_token(scheme, &settings.keys, &name, secret)?),
        None => None,
    };
    Ok(Source { verifier, key_names: settings.keys, verify_token })
}

/// The secret that a sender shows to get an answer. It is seen by whoever asks, so it is none of the keys.
fn verify_token(
    scheme: &Scheme,
    keys: &[String],
    name: &String,
    secret: impl Fn(&str) -> Option<String>,
) -> Result<String, String> {
    if scheme.handshakes.iter().all(|handshake| handshake.verify_token.is_none()) {
        return Err(format!("{} shows no verify token: leave verify_token out", scheme.title));
    }
    if keys.contains(name) {
        return Err(format!("{name} is one of the keys: the verify token must be another secret"));
    }
    match secret(name) {
        Some(token) if !token.trim().is_empty() => Ok(token),
        _ => Err(format!("the secret {name}, the verify token, is missing or blank")),
    }
}
