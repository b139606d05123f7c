//! The URL and the method as the sender knew them, where a proxy has changed what the receiver sees.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Hint, Inquiry};
use crate::encoding::join;

const METHODS: &[&str] = &["POST", "GET", "PUT", "PATCH", "DELETE"];

impl Inquiry<'_> {
    /// The URL or method that was signed instead of the one given. Headers of proxies are only good for a guess, which
    /// the signature then proves.
    pub(super) fn other_request(&self) -> Option<Hint> {
        let delivery = || self.delivery.clone();
        if self.scheme().signs_method() {
            let signed = METHODS.iter().find(|method| self.attempt(delivery().method(method)).is_some());
            if let Some(method) = signed {
                let message = join(&["the sender signed the method `", method, "`: pass that of the request"]);
                return Some(Hint { code: "method", message });
            }
        }
        if !self.scheme().signs_url() {
            return None;
        }
        let url = self.delivery.requested_url().unwrap_or_default();
        let signed = self.candidates(url)?.into_iter().find(|url| self.attempt(delivery().url(url)).is_some())?;
        let message = join(&[
            "the sender signed the URL `",
            &signed,
            "`: pass the address that the sender was given, from your settings and not from headers",
        ]);
        Some(Hint { code: "url", message })
    }

    fn candidates(&self, url: &str) -> Option<Vec<String>> {
        let (_, rest) = url.split_at_checked(url.find(':')?)?;
        let rest = rest.strip_prefix("://")?;
        let (host, target) = rest.split_at_checked(rest.find(['/', '?']).unwrap_or(rest.len()))?;
        let (path, query) = split_query(target);
        let hosts = [
            without_port(host),
            host,
            self.text("x-forwarded-host"),
            host_of_forwarded(self.text("forwarded")),
            self.text("host"),
        ];
        let trimmed = path.strip_suffix('/').unwrap_or(path);
        let prefix = self.text("x-forwarded-prefix");
        let mut targets = Vec::new();
        let paths = [
            join(&[path]),
            join(&[trimmed]),
            join(&[trimmed, "/"]),
            join(&[prefix.strip_suffix('/').unwrap_or(prefix), path]),
        ];
        for path in paths {
            targets.push(join(&[&path, query]));
            targets.push(path);
        }
        for name in ["x-original-url", "x-forwarded-uri"] {
            targets.push(self.text(name).into());
        }
        let mut candidates = Vec::new();
        for host in hosts.iter().filter(|host| !host.is_empty()) {
            for scheme in ["https://", "http://"] {
                for target in &targets {
                    candidates.push(join(&[scheme, host, target]));
                }
            }
        }
        Some(candidates)
    }

    /// The first value of a header that a proxy may have set; empty, where there is none.
    fn text(&self, name: &'static str) -> &str {
        let value = self.delivery.header(name).ok().flatten().unwrap_or_default();
        let text = core::str::from_utf8(value).unwrap_or_default();
        text.split(',').next().unwrap_or_default().trim_ascii()
    }
}

fn split_query(target: &str) -> (&str, &str) {
    target.split_at_checked(target.find('?').unwrap_or(target.len())).unwrap_or((target, ""))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// The `host` of an element of `Forwarded` (RFC 7239).
fn host_of_forwarded(element: &str) -> &str {
    for pair in element.split(';') {
        if let Some((name, value)) = pair.split_once('=')
            && name.trim_ascii().eq_ignore_ascii_case("host")
        {
            return value.trim_ascii().trim_matches('"');
        }
    }
    ""
}
