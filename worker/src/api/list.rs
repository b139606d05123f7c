//! What all lists have in common: their query, and the cursor that the next page begins at.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use js_sys::Array;
use serde_json::{Value, json};
use wasm_bindgen::JsValue;
use web_sys::Url;
use worker::Request;

use super::Problem;
use crate::outbox::Position;
use crate::reply::Reply;

/// How long a page is, unless it is asked for longer or shorter, and how long at most.
const PAGE: u32 = 50;
const LONGEST_PAGE: u32 = 200;

/// The query of a request: names and values.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads the query. A name that is not known is a mistake, which would otherwise list what was not asked for.
    pub(super) fn read(request: &Request, known: &[&str]) -> Result<Self, Problem> {
        let url = Url::new(&request.inner().url()).map_err(worker::Error::from)?;
        let entries = Array::from(&url.search_params());
        let text = |pair: &Array, index| pair.get(index).as_string().unwrap_or_default();
        let pair_of = |pair: JsValue| Array::from(&pair);
        let pairs: Vec<_> = entries.iter().map(pair_of).map(|pair| (text(&pair, 0), text(&pair, 1))).collect();
        if pairs.iter().all(|(name, _)| known.contains(&name.as_str())) {
            Ok(Self(pairs))
        } else {
            Err(Problem::Asked("a parameter is not known"))
        }
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.clone())
    }

    /// A time in RFC 3339, in milliseconds since 1970.
    pub(super) fn time(&self, name: &str) -> Result<Option<i64>, Problem> {
        let read = |text: String| {
            let time = countersign::UnixTime::from_rfc3339(&text);
            time.and_then(|time| i64::try_from(time.as_millis()).ok())
                .ok_or(Problem::Asked("since and until are times like 2026-01-31T12:00:00Z"))
        };
        self.text(name).map(read).transpose()
    }

    pub(super) fn limit(&self) -> Result<u32, Problem> {
        self.text("limit").map_or(Ok(PAGE), |text| {
            let limit = text.parse().ok().filter(|limit| (1..=LONGEST_PAGE).contains(limit));
            limit.ok_or(Problem::Asked("limit is a number from 1 to 200"))
        })
    }

    pub(super) fn cursor(&self) -> Result<Option<Position>, Problem> {
        let read = |text: String| {
            let json = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
            json.and_then(|json| serde_json::from_slice(&json).ok())
                .ok_or(Problem::Asked("cursor is what next_cursor of the page before says"))
        };
        self.text("cursor").map(read).transpose()
    }
}

/// A page, and where the next one begins, if this one is full.
pub(super) fn page(data: &[Value], limit: u32, last: Option<Position>) -> Reply {
    let is_full = u32::try_from(data.len()).is_ok_and(|length| length >= limit);
    let position = last.filter(|_| is_full).and_then(|position| serde_json::to_vec(&position).ok());
    let cursor = position.map(|position| BASE64_URL_SAFE_NO_PAD.encode(position));
    Reply::Data(json!({ "data": data, "next_cursor": cursor }))
}
