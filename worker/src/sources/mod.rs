//! The sources: for each, the scheme, the keys and the limits of one configured sender. They are read once, from
//! `[vars.SOURCES.<name>]` of wrangler.toml and from the Worker's secrets.

mod config;
mod network;
mod rate_limit;
mod source;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use worker::Env;

pub(crate) use source::{SetUp, Source, Terms, Unready};

/// Every source by name: ready to verify, or not.
pub(crate) type Sources = BTreeMap<String, Result<Rc<Source>, Unready>>;

thread_local! {
    // Settings and secrets do not change during the life of an isolate: a new value is a new version of the Worker, which
    // starts in new isolates. So the keys are parsed once.
    static SOURCES: OnceCell<Result<Sources, String>> = const { OnceCell::new() };
}

/// Why no source can verify a delivery.
#[derive(Clone, Debug)]
pub(crate) enum SourceError {
    /// No source has this name.
    Unknown,
    /// The source exists and cannot be used.
    Misconfigured(Unready),
}

/// Finds the source of this name.
pub(crate) fn find(name: &str, env: &Env) -> Result<Rc<Source>, SourceError> {
    SOURCES.with(|cell| match cell.get_or_init(|| load(env)) {
        Err(problem) => Err(SourceError::Misconfigured(problem.clone().into())),
        Ok(sources) => match sources.get(name) {
            None => Err(SourceError::Unknown),
            Some(Err(unready)) => Err(SourceError::Misconfigured(unready.clone())),
            Some(Ok(source)) => Ok(Rc::clone(source)),
        },
    })
}

/// Every source by name, or an error message if the table cannot be read.
pub(crate) fn all(env: &Env) -> Result<Sources, String> {
    SOURCES.with(|cell| cell.get_or_init(|| load(env)).clone())
}

fn load(env: &Env) -> Result<Sources, String> {
    let tables: BTreeMap<String, serde_json::Value> = env
        .object_var("SOURCES")
        .map_err(|error| format!("the table of sources, [vars.SOURCES], is missing: {error}"))?;
    let secret = |name: &str| env.secret(name).ok().map(|secret| secret.to_string());
    let prepare = |table| config::prepare(table, secret).map(Rc::new);
    Ok(tables.into_iter().map(|(name, table)| (name, prepare(table))).collect())
}
