//! The sources of events: who may send, by which scheme, with which keys. From `[vars.SOURCES.<name>]` of the
//! configuration and from the Worker's secrets.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use countersign::{Authenticated, Key, Scheme, Tolerance, Verifier};
use serde::Deserialize;
use worker::Env;

use crate::admission::{Network, RateLimit, TokenBucket};

/// One source as it is configured. A setting that is not known is an error: it may be a check that was misspelt.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// The name of the scheme, or a description of a sender of one's own.
    scheme: SchemeSetting,
    /// The names of the secrets that hold the keys.
    keys: Vec<String>,
    /// The URL that the sender was given, for schemes that sign it.
    url: Option<String>,
    /// The window for the signed time in seconds, where not the scheme's own.
    tolerance: Option<ToleranceSetting>,
    /// Accepts a scheme that proves only who sent a delivery, not what is in it.
    #[serde(default)]
    accept_unbound: bool,
    /// The types of events that are wanted, where not all: `invoice.paid`, or `invoice.*` for all that begin so.
    events: Option<Vec<String>>,
    /// The networks that deliveries may come from, where not from everywhere.
    #[serde(default)]
    allow_ips: Vec<String>,
    /// Whether each delivery is an event of its own, whatever its id is; the scheme's own choice where it is left out.
    distinct: Option<bool>,
    /// How often deliveries may come.
    rate_limit: Option<RateLimitSetting>,
    /// The name of the secret that the sender shows in its handshake.
    verify_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "scheme is a name, or a table that describes a sender")]
enum SchemeSetting {
    Name(String),
    Description(serde_json::Map<String, serde_json::Value>),
}

impl SchemeSetting {
    /// The scheme. A description of one's own lives as long as the isolate, which reads it once.
    fn scheme(&self) -> Result<&'static Scheme, String> {
        match self {
            Self::Name(name) => Scheme::named(name).map_err(|error| format!("scheme {name:?}: {error}")),
            Self::Description(description) => {
                let json = serde_json::to_string(description).map_err(|error| error.to_string())?;
                let scheme = Scheme::from_json(&json).map_err(|error| error.to_string())?;
                Ok(Box::leak(Box::new(scheme)))
            }
        }
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged, expecting = "rate_limit is a number, or { per_second, burst }")]
enum RateLimitSetting {
    PerSecond(u32),
    Limit(RateLimit),
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "tolerance is a number of seconds, or { past, future }")]
enum ToleranceSetting {
    Symmetric(u32),
    Sides(Sides),
}

/// The window by its sides; the scheme's own where one is left out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sides {
    past: Option<u32>,
    future: Option<u32>,
}

/// A source that is ready to verify.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) verifier: Verifier,
    /// The URL that the sender was given, where it signs it.
    url: Option<String>,
    /// The names of the secrets, in the order of the verifier's keys.
    pub(crate) key_names: Vec<String>,
    /// The networks that deliveries may come from; from everywhere, if there are none.
    pub(crate) networks: Vec<Network>,
    /// Counts how often deliveries come, where that is limited.
    pub(crate) bucket: Option<TokenBucket>,
    /// The types that are wanted, if not all.
    pub(crate) events: Option<Vec<String>>,
    /// Whether each delivery is an event of its own.
    pub(crate) is_distinct: bool,
    /// What the sender shows in its handshake.
    pub(crate) verify_token: Option<String>,
}

impl Source {
    /// The URL that a sender has signed who called with this query. Host and path are those it was given: behind a
    /// proxy those of the request are others.
    pub(crate) fn signed_url(&self, query: Option<&str>) -> Option<String> {
        let url = self.url.as_ref()?;
        Some(match query {
            Some(query) if !url.contains('?') => format!("{url}?{query}"),
            _ => url.clone(),
        })
    }

    /// Whether events of this type are wanted. Of an event whose type cannot be read nobody can say that it is not.
    pub(crate) fn wants(&self, kind: Option<&str>) -> bool {
        let (Some(patterns), Some(kind)) = (&self.events, kind) else { return true };
        patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(beginning) => kind.starts_with(beginning),
            None => kind == pattern,
        })
    }
}

/// Every source by name: ready, or with the reason why it is not.
pub(crate) type Sources = BTreeMap<String, Result<Rc<Source>, String>>;

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

/// Every source by name, or what is wrong with the table of them.
pub(crate) fn all(env: &Env) -> Result<Sources, String> {
    SOURCES.with(|cell| cell.get_or_init(|| load(env)).clone())
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
    let scheme = settings.scheme.scheme()?;
    if scheme.authenticated() == Authenticated::Sender && !settings.accept_unbound {
        return Err(format!(
            "{} proves only who sent a delivery, not what is in it: set accept_unbound = true to accept that",
            scheme.title
        ));
    }
    if scheme.signs_url() && settings.url.is_none() {
        return Err(format!("{} signs the URL: set url to the one that it was given", scheme.title));
    }
    let mut keys = Vec::new();
    for name in &settings.keys {
        let value = secret(name).ok_or_else(|| format!("the secret {name} is missing"))?;
        let key = Key::parse(scheme, &value).map_err(|error| format!("the secret {name} cannot be used: {error}"))?;
        keys.push(key);
    }
    let verifier = Verifier::with_keys(scheme, keys).map_err(|error| error.to_string())?;
    let verifier = match settings.tolerance {
        None => verifier,
        Some(ToleranceSetting::Symmetric(seconds)) => verifier.tolerance(Tolerance::symmetric(seconds)),
        Some(ToleranceSetting::Sides(Sides { past, future })) => verifier.tolerance(Tolerance {
            past: past.unwrap_or(scheme.tolerance.past),
            future: future.unwrap_or(scheme.tolerance.future),
        }),
    };
    if let Some(patterns) = &settings.events {
        check_events(scheme, patterns)?;
    }
    let networks = settings.allow_ips.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
    let limit = settings.rate_limit.map(|setting| match setting {
        RateLimitSetting::PerSecond(times) => RateLimit { per_second: times, burst: times },
        RateLimitSetting::Limit(limit) => limit,
    });
    if limit.is_some_and(|limit| limit.per_second == 0 || limit.burst == 0) {
        return Err("rate_limit must not be 0".into());
    }
    let bucket = limit.map(TokenBucket::new);
    let verify_token = match settings.verify_token {
        Some(name) => Some(verify_token(scheme, &settings.keys, &name, secret)?),
        None => None,
    };
    Ok(Source {
        verifier,
        url: settings.url,
        key_names: settings.keys,
        networks,
        bucket,
        events: settings.events,
        is_distinct: settings.distinct.unwrap_or(!scheme.identifies_events()),
        verify_token,
    })
}

/// Refuses patterns that would leave out what nobody meant to.
fn check_events(scheme: &Scheme, patterns: &[String]) -> Result<(), String> {
    // A type that nobody signed decides nothing.
    if scheme.kind.is_empty() {
        return Err(format!("{} signs no type of event, so events cannot be chosen by it", scheme.title));
    }
    if patterns.is_empty() {
        return Err("events is empty, so no event would be stored: leave it out to take all".into());
    }
    let is_type =
        |pattern: &&String| !pattern.is_empty() && !pattern.strip_suffix('*').unwrap_or(pattern.as_str()).contains('*');
    match patterns.iter().find(|pattern| !is_type(pattern)) {
        Some(pattern) => Err(format!("events: {pattern:?} is neither a type nor the beginning of one and `*`")),
        None => Ok(()),
    }
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
