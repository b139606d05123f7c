//! The URL that a sender was given, in the spellings in which it may have been signed.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::encoding::{cut, join};
use crate::form::unescape;
use crate::scheme::Spelling;

/// Every spelling that is to be tried; the first is the one that is signed with.
pub(crate) fn spellings(url: &str, spelling: Spelling) -> Vec<Cow<'_, str>> {
    match spelling {
        Spelling::Exact => Vec::from([Cow::Borrowed(url)]),
        Spelling::PartlyDecoded => Vec::from([Cow::Borrowed(url), Cow::Owned(partly_decoded(url))]),
        Spelling::AnyPort => {
            let (bare, with_port) = with_and_without_port(url);
            let older = [older_query(&bare), older_query(&with_port)];
            [Cow::Borrowed(url), Cow::Owned(bare), Cow::Owned(with_port)]
                .into_iter()
                .chain(older.into_iter().map(Cow::Owned))
                .collect()
        }
    }
}

/// The value of a parameter in the query.
pub(crate) fn parameter<'u>(url: &'u str, name: &str) -> Option<&'u str> {
    let (_, query) = url.split_once('?')?;
    query
        .split(['&', '#'])
        .filter_map(|field| field.split_once('='))
        .find(|(own, _)| *own == name)
        .map(|(_, value)| value)
}

fn with_and_without_port(url: &str) -> (String, String) {
    let Some((scheme, rest)) = cut(url, "://") else {
        return (url.into(), url.into());
    };
    let (authority, path) =
        rest.split_at_checked(rest.find(['/', '?', '#']).unwrap_or(rest.len())).unwrap_or((rest, ""));
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if is_port(port) => (host, port),
        _ => (authority, if scheme.eq_ignore_ascii_case("http") { "80" } else { "443" }),
    };
    (join(&[scheme, "://", host, path]), join(&[scheme, "://", host, ":", port, path]))
}

/// The query encoded as older libraries do it.
fn older_query(url: &str) -> String {
    let Some((before, query)) = url.split_once('?') else {
        return url.into();
    };
    let mut older = join(&[before, "?"]);
    for field in query.split('&') {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
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
        if byte.is_ascii_alphanumeric() || b"-_.~!'()*".contains(&byte) {
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
    while let Some((plain, after)) = rest.split_once('%') {
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
        assert_eq!(parameter("https://example.com/?a=1&b=2#c=3", "b"), Some("2"));
        assert_eq!(parameter("https://example.com/?ab=1", "b"), None);
        assert_eq!(parameter("https://example.com/b=1", "b"), None);
    }
}
