//! The URL and the method as the sender knew them, if a proxy shows the receiver different ones.

use alloc::format;
use alloc::vec::Vec;

use crate::explain::attempt::Attempt;
use crate::explain::explanation::{Hint, HintCode};
use crate::text::split::split_once;
use crate::url::split_before;

const METHODS: &[&str] = &["POST", "GET", "PUT", "PATCH", "DELETE"];

/// Tries the other methods.
pub(super) fn other_method(attempt: &Attempt<'_>) -> Option<Hint> {
    if !attempt.scheme().signs_method() {
        return None;
    }
    let signed = METHODS.iter().find(|method| attempt.verify(&attempt.delivery.clone().method(method)).is_some())?;
    let message = format!("the sender signed the method `{signed}`: pass that method");
    Some(Hint { code: HintCode::Method, message })
}

/// Tries other spellings of the URL. The headers of proxies suggest candidates, which the signature then proves.
pub(super) fn other_url(attempt: &Attempt<'_>) -> Option<Hint> {
    let url = attempt.delivery.requested_url().filter(|_| attempt.scheme().signs_url())?;
    let (scheme, rest) = split_once(url, "://")?;
    if scheme.as_bytes().contains(&b':') {
        return None;
    }
    let header = |name| first_value(attempt, name);
    let (host, target) = split_before(rest, &['/', '?']);
    let (path, query) = split_before(target, &['?']);
    let trimmed_path = path.strip_suffix('/').unwrap_or(path);
    let prefix = header("x-forwarded-prefix");
    let hosts = [
        split_before(host, &[':']).0,
        host,
        header("x-forwarded-host"),
        host_of_forwarded(header("forwarded")),
        header("host"),
    ];
    let mut targets = Vec::from([
        ["", path, ""],
        ["", trimmed_path, ""],
        ["", trimmed_path, "/"],
        [prefix.strip_suffix('/').unwrap_or(prefix), path, ""],
    ]);
    for original in [header("x-original-url"), header("x-forwarded-uri")] {
        if !original.is_empty() {
            targets.push(["", original, ""]);
        }
    }
    for host in hosts.iter().filter(|host| !host.is_empty()) {
        for scheme in ["https", "http"] {
            for [prefix, path, slash] in &targets {
                for query in [query, ""] {
                    let url = format!("{scheme}://{host}{prefix}{path}{slash}{query}");
                    if attempt.verify(&attempt.delivery.clone().url(&url)).is_some() {
                        let message = format!(
                            "the sender signed the URL `{url}`: pass that URL from your settings, not from headers, which an attacker can set"
                        );
                        return Some(Hint { code: HintCode::Url, message });
                    }
                }
            }
        }
    }
    None
}

/// The first value of a header that a proxy may have set; empty without one.
fn first_value<'a>(attempt: &Attempt<'a>, name: &'static str) -> &'a str {
    let value = attempt.delivery.header(name).ok().flatten().unwrap_or_default();
    let text = core::str::from_utf8(value).unwrap_or_default();
    split_before(text, &[',']).0.trim_ascii()
}

/// The `host` parameter in an element of the `Forwarded` header (RFC 7239); empty without one.
fn host_of_forwarded(element: &str) -> &str {
    for pair in element.split(';') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if name.trim_ascii().eq_ignore_ascii_case("host") {
            let value = value.trim_start_matches(['=', '"']);
            return split_before(value, &['"']).0;
        }
    }
    ""
}
