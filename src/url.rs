//! The signed URL, in all spellings in which a sender may have signed it, and patterns for URLs to visit.
//!
//! Proxies add and remove ports, and libraries percent-encode queries in different ways, so one URL has several spellings. Each
//! of them is tried as signed content of its own. None of them is taken from a header.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::iter;

use crate::form::percent_decode;
use crate::scheme::{Spelling, UrlPattern};
use crate::text::hex;
use crate::text::split::split_once;

/// All spellings of a URL; the signer uses the first.
pub(crate) fn spellings(url: &str, spelling: Spelling) -> Vec<Cow<'_, str>> {
    match spelling {
        Spelling::Exact => Vec::from([Cow::Borrowed(url)]),
        Spelling::PartlyDecoded => Vec::from([Cow::Borrowed(url), Cow::Owned(decode_partly(url))]),
        Spelling::AnyPort => {
            let (without_port, with_port) = without_and_with_port(url);
            let [legacy, legacy_with_port] =
                [encode_query_as_legacy(&without_port), encode_query_as_legacy(&with_port)];
            Vec::from([
                Cow::Borrowed(url),
                Cow::Owned(without_port),
                Cow::Owned(with_port),
                Cow::Owned(legacy),
                Cow::Owned(legacy_with_port),
            ])
        }
    }
}

/// The URL parameter with the digest of a body that is not a form.
pub(crate) const BODY_DIGEST: &str = "bodySHA256";

/// The digest in the URL, if that parameter is the last one. Anywhere else it could come from a form's content: URL and form
/// are signed as one text, so an attacker could move the end of one into the other.
pub(crate) fn body_digest(url: &str) -> Option<&str> {
    let (before, digest) = url.rsplit_once('=')?;
    let before = before.strip_suffix(BODY_DIGEST)?;
    before.ends_with(['?', '&']).then_some(digest)
}

/// The query of a URL, without a fragment. Empty if the URL has none.
pub(crate) fn query(url: &str) -> &str {
    let (_, query) = url.split_once('?').unwrap_or_default();
    query.split_once('#').map_or(query, |(query, _)| query)
}

/// The registered URL with the parameters that the sender has added to it, as the request's own URL has them.
///
/// They must follow the registered query, and there are two kinds: a request without a body has all its parameters in the URL,
/// and a body that is not a form has its digest there. Other parameters could be fields of a form that an attacker has moved,
/// so a request with such parameters has the registered URL.
pub(crate) fn extended<'u>(registered: &'u str, arrived_at: &str, has_no_body: bool) -> Cow<'u, str> {
    let is_first = !registered.as_bytes().contains(&b'?');
    let added = match query(arrived_at).strip_prefix(query(registered)) {
        Some(added) if is_first => added,
        Some(added) => added.strip_prefix('&').unwrap_or_default(),
        None => "",
    };
    let url = format!("{registered}{}{added}", if is_first { '?' } else { '&' });
    if !added.is_empty() && (has_no_body || body_digest(&url).is_some()) { url.into() } else { registered.into() }
}

/// The values of a query parameter, still percent-encoded.
pub(crate) fn parameters<'u>(url: &'u str, name: &str) -> impl Iterator<Item = &'u str> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mut rest = Some(query);
    let fields = iter::from_fn(move || {
        let (field, after) = split_before(rest?, &['&', '#']);
        rest = after.get(1..);
        Some(field)
    });
    fields.filter_map(|field| field.split_once('=')).filter(move |(other, _)| *other == name).map(|(_, value)| value)
}

/// Whether a URL matches a pattern; [`UrlPattern`] has the rules.
///
/// The URL is not parsed but compared byte by byte, so two parsers cannot disagree about its host. The character after a `*` in a
/// pattern is never one that the `*` matches, so a URL matches in one way only and no backtracking is needed.
pub(crate) fn matches_pattern(url: &str, pattern: UrlPattern) -> bool {
    let mut rest = url.as_bytes();
    let mut slashes: u8 = 0;
    let mut in_query = false;
    for wanted in pattern.bytes() {
        let length = if wanted == b'*' {
            let in_host = slashes < 3;
            let matches_star = |byte: &&u8| match **byte {
                b'a'..=b'z' | b'0'..=b'9' | b'-' => true,
                b'A'..=b'Z' | b'_' => !in_host,
                other => in_query && other.is_ascii_graphic() && other != b'#',
            };
            let length = rest.iter().take_while(matches_star).count();
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

/// The URL without a port, and with its own or the standard port.
fn without_and_with_port(url: &str) -> (String, String) {
    let Some((scheme, rest)) = split_once(url, "://") else {
        return (url.into(), url.into());
    };
    let (authority, path) = split_before(rest, &['/', '?', '#']);
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if is_port(port) => (host, port),
        _ => (authority, if scheme.eq_ignore_ascii_case("http") { "80" } else { "443" }),
    };
    (format!("{scheme}://{host}{path}"), format!("{scheme}://{host}:{port}{path}"))
}

/// Encodes the query as older libraries do, which leave `!`, `'`, `(`, `)` and `*` as they are.
fn encode_query_as_legacy(url: &str) -> String {
    let Some((before, query)) = url.split_once('?') else {
        return url.into();
    };
    let fields: Vec<String> = query
        .split('&')
        .map(|field| {
            let (name, value) = field.split_once('=').unwrap_or((field, ""));
            format!("{}={}", encode_as_legacy(name), encode_as_legacy(value))
        })
        .collect();
    format!("{before}?{}", fields.join("&"))
}

fn encode_as_legacy(text: &str) -> String {
    let decoded = percent_decode(text).unwrap_or_else(|| text.into());
    let mut encoded = String::new();
    for byte in decoded.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~!'()*".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.extend(hex::encode(&[byte]).chars().map(|digit| digit.to_ascii_uppercase()));
        }
    }
    encoded
}

/// The escapes that some senders decode before they sign.
const DECODED_ESCAPES: &[&str] = &["%3A", "%2F", "%3F", "%40", "%21", "%24", "%27", "%28", "%29", "%2A", "%2C", "%3B"];

fn decode_partly(url: &str) -> String {
    let mut decoded = String::new();
    let mut rest = url;
    while let Some((plain, after)) = rest.split_once('%') {
        decoded.push_str(plain);
        let escape = rest.get(plain.len()..plain.len().saturating_add(3)).unwrap_or_default();
        let is_decoded = DECODED_ESCAPES.iter().any(|decoded| decoded.eq_ignore_ascii_case(escape));
        if let Some(character) = percent_decode(escape).filter(|_| is_decoded) {
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

/// Splits a text before the first of some characters.
pub(crate) fn split_before<'t>(text: &'t str, characters: &[char]) -> (&'t str, &'t str) {
    text.split_at_checked(text.find(characters).unwrap_or(text.len())).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_parameters_that_the_sender_adds_extend_a_registered_url() {
        let extended = |registered, arrived_at, has_no_body| extended(registered, arrived_at, has_no_body).into_owned();
        let (plain, with_query) = ("https://a.example/in", "https://a.example/in?x=1");
        for (registered, arrived_at, expected) in [
            (plain, "http://10.0.0.7/other?CallSid=CA1&To=%2B1", "https://a.example/in?CallSid=CA1&To=%2B1"),
            (plain, "/in?CallSid=CA1#top", "https://a.example/in?CallSid=CA1"),
            (with_query, "/in?x=1&CallSid=CA1", "https://a.example/in?x=1&CallSid=CA1"),
            (with_query, "/in?x=1CallSid=CA1", with_query),
            (with_query, "/in?x=2&CallSid=CA1", with_query),
            (with_query, "/in?x=1", with_query),
            (with_query, "/in", with_query),
            (plain, "/in?", plain),
            (plain, "/in", plain),
        ] {
            assert_eq!(extended(registered, arrived_at, true), expected, "{arrived_at}");
        }
        // A form is not in the URL, so parameters next to it would be fields that someone has moved there.
        assert_eq!(extended(plain, "/in?CallSid=CA1", false), plain);
        assert_eq!(extended(plain, "/in?bodySHA256=00&a=1", false), plain);
        assert_eq!(extended(plain, "/in?bodySHA256=00", false), "https://a.example/in?bodySHA256=00");
        assert_eq!(extended(with_query, "/in?x=1&bodySHA256=00", false), "https://a.example/in?x=1&bodySHA256=00");
    }

    #[test]
    fn a_url_is_tried_with_and_without_its_port() {
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
    fn some_percent_escapes_are_decoded() {
        let tried = spellings("https://example.com/a%2Fb%3fc?d=%26%zz%", Spelling::PartlyDecoded);
        assert_eq!(tried[1], "https://example.com/a/b?c?d=%26%zz%");
    }

    #[test]
    fn a_parameter_is_found_by_its_complete_name() {
        assert_eq!(parameters("https://example.com/?a=1&b=2#c=3", "b").next(), Some("2"));
        assert_eq!(parameters("https://example.com/?ab=1", "b").next(), None);
        assert_eq!(parameters("https://example.com/b=1", "b").next(), None);
    }

    /// Threat model: A-76.
    #[test]
    fn a_url_with_another_host_never_matches_a_pattern() {
        const PATTERN: UrlPattern = "https://sns.*.amazonaws.com/?Action=ConfirmSubscription&*";
        const QUERY: &str = "?Action=ConfirmSubscription&Token=1";
        assert!(matches_pattern(&format!("https://sns.us-west-2.amazonaws.com/{QUERY}"), PATTERN));
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
            assert!(!matches_pattern(&format!("{host}{QUERY}"), PATTERN), "{host}");
        }
        for query in [
            "?Action=Publish&a=1",
            "?Action=ConfirmSubscription&",
            "?Action=ConfirmSubscription&a b",
            "?Action=ConfirmSubscription&a#b",
        ] {
            assert!(!matches_pattern(&format!("https://sns.us-west-2.amazonaws.com/{query}"), PATTERN), "{query}");
        }
    }

    #[test]
    fn a_star_in_a_path_matches_one_name() {
        const PATTERN: UrlPattern = "https://sns.*.amazonaws.com/*.pem";
        let like = |path| matches_pattern(&format!("https://sns.us-west-2.amazonaws.com/{path}"), PATTERN);
        assert!(like("SimpleNotificationService-0123456789abcdef_A.pem"));
        for path in
            ["", ".pem", "a/b.pem", "../a.pem", "a.b.pem", "%2e.pem", "a.pem?b", "a.pem#b", "a.pem/", "a.PEM", "?.pem"]
        {
            assert!(!like(path), "{path}");
        }
    }
}
