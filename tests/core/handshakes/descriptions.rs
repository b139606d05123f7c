//! The descriptions of handshakes: how a request arrives, and which of them would help an attacker.

use countersign::scheme::{Answer, Handshake, HandshakeProof, KeyUrl, Scheme};
use countersign::senders::{
    ALL, ASANA, DISCORD, EVENT_GRID, META, MICROSOFT_GRAPH, NOTION, SLACK, SNS, STRIPE, VERCEL, WOOCOMMERCE, ZOOM,
};

use crate::support::{handshake, with};

#[test]
fn a_scheme_whose_handshake_helps_an_attacker_is_unsound() {
    let signed = |answer| Handshake { when: &[("/type", Some("a"))], token: Some("/t"), ..handshake(answer) };
    let by_url = |answer| Handshake { proof: HandshakeProof::Unsigned, token: Some("t"), ..handshake(answer) };
    let everywhere = Answer::Visit(&["https://*.com/*"]);
    let visit = Answer::Visit(&["https://example.com/*"]);
    let tag = Answer::Json("$tag");
    for scheme in [
        with(&SNS, Handshake { token: Some("/SigningCertURL"), ..signed(Answer::Token) }),
        with(&SNS, Handshake { when: &[("/Other", Some("a"))], token: Some("/Message"), ..signed(Answer::Token) }),
        with(&MICROSOFT_GRAPH, signed(Answer::Token)),
        with(&SLACK, Handshake { when: &[], ..signed(Answer::Token) }),
        with(&SLACK, Handshake { when: &[], token: None, ..signed(Answer::Token) }),
        with(&SLACK, Handshake { token: None, ..signed(tag) }),
        with(&DISCORD, signed(tag)),
        with(&SLACK, signed(everywhere)),
        with(&SLACK, by_url(visit)),
        with(&SLACK, signed(Answer::Visit(&["http://example.com/"]))),
        with(&SLACK, signed(Answer::Visit(&["https://localhost/"]))),
        with(&SLACK, signed(Answer::Visit(&["https://example.com"]))),
        with(&SLACK, signed(Answer::Visit(&["https://user@example.com/"]))),
        Scheme { key_url: Some(KeyUrl { at: "/url", like: &["https://*/key.pem"] }), ..SNS },
        Scheme { key_url: Some(KeyUrl { at: "/url", like: &[] }), ..SNS },
    ] {
        assert!(!scheme.is_sound(), "{:?} {:?}", scheme.handshakes, scheme.key_url);
    }
    for answer in [Answer::Token, Answer::Headers(&[("x-a", "$token"), ("x-b", "1 2")]), tag, visit] {
        let scheme = with(&SLACK, signed(answer));
        assert_eq!(scheme.soundness(), Ok(()), "{answer:?}");
        assert_eq!(Scheme::from_json(&scheme.to_json()).unwrap().handshakes, scheme.handshakes);
    }
}

#[test]
fn handshakes_are_equal_after_being_written_to_json_and_read() {
    let with_handshakes: Vec<_> = ALL.iter().filter(|scheme| !scheme.handshakes.is_empty()).collect();
    assert_eq!(with_handshakes.len(), 20);
    for scheme in with_handshakes {
        assert_eq!(Scheme::from_json(&scheme.to_json()).as_ref(), Ok(scheme));
    }
}

#[test]
fn a_receiver_knows_how_a_handshake_arrives() {
    assert!(META.asks_by("GET") && META.asks_by("POST") && META.asks_in_query() && !META.hands_over_key());
    assert!(!ZOOM.asks_by("GET") && ZOOM.asks_by("POST") && !ZOOM.asks_in_query());
    assert!(EVENT_GRID.asks_by("OPTIONS") && !EVENT_GRID.asks_by("GET") && !EVENT_GRID.asks_by("POST"));
    assert!(VERCEL.asks_by("GET") && !VERCEL.asks_in_query());
    assert!(ASANA.hands_over_key() && NOTION.hands_over_key() && !ASANA.asks_by("GET"));
    assert!(!STRIPE.asks_by("GET") && !STRIPE.asks_by("POST") && !WOOCOMMERCE.asks_by("GET"));
    assert_eq!(ASANA.handshake_headers(), ["x-hook-signature", "x-hook-secret"]);
    assert!(SLACK.handshake_headers().is_empty());
}

/// Threat model: A-95.
#[test]
fn a_handshake_that_does_something_for_a_stranger_is_unsound() {
    use HandshakeProof::{SetUp, Signed, TestKey, Unsigned};
    const ECHO: Answer = Answer::Headers(&[("x-a", "$token")]);
    const TAG: Answer = Answer::Json(r#"{"a":"$tag"}"#);
    const OK: Answer = Answer::Headers(&[]);
    let when = &[("/type", Some("a"))];
    let of = |proof, token, answer| Handshake { proof, token, ..handshake(answer) };
    let headers = |list| of(Unsigned, Some("t"), Answer::Headers(list));
    let set_up = of(SetUp, Some("header:x-secret"), ECHO);
    let test = Handshake { when, ..of(TestKey("test"), None, OK) };
    let bad = [
        // A header is not signed, so it is neither signed in the answer nor visited, and does not tell a handshake.
        Handshake { when, ..of(Signed, Some("header:x-a"), TAG) },
        Handshake { when, ..of(Signed, Some("a"), TAG) },
        Handshake { when, ..of(Signed, Some("header:x-a"), Answer::Visit(&["https://example.com/*"])) },
        Handshake { when: &[("header:x-a", Some("a"))], ..of(Signed, Some("/a"), Answer::Token) },
        Handshake { when: &[("a", Some("a"))], ..of(Signed, Some("/a"), Answer::Token) },
        // Anyone can sign with a test key.
        Handshake { token: Some("/a"), ..test },
        Handshake { token: Some("header:x-a"), answer: ECHO, ..test },
        Handshake { verify_token: Some("/a"), ..test },
        Handshake { answer: TAG, ..test },
        of(Unsigned, None, OK),
        of(Unsigned, Some("t"), Answer::Visit(&["https://example.com/*"])),
        of(Unsigned, Some("/a"), Answer::Visit(&["https://example.com/*"])),
        // A key that is handed over may be repeated in a header only.
        Handshake { token: None, ..set_up },
        of(SetUp, None, OK),
        Handshake { answer: Answer::Token, ..set_up },
        Handshake { answer: Answer::Json(r#"{"a":"$token"}"#), ..set_up },
        Handshake { answer: TAG, ..set_up },
        Handshake { answer: Answer::Visit(&["https://example.com/*"]), ..set_up },
        // An answer must not do more than carry a text to the sender.
        headers(&[("set-cookie", "a=b")]),
        headers(&[("location", "$token")]),
        headers(&[("content-type", "text/html")]),
        headers(&[("access-control-allow-origin", "*")]),
        headers(&[("X-A", "$token")]),
        headers(&[("", "$token")]),
        headers(&[("x-a", "")]),
        headers(&[("x-a", "a\r\nb: c")]),
        headers(&[("x-a", "$tag")]),
        headers(&[("x-a", "$tokens")]),
        Handshake { token: None, when: &[("t", Some("a"))], ..headers(&[("x-a", "$token")]) },
        Handshake { verify_token: Some("v"), ..headers(&[("x-a", "$verify")]) },
        // Places and methods that nothing can have.
        of(Unsigned, Some("header:X-A"), Answer::Token),
        of(Unsigned, Some("header:"), Answer::Token),
        of(Unsigned, Some("form:"), Answer::Token),
        of(Unsigned, Some(""), Answer::Token),
        Handshake { when: &[("", None)], ..of(Unsigned, Some("t"), Answer::Token) },
        Handshake { verify_token: Some("header:A"), ..of(Unsigned, Some("t"), Answer::Token) },
        Handshake { method: Some("options"), ..of(Unsigned, Some("t"), Answer::Token) },
        Handshake { method: Some(""), ..of(Unsigned, Some("t"), Answer::Token) },
    ];
    for handshake in bad {
        let scheme = with(&SLACK, handshake);
        assert!(!scheme.is_sound(), "{handshake:?}");
        assert!(scheme.soundness().unwrap_err().to_string().contains("`handshakes."), "{handshake:?}");
    }
    assert!(!with(&MICROSOFT_GRAPH, Handshake { when: &[], ..test }).is_sound(), "a shared token signs nothing");
    assert!(!with(&SNS, Handshake { when: &[("/Other", Some("a"))], ..test }).is_sound());
    for handshake in [test, set_up, headers(&[("x-a", "$token"), ("x-b", "$verify"), ("x-c", "a b")])] {
        let scheme = with(&SLACK, Handshake { method: Some("PUT"), ..handshake });
        assert_eq!(scheme.soundness(), Ok(()), "{handshake:?}");
        assert_eq!(Scheme::from_json(&scheme.to_json()).unwrap().handshakes, scheme.handshakes);
    }
}
