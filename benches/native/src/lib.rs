//! Makes deliveries as a server receives them: a JSON event of an exact size, and the headers of the sender, the client and a
//! proxy.

use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

use countersign::{Scheme, Signer, UnixTime};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

/// Headers that the client and a proxy add to those of the signature.
const COMMON_HEADERS: [(&str, &str); 16] = [
    ("host", "hooks.example.com"),
    ("accept", "*/*; q=0.5, application/xml"),
    ("accept-encoding", "gzip, br"),
    ("cache-control", "no-cache"),
    ("content-type", "application/json; charset=utf-8"),
    ("user-agent", "Webhooks/1.0 (+https://example.com/docs/webhooks)"),
    ("connection", "keep-alive"),
    ("x-forwarded-for", "203.0.113.7"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-host", "hooks.example.com"),
    ("x-forwarded-port", "443"),
    ("x-real-ip", "203.0.113.7"),
    ("x-request-id", "b7d1f5f0-6c1e-4b0f-9a52-3d2e1c0b9a87"),
    ("cf-ray", "8c1d2e3f4a5b6c7d-FRA"),
    ("cf-visitor", r#"{"scheme":"https"}"#),
    ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
];

/// Returns the time of the system clock.
///
/// # Errors
///
/// If the clock is set to a time before 1970.
pub fn now() -> Result<UnixTime, Box<dyn Error>> {
    Ok(UnixTime::from_secs(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs()))
}

/// A line of an invoice. Lines make up most of a large body.
fn line(index: usize) -> Value {
    json!({
        "id": format!("il_1QXv{index:08}"), "object": "line_item", "amount": 1000 + index, "currency": "eur",
        "description": "Seats of the plan Pro, monthly", "discountable": true,
        "period": { "start": 1_790_000_000, "end": 1_792_592_000 },
        "price": { "id": "price_1QXvPro", "unit_amount": 1000 + index, "metadata": {} },
        "proration": false, "quantity": 1,
    })
}

/// Returns an event as JSON text of `size` ASCII characters, at least 200.
#[must_use]
pub fn body(size: usize) -> String {
    let print = |lines: &[Value], memo: &str| {
        json!({
            "id": "evt_1QXvKb2eZvKYlo2C", "type": "invoice.paid",
            "data": { "object": { "total": 1000, "lines": lines }, "memo": memo },
        })
        .to_string()
    };
    let each = line(0).to_string().len() + 1;
    let room = size.saturating_sub(print(&[], "").len());
    let lines: Vec<_> = (0..(room / each).saturating_sub(1)).map(line).collect();
    let memo = "x".repeat(size.saturating_sub(print(&lines, "").len()));
    print(&lines, &memo)
}

/// Returns the headers of a delivery, signed with `secret` at the current time.
///
/// # Errors
///
/// If the secret is not a key for the scheme, or the clock is set to a time before 1970.
pub fn headers(scheme: &'static Scheme, secret: &str, body: &str) -> Result<HeaderMap, Box<dyn Error>> {
    let signed = Signer::new(scheme, secret)?.sign("msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", body.as_bytes(), now()?);
    let mut headers = HeaderMap::new();
    let common = COMMON_HEADERS.iter().map(|(name, value)| (*name, *value));
    for (name, value) in common.chain(signed.iter().map(|(name, value)| (name.as_str(), value.as_str()))) {
        headers.insert(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(value)?);
    }
    Ok(headers)
}
