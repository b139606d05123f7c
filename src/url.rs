//! The URL that a sender was given, in the spellings in which it may have been signed.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::iter;

use crate::form::unescape;
use crate::scheme::{Spelling, UrlPattern};
use crate::text::decimal::join;
use crate::text::split::{cut, cut_before, cut_last, holds, pieces};

/// Every spelling that is to be tried; the first is the one that is signed with.
pub(crate) fn spellings(url: &str, spelling: Spelling) -> Vec<Cow<'_, str>> {
    match spelling {
        Spelling::Exact => Vec::from([Cow::Borrowed(url)]),
        Spelling::PartlyDecoded => Vec::from([Cow::Borrowed(url), Cow::Owned(partly_decoded(url))]),
        Spelling::AnyPort => {
            let (bare, with_port) = with_and_without_port(url);
            let [older, older_with_port] = [older_query(&bare), older_query(&with_port)].map(Cow::Owned);
            Vec::from([Cow::Borrowed(url), Cow::Owned(bare), Cow::Owned(with_port), older, older_with_port])
        }
    }
}

/// The values of a parameter in the query, as they are encoded.
pub(crate) fn parameters<'u>(url: &'u str, name: &str) -> impl Iterator<Item = &'u str> {
    let query = cut(url, "?").map_or("", |(_, query)| query);
    let mut rest = Some(query);
    let fields = iter::from_fn(move || {
        let (field, after) = cut_before(rest?, b"&#");
        rest = after.get(1..);
        Some(field)
    });
    fields.filter_map(|field| cut(field, "=")).filter(move |(own, _)| *own == name).map(|(_, value)| value)
}

/// Whether a URL is like a pattern, as [`UrlPattern`] says. What follows a `*` is never a character that it stands for, so
/// there is only one way to read a URL.
pub(crate) fn is_like(url: &str, pattern: UrlPattern) -> bool {
    let mut rest = url.as_bytes();
    let mut slashes: u8 = 0;
    let mut in_query = false;
    for wanted in pattern.bytes() {
        let length = if wanted == b'*' {
            let in_host = slashes < 3;
            let stands_for = |byte: &&u8| match **byte {
                b'a'..=b'z' | b'0'..=b'9' | b'-' => true,
                b'A'..=b'Z' | b'_' => !in_host,
                other => in_query && other.is_ascii_graphic() && other != b'#',
            };
            let length = rest.iter().take_while(stands_for).count();
            let is_label = matches!(rest, [b'a'..=b'z', b'a'..=b'z', ..]) && length > 2;
            if in_host && !is_label { 0 } else { length }
        } else {
            usize::from(rest.first() == Some(&wanted))
        };
        if length == 0 {
            return false;
        }
        slashes = slashes.saturating_add(u8::from(wanted == b'/'));
        in_query |= wanted == b'?';
        rest = rest.get(length..).unwrap_or_default();
    }
    rest.is_empty()
}

fn with_and_without_port(url: &str) -> (String, String) {
    let Some((scheme, rest)) = cut(url, "://") else {
        return (url.into(), url.into());
    };
    let (authority, path) = cut_before(rest, b"/?#");
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let (host, port) = match cut_last(authority, b':') {
        Some((host, port)) if is_port(port) => (host, port),
        _ => (authority, if scheme.eq_ignore_ascii_case("http") { "80" } else { "443" }),
    };
    (join(&[scheme, "://", host, path]), join(&[scheme, "://", host, ":", port, path]))
}

/// The query encoded as older libraries do it.
fn older_query(url: &str) -> String {
    let Some((before, query)) = cut(url, "?") else {
        return url.into();
    };
    let mut older = join(&[before, "?"]);
    for field in pieces(query, "&") {
        let (name, value) = cut(field, "=").unwrap_or((field, ""));
        if !older.ends_with('?') {
            older.push('&');
        }
        older.push_str(&join(&[&encoded_again(name), "=", &encoded_again(value)]));
    }
    older
}

fn encoded_again(text: &str) -> String {
    let plain = unescape(text).unwrap_or_else(|| text.into());
    let mut encoded = String::new();
    for byte in plain.bytes() {
        if byte.is_ascii_alphanumeric() || holds(b"-_.~!'()*", byte) {
            encoded.push(char::from(byte));
        } else {
            let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0').to_ascii_uppercase();
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    encoded
}

/// The characters whose percent-encoding some senders undo before they sign.
const UNDONE: &[&str] = &["%3A", "%2F", "%3F", "%40", "%21", "%24", "%27", "%28", "%29", "%2A", "%2C", "%3B"];

fn partly_decoded(url: &str) -> String {
    let mut decoded = String::new();
    let mut rest = url;
    while let Some((plain, after)) = cut(rest, "%") {
        decoded.push_str(plain);
        let escape = rest.get(plain.len()..plain.len().saturating_add(3)).unwrap_or_default();
        let is_undone = UNDONE.iter().any(|undone| undone.eq_ignore_ascii_case(escape));
        if let Some(character) = unescape(escape).filter(|_| is_undone) {
            decoded.push_str(&character);
            rest = after.get(2..).unwrap_or_default();
        } else {
            decoded.push('%');
            rest = after;
        }
    }
    decoded.push_str(rest);
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_may_be_there_or_not() {
        let tried = spellings("https://example.com/sms?to=%28a%29&b", Spelling::AnyPort);
        let expected = [
            "https://example.com/sms?to=%28a%29&b",
            "https://example.com/sms?to=%28a%29&b",
            "https://example.com:443/sms?to=%28a%29&b",
            "https://example.com/sms?to=(a)&b=",
            "https://example.com:443/sms?to=(a)&b=",
        ];
        assert_eq!(tried, expected);
        let tried = spellings("http://[::1]:8080/sms", Spelling::AnyPort);
        assert_eq!(tried[1..3], ["http://[::1]/sms", "http://[::1]:8080/sms"]);
        assert_eq!(spellings("no url", Spelling::AnyPort)[0], "no url");
    }

    #[test]
    fn some_escapes_may_be_undone() {
        let tried = spellings("https://example.com/a%2Fb%3fc?d=%26%zz%", Spelling::PartlyDecoded);
        assert_eq!(tried[1], "https://example.com/a/b?c?d=%26%zz%");
    }

    #[test]
    fn a_parameter_is_found_by_its_whole_name() {
        assert_eq!(parameters("https://example.com/?a=1&b=2#c=3", "b").next(), Some("2"));
        assert_eq!(parameters("https://example.com/?ab=1", "b").next(), None);
        assert_eq!(parameters("https://example.com/b=1", "b").next(), None);
    }

    #[test]
    fn a_pattern_has_no_way_around_its_host_a76() {
        const PATTERN: UrlPattern = "https://sns.*.amazonaws.com/?Action=ConfirmSubscription&*";
        const QUERY: &str = "?Action=ConfirmSubscription&Token=1";
        assert!(is_like(&join(&["https://sns.us-west-2.amazonaws.com/", QUERY]), PATTERN));
        let hosts = [
            "http://sns.us-west-2.amazonaws.com/",
            "HTTPS://sns.us-west-2.amazonaws.com/",
            "https://SNS.us-west-2.amazonaws.com/",
            "https://sns.US-west-2.amazonaws.com/",
            "https://sns.us-west-2.amazonaws.com:443/",
            "https://sns.us-west-2.amazonaws.com:8443/",
            "https://sns.us-west-2.amazonaws.com./",
            "https://sns.us-west-2.amazonaws.com.evil.com/",
            "https://sns.us-west-2.amazonaws.com.cn.evil.com/",
            "https://sns.us-west-2.amazonaws.org/",
            "https://evil.com/sns.us-west-2.amazonaws.com/",
            "https://evil.com#sns.us-west-2.amazonaws.com/",
            "https://evil.com?sns.us-west-2.amazonaws.com/",
            "https://user@sns.us-west-2.amazonaws.com/",
            "https://sns.us-west-2.amazonaws.com@evil.com/",
            "https://sns.us-west-2.amazonaws.com%2f@evil.com/",
            "https://sns.evil.com\\.amazonaws.com/",
            "https://sns.evil.com/.amazonaws.com/",
            "https://sns.a.b.amazonaws.com/",
            "https://sns..amazonaws.com/",
            "https://sns.amazonaws.com/",
            "https://sns.us.amazonaws.com/",
            "https://sns.s3.amazonaws.com/",
            "https://sns.s3-us-west-2.amazonaws.com/",
            "https://sns.us_west.amazonaws.com/",
            "https://sns.\u{fc}s-west-2.amazonaws.com/",
            "https://sns.us-west-2\u{3002}amazonaws.com/",
            "https://xsns.us-west-2.amazonaws.com/",
            "https://sns.us-west-2.amazonaws.com//",
            "https://sns.us-west-2.amazonaws.com/a/",
            " https://sns.us-west-2.amazonaws.com/",
            "//sns.us-west-2.amazonaws.com/",
            "https://169.254.169.254/",
        ];
        for host in hosts {
            assert!(!is_like(&join(&[host, QUERY]), PATTERN), "{host}");
        }
        for query in [
            "?Action=Publish&a=1",
            "?Action=ConfirmSubscription&",
            "?Action=ConfirmSubscription&a b",
            "?Action=ConfirmSubscription&a#b",
        ] {
            assert!(!is_like(&join(&["https://sns.us-west-2.amazonaws.com/", query]), PATTERN), "{query}");
        }
    }

    #[test]
    fn a_star_in_a_path_is_one_name() {
        const PATTERN: UrlPattern = "https://sns.*.amazonaws.com/*.pem";
        let like = |path| is_like(&join(&["https://sns.us-west-2.amazonaws.com/", path]), PATTERN);
        assert!(like("SimpleNotificationService-0123456789abcdef_A.pem"));
        for path in
            ["", ".pem", "a/b.pem", "../a.pem", "a.b.pem", "%2e.pem", "a.pem?b", "a.pem#b", "a.pem/", "a.PEM", "?.pem"]
        {
            assert!(!like(path), "{path}");
        }
    }
}
