//! Results that cross as JavaScript objects: a value of the core goes in, an object comes out. `serde-wasm-bindgen`
//! makes the objects; [`TYPES`] tells TypeScript their shapes.

use countersign::{Authenticated, Explanation, Reply, Scheme};
use serde::{Serialize, Serializer as _};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

use crate::errors::Thrown;

/// The TypeScript types of these objects.
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export type { Explanation } from "../../pkg/ts/explanation.js";
import type { Explanation } from "../../pkg/ts/explanation.js";

/** The properties of a verifier's scheme that JavaScript needs. */
export interface SchemeSummary {
  /** The name of the scheme, which its events have as their source. */
  readonly name: string;
  /** The headers whose values the verifier reads, in this order. */
  readonly headers: readonly string[];
  /** Those that may arrive more than once. A name that ends with `-*` is every header with a number in that place. */
  readonly joinedHeaders: readonly string[];
  readonly authenticated: "content" | "sender";
  readonly signsMethod: boolean;
  readonly signsUrl: boolean;
  /** Whether the sender has a handshake that reads the query of the URL. */
  readonly hasQueryHandshake: boolean;
  /** The headers whose values a handshake reads in addition, in this order. */
  readonly handshakeHeaders: readonly string[];
}

/** A response to send: the answer to a delivery or to a handshake. */
export interface CoreReply {
  readonly status: number;
  /** Empty without a body. */
  readonly contentType: string;
  /** Further headers: names and values. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly visit: string | undefined;
  readonly secret: string | undefined;
}
"#;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SchemeSummary {
    name: &'static str,
    headers: Vec<&'static str>,
    joined_headers: &'static [&'static str],
    authenticated: &'static str,
    signs_method: bool,
    signs_url: bool,
    has_query_handshake: bool,
    handshake_headers: Vec<&'static str>,
}

/// Makes a `SchemeSummary`.
pub(crate) fn scheme_summary(scheme: &Scheme) -> Result<JsValue, Thrown> {
    object(&SchemeSummary {
        name: scheme.name,
        headers: scheme.headers(),
        joined_headers: scheme.joined_headers(),
        authenticated: match scheme.authenticated() {
            Authenticated::Content => "content",
            Authenticated::Sender => "sender",
        },
        signs_method: scheme.signs_method(),
        signs_url: scheme.signs_url(),
        has_query_handshake: scheme.asks_in_query(),
        handshake_headers: scheme.handshake_headers(),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CoreReply {
    status: u16,
    content_type: &'static str,
    headers: Vec<(&'static str, String)>,
    body: String,
    visit: Option<String>,
    secret: Option<String>,
}

/// Makes a `CoreReply`, or `undefined` without a reply.
pub(crate) fn reply(reply: Option<Reply>) -> Result<JsValue, Thrown> {
    object(&reply.map(|Reply { status, content_type, headers, body, visit, secret }| CoreReply {
        status,
        content_type,
        headers,
        body,
        visit,
        secret,
    }))
}

#[derive(Serialize)]
struct ExplanationObject<'e> {
    verdict: &'e str,
    checks: Vec<CheckObject<'e>>,
    hints: Vec<HintObject<'e>>,
}

#[derive(Serialize)]
struct CheckObject<'e> {
    name: &'e str,
    ok: bool,
    detail: &'e str,
}

#[derive(Serialize)]
struct HintObject<'e> {
    code: &'e str,
    message: &'e str,
}

/// Makes an `Explanation`.
pub(crate) fn explanation(explanation: &Explanation) -> Result<JsValue, Thrown> {
    let checks = explanation.checks.iter();
    let hints = explanation.hints.iter();
    object(&ExplanationObject {
        verdict: explanation.verdict,
        checks: checks
            .map(|check| CheckObject { name: check.name.as_str(), ok: check.ok, detail: &check.detail })
            .collect(),
        hints: hints.map(|hint| HintObject { code: hint.code.as_str(), message: &hint.message }).collect(),
    })
}

/// Makes an object with a property for each header.
pub(crate) fn headers(headers: Vec<(String, String)>) -> Result<JsValue, Thrown> {
    Ok(Serializer::new().serialize_maps_as_objects(true).collect_map(headers)?)
}

fn object(value: &impl Serialize) -> Result<JsValue, Thrown> {
    Ok(serde_wasm_bindgen::to_value(value)?)
}
