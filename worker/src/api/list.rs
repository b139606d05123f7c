//! Lists: reads the parameters of a request, and writes a page with the cursor of the next one.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use js_sys::Array;
use serde_json::{Value, json};
use wasm_bindgen::JsValue;
use web_sys::Url;
use worker::Request;

use super::problem::Problem;
use crate::limits::{DEFAULT_PAGE_LENGTH, MAX_PAGE_LENGTH};
use crate::outbox::Position;
use crate::platform::clock;
use crate::reply::Reply;

/// The largest integer that the outbox's tables can compare: JavaScript passes it on.
const MAX_SAFE_INTEGER: i64 = (1 << 53) - 1;

/// The parameters in the query of a request: names and values.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads the query. An unknown name is an error: ignoring it would list more than the operator asked for.
    pub(super) fn read(request: &Request, known: &[&str]) -> Result<Self, Problem> {
        let url = Url::new(&request.inner().url()).map_err(worker::Error::from)?;
        let entries = Array::from(&url.search_params());
        let text = |pair: &Array, index| pair.get(index).as_string().unwrap_or_default();
        let to_array = |pair: JsValue| Array::from(&pair);
        let pairs: Vec<_> = entries.iter().map(to_array).map(|pair| (text(&pair, 0), text(&pair, 1))).collect();
        if pairs.iter().all(|(name, _)| known.contains(&name.as_str())) {
            Ok(Self(pairs))
        } else {
            Err(Problem::BadRequest("the query has an unknown parameter"))
        }
    }

    /// The first value of a parameter.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.clone())
    }

    /// A time as RFC 3339, converted to milliseconds since 1970.
    pub(super) fn time(&self, name: &str) -> Result<Option<i64>, Problem> {
        let read = |text: String| {
            let time = countersign::UnixTime::from_rfc3339(&text);
            time.and_then(|time| i64::try_from(time.as_millis()).ok())
                .ok_or(Problem::BadRequest("since and until must be times like 2026-01-31T12:00:00Z"))
        };
        self.text(name).map(read).transpose()
    }

    /// The length of a page.
    pub(super) fn limit(&self) -> Result<u32, Problem> {
        self.text("limit").map_or(Ok(DEFAULT_PAGE_LENGTH), |text| {
            let limit = text.parse().ok().filter(|limit| (1..=MAX_PAGE_LENGTH).contains(limit));
            limit.ok_or(Problem::BadRequest("limit must be a number from 1 to 200"))
        })
    }

    /// The position at which the page begins.
    pub(super) fn cursor(&self) -> Result<Option<Position>, Problem> {
        let read = |text: String| {
            let json = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
            json.and_then(|json| serde_json::from_slice(&json).ok())
                .filter(|position: &Position| (0..=MAX_SAFE_INTEGER).contains(&position.at))
                .ok_or(Problem::BadRequest("cursor must be the next_cursor of the previous page"))
        };
        self.text("cursor").map(read).transpose()
    }
}

/// A page of a list. If it is full, it carries the cursor of the next page, made of the position `last`.
pub(super) fn page(data: &[Value], limit: u32, last: Option<Position>) -> Reply {
    let is_full = u32::try_from(data.len()).is_ok_and(|length| length >= limit);
    let position = last.filter(|_| is_full).and_then(|position| serde_json::to_vec(&position).ok());
    let cursor = position.map(|position| BASE64_URL_SAFE_NO_PAD.encode(position));
    Reply::Data(json!({ "data": data, "next_cursor": cursor }))
}

/// Formats milliseconds since 1970 as RFC 3339.
pub(super) fn to_rfc3339(millis: i64) -> String {
    clock::to_rfc3339(u64::try_from(millis).unwrap_or(0))
}
