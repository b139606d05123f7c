//! Reads the configuration of a source and its secrets, and makes a [`Source`] of them or an error message for the
//! operator. The message never contains a secret's value.

use std::rc::Rc;

use countersign::scheme::{Answers, Handshake, Part, Proof};
use countersign::{Authenticated, Key, Scheme, Tolerance, Verifier};
use serde::Deserialize;

use super::rate_limit::{RateLimit, TokenBucket};
use super::source::{SetUp, Source, Terms, Unready};

/// The configuration of a source. An unknown name is an error, because it may be a misspelled check.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceSettings {
    /// The name of a scheme, or the description of a sender that Countersign does not know.
    scheme: SchemeSetting,
    /// The names of the secrets that hold the keys.
    keys: Vec<String>,
    /// The URL that the sender was given. Schemes that sign the URL require it.
    url: Option<String>,
    /// The tolerance for the signed timestamp, in seconds. The scheme has a default.
    tolerance: Option<ToleranceSetting>,
    /// Accepts a scheme that authenticates only the sender and not the body.
    #[serde(default)]
    accept_unbound: bool,
    /// The types of events to store: `invoice.paid`, or `invoice.*` for all that begin with `invoice.`. The default is all.
    events: Option<Vec<String>>,
    /// The networks that may send. The default is all.
    #[serde(default)]
    allow_ips: Vec<String>,
    /// Whether each delivery is an event of its own, whatever its id is. The scheme has a default.
    distinct: Option<bool>,
    /// The most deliveries per second.
    rate_limit: Option<RateLimitSetting>,
    /// The name of the secret that the sender presents in its handshake, or expects in the answer.
    verify_token: Option<String>,
    /// The answers to deliveries, in the words of a scheme's description. The scheme has a default for each.
    answers: Option<serde_json::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "scheme must be a name, or a table that describes a sender")]
enum SchemeSetting {
    Name(String),
    Description(serde_json::Map<String, serde_json::Value>),
}

impl SchemeSetting {
    /// The scheme. A described scheme lives as long as the isolate, which reads it once.
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
#[serde(untagged, expecting = "rate_limit must be a number, or { per_second, burst }")]
enum RateLimitSetting {
    PerSecond(u32),
    Limit(RateLimit),
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "tolerance must be a number of seconds, or { past, future }")]
enum ToleranceSetting {
    Symmetric(u32),
    Sides(ToleranceSides),
}

/// The tolerance into the past and into the future, in seconds. The scheme has a default for each.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ToleranceSides {
    past: Option<u32>,
    future: Option<u32>,
}

/// Makes a source of its configuration. `secret` returns the value of the secret with this name.
///
/// # Errors
///
/// A message that says which setting is wrong and what to do. If everything but a secret is there, the source can be set up.
pub(super) fn prepare(settings: serde_json::Value, secret: impl Fn(&str) -> Option<String>) -> Result<Source, Unready> {
    let settings: SourceSettings = serde_json::from_value(settings).map_err(|error| error.to_string())?;
    let scheme = settings.scheme.scheme()?;
    let terms = read_terms(scheme, &settings, &secret)?;
    let is_missing = |name: &&String| secret(name).is_none_or(|value| value.trim().is_empty());
    if let Some(name) = settings.keys.iter().find(is_missing) {
        let mut problem = format!("the secret {name} is missing or blank");
        if scheme.hands_over_key() {
            problem.push_str(": the sender hands it over when you set up its webhook; see docs/gate.md");
        }
        let missing_key = name.clone();
        let set_up = (!scheme.handshakes.is_empty()).then(|| Rc::new(SetUp { scheme, terms, missing_key }));
        return Err(Unready { problem, set_up });
    }
    let mut keys = Vec::new();
    for name in &settings.keys {
        let value = secret(name).unwrap_or_default();
        let key = Key::parse(scheme, &value).map_err(|error| format!("the secret {name} cannot be used: {error}"))?;
        keys.push(key);
    }
    let verifier = Verifier::with_keys(scheme, keys).map_err(|error| error.to_string())?;
    let verifier = match settings.tolerance {
        None => verifier,
        Some(ToleranceSetting::Symmetric(seconds)) => verifier.tolerance(Tolerance::symmetric(seconds)),
        Some(ToleranceSetting::Sides(ToleranceSides { past, future })) => verifier.tolerance(Tolerance {
            past: past.unwrap_or(scheme.tolerance.past),
            future: future.unwrap_or(scheme.tolerance.future),
        }),
    };
    Ok(Source {
        verifier,
        terms,
        key_names: settings.keys,
        events: settings.events,
        is_distinct: settings.distinct.unwrap_or(!scheme.identifies_events()),
    })
}

/// Checks every setting but the keys, and reads those that apply to all requests.
fn read_terms(
    scheme: &Scheme,
    settings: &SourceSettings,
    secret: impl Fn(&str) -> Option<String>,
) -> Result<Terms, String> {
    if scheme.authenticated() == Authenticated::Sender && !settings.accept_unbound {
        return Err(format!(
            "{} authenticates only the sender and not the body: set accept_unbound = true to accept that",
            scheme.title
        ));
    }
    if scheme.signs_url() && settings.url.is_none() {
        return Err(format!("{} signs the URL: set url to the URL that the sender was given", scheme.title));
    }
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
    let verify_token = match &settings.verify_token {
        Some(name) => Some(read_verify_token(scheme, &settings.keys, name, secret)?),
        None => None,
    };
    Ok(Terms {
        url: settings.url.clone(),
        signs_form: signs_form(scheme),
        networks,
        bucket: limit.map(TokenBucket::new),
        verify_token,
        answers: read_answers(scheme, settings.answers.as_ref())?,
    })
}

fn signs_form(scheme: &Scheme) -> bool {
    let Proof::Signature(signature) = scheme.proof else { return false };
    signature.content.iter().any(|part| matches!(part, Part::SortedForm))
}

/// Reads the answers to deliveries. Answers that the configuration leaves out are the scheme's.
fn read_answers(scheme: &Scheme, settings: Option<&serde_json::Value>) -> Result<Answers, String> {
    let Some(settings) = settings else { return Ok(scheme.answers) };
    let json = serde_json::to_string(settings).map_err(|error| error.to_string())?;
    let answers = scheme.answers.with_json(&json).map_err(|error| format!("answers: {error}"))?;
    if answers.rejected.status == 406 {
        return Err("answers: rejected: 406 makes senders such as Mailgun give up the delivery".into());
    }
    Ok(answers)
}

/// Rejects a list of types that would discard events by mistake.
fn check_events(scheme: &Scheme, patterns: &[String]) -> Result<(), String> {
    // An unsigned type must not decide whether an event is stored.
    if scheme.kind.is_empty() {
        return Err(format!("{} does not sign the type of an event: leave events out", scheme.title));
    }
    if patterns.is_empty() {
        return Err("events is empty, so no event would be stored: leave it out to store all".into());
    }
    let is_pattern =
        |pattern: &&String| !pattern.is_empty() && !pattern.strip_suffix('*').unwrap_or(pattern.as_str()).contains('*');
    match patterns.iter().find(|pattern| !is_pattern(pattern)) {
        Some(pattern) => Err(format!("events: {pattern:?} must be a type, or the beginning of one followed by `*`")),
        None => Ok(()),
    }
}

/// Reads the token that a sender presents in its handshake. It is part of a URL and ends up in logs, so it must not be one
/// of the keys.
fn read_verify_token(
    scheme: &Scheme,
    keys: &[String],
    name: &String,
    secret: impl Fn(&str) -> Option<String>,
) -> Result<String, String> {
    if !scheme.handshakes.iter().any(Handshake::needs_verify_token) {
        return Err(format!("{} does not use a verify token: leave verify_token out", scheme.title));
    }
    if keys.contains(name) {
        return Err(format!("{name} is one of the keys: the verify token must be another secret"));
    }
    match secret(name) {
        Some(token) if !token.trim().is_empty() => Ok(token),
        _ => Err(format!("the secret {name}, the verify token, is missing or blank")),
    }
}
