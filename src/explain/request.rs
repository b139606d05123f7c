//! The URL and the method as the sender knew them, where a proxy has changed what the receiver sees.

use alloc::vec::Vec;

use super::{Hint, Inquiry};
use crate::text::decimal::join;
use crate::text::split::{cut, cut_before, holds};

const METHODS: &[&str] = &["POST", "GET", "PUT", "PATCH", "DELETE"];

impl Inquiry<'_> {
    /// The method that was signed instead of the one given.
    pub(super) fn other_method(&self) -> Option<Hint> {
        if !self.scheme().signs_method() {
            return None;
        }
        let signed = METHODS.iter().find(|method| self.attempt(&self.delivery.clone().method(method)).is_some())?;
        Some(Hint { code: "method", message: join(&["the sender signed the method `", signed, "`: pass that"]) })
    }

    /// The URL that was signed instead of the one given. Headers of proxies are only good for a guess, which the
    /// signature then proves.
    pub(super) fn other_url(&self) -> Option<Hint> {
        let url = self.delivery.requested_url().filter(|_| self.scheme().signs_url())?;
        let (scheme, rest) = cut(url, "://")?;
        if holds(scheme.as_bytes(), b':') {
            return None;
        }
        let (host, target) = cut_before(rest, b"/?");
        let (path, query) = cut_before(target, b"?");
        let trimmed = path.strip_suffix('/').unwrap_or(path);
        let prefix = self.text("x-forwarded-prefix");
        let hosts = [
            cut_before(host, b":").0,
            host,
            self.text("x-forwarded-host"),
            host_of_forwarded(self.text("forwarded")),
            self.text("host"),
        ];
        let mut targets = Vec::from([
            ["", path, ""],
            ["", trimmed, ""],
            ["", trimmed, "/"],
            [prefix.strip_suffix('/').unwrap_or(prefix), path, ""],
        ]);
        for original in [self.text("x-original-url"), self.text("x-forwarded-uri")] {
            if !original.is_empty() {
                targets.push(["", original, ""]);
            }
        }
        for host in hosts.iter().filter(|host| !host.is_empty()) {
            for scheme in &["https://", "http://"] {
                for [prefix, path, slash] in &targets {
                    for query in &[query, ""] {
                        let url = join(&[scheme, host, prefix, path, slash, query]);
                        if self.attempt(&self.delivery.clone().url(&url)).is_some() {
                            let message = join(&[
                                "the sender signed the URL `",
                                &url,
                                "`: pass that, from your settings and not from headers, which anybody can write",
                            ]);
                            return Some(Hint { code: "url", message });
                        }
                    }
                }
            }
        }
        None
    }

    /// The first value of a header that a proxy may have set; empty, where there is none.
    fn text(&self, name: &'static str) -> &str {
        let value = self.delivery.header(name).ok().flatten().unwrap_or_default();
        let text = core::str::from_utf8(value).unwrap_or_default();
        cut_before(text, b",").0.trim_ascii()
    }
}

/// The `host` of an element of `Forwarded` (RFC 7239).
fn host_of_forwarded(element: &str) -> &str {
    let mut rest = element;
    while !rest.is_empty() {
        let (pair, after) = cut_before(rest, b";");
        let (name, host) = cut_before(pair, b"=");
        let start = host.bytes().take_while(|byte| matches!(byte, b'=' | b'"')).count();
        if name.trim_ascii().eq_ignore_ascii_case("host") {
            return cut_before(host.get(start..).unwrap_or_default(), b"\"").0;
        }
        rest = after.get(1..).unwrap_or_default();
    }
    ""
}
