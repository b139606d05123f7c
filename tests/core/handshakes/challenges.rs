//! Challenges in bodies, queries and headers: they are verified, answered or left alone.

use countersign::senders::{
    DISCORD, DROPBOX, FRONT, META, MICROSOFT_GRAPH, NYLAS, SLACK, SMARTCAR, STRIPE, TWITCH, X, ZOOM,
};
use countersign::{Delivery, Rejection, Signer, Verifier};

use crate::support::{
    LATER, NOW, SLACK_ASKS, SUBSCRIBE_URL, TEXT_KEY, VERIFY_TOKEN, ask, ask_by_url, ask_sns, ask_with, code, parts_of,
    sns_asks,
};

/// RFC 8032, section 7.1, test 1.
const ED25519: [&str; 2] = [
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
];

const TWITCH_ASKS: &str = r#"{"challenge":"pogchamp-kappa-360noscope-vod-fudge-tree","subscription":{"id":"1","status":"webhook_callback_verification_pending","type":"channel.follow"}}"#;
const ZOOM_ASKS: &str =
    r#"{"event":"endpoint.url_validation","event_ts":1654503849680,"payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}"#;

#[test]
fn a_challenge_in_a_signed_body_is_echoed_as_text() {
    let text = "text/plain; charset=utf-8";
    let slack = (200, text, "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P");
    assert_eq!(parts_of(&ask(&SLACK, SLACK_ASKS)), slack);
    assert_eq!(parts_of(&ask(&TWITCH, TWITCH_ASKS)), (200, text, "pogchamp-kappa-360noscope-vod-fudge-tree"));
}

#[test]
fn a_challenge_is_signed_with_the_key_that_verified_the_handshake() {
    // The signature was computed with Python's hmac.
    let expected = r#"{"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":"34695fa238d44562f131448d95b5f5df2e52e07c8793d7f2dc630f6159e5cd5e"}"#;
    assert_eq!(parts_of(&ask(&ZOOM, ZOOM_ASKS)), (200, "application/json", expected));
    let headers = Signer::new(&ZOOM, TEXT_KEY).unwrap().sign("", ZOOM_ASKS.as_bytes(), NOW);
    let rotating = Verifier::new(&ZOOM, ["new", TEXT_KEY]).unwrap();
    let answered = rotating.handshake(Delivery::new(&headers, ZOOM_ASKS.as_bytes()), NOW, None);
    assert_eq!(parts_of(&answered), (200, "application/json", expected));
}

#[test]
fn a_ping_is_distinguished_from_an_event_with_the_same_type_number() {
    let ask = |body| ask_with(&DISCORD, ED25519, body, NOW);
    let interaction = ask(r#"{"application_id":"1","id":"2","token":"A_-z","type":1,"version":1}"#);
    assert_eq!(parts_of(&interaction), (200, "application/json", r#"{"type":1}"#));
    assert_eq!(parts_of(&ask(r#"{"version":1,"application_id":"1","type":0}"#)), (204, "", ""));
    for event in [
        r#"{"version":1,"application_id":"1","type":1,"event":{"type":"APPLICATION_AUTHORIZED"}}"#,
        r#"{"version":1,"application_id":"1","type":2,"data":{"type":1}}"#,
    ] {
        assert_eq!(ask(event), Ok(None));
    }
}

#[test]
fn a_handshake_in_the_query_is_answered() {
    let text = "text/plain; charset=utf-8";
    let meta = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=chosen+for%20this+alone";
    assert_eq!(parts_of(&ask_by_url(&META, meta, Some(VERIFY_TOKEN))), (200, text, "1158201444"));
    let graph = "validationToken=Validation%3a+Testing%20client+application%252f";
    let decoded_once = "Validation: Testing client application%2f";
    assert_eq!(parts_of(&ask_by_url(&MICROSOFT_GRAPH, graph, None)), (200, text, decoded_once));
    let x = ask_by_url(&X, "crc_token=9b4507b3-9040-4669-9ca3-6b94edb50553&nonce=1", None);
    let expected = r#"{"response_token":"sha256=upPDg9IT3JFZnmZRJeYIbWOnbn3ll0XCbbVO7g3vKoE="}"#;
    assert_eq!(parts_of(&x), (200, "application/json", expected));
}

#[test]
fn a_request_that_is_not_a_handshake_is_left_for_verify() {
    assert_eq!(ask(&SLACK, r#"{"type":"event_callback","event_id":"Ev1","challenge":"c"}"#), Ok(None));
    assert_eq!(ask(&SLACK, "command=%2Fweather&challenge=url_verification"), Ok(None));
    assert_eq!(ask(&SLACK, r#"{"type":"url_verification"}"#), Ok(None));
    assert_eq!(ask(&STRIPE, r#"{"type":"url_verification","challenge":"c"}"#), Ok(None));
    for query in ["", "hub.mode=unsubscribe&hub.challenge=1", "hub.mode=subscribe", "hub.challenge=1&mode=subscribe"] {
        assert_eq!(ask_by_url(&META, query, Some(VERIFY_TOKEN)), Ok(None), "{query}");
    }
    // A parameter added to the URL does not turn a notification into a handshake.
    let verifier = Verifier::new(&MICROSOFT_GRAPH, [TEXT_KEY]).unwrap();
    let body = br#"{"value":[{"clientState":"stolen"}]}"#;
    let answered = verifier.handshake(Delivery::without_headers(body).url("/?validationToken=a"), NOW, None);
    assert_eq!(answered, Ok(None));
    // A body beyond the limit is not a handshake.
    let long = SLACK_ASKS.replace(r#""token":"t""#, &format!(r#""token":"{}""#, "t".repeat(16 * 1024)));
    assert_eq!(ask(&SLACK, &long), Ok(None));
}

/// Threat model: A-33.
#[test]
fn a_duplicate_key_on_the_way_to_a_challenge_gets_no_answer() {
    let with = |members: &str| SLACK_ASKS.replacen('{', &format!("{{{members},"), 1);
    for members in [r#""challenge":"other""#, r#""type":"event_callback""#, r#""\u0063hallenge":"other""#] {
        assert_eq!(code(&ask(&SLACK, &with(members))), "not a handshake", "{members}");
    }
    assert_eq!(code(&ask(&SLACK, &with(r#""a":1,"a":{"challenge":1,"challenge":2}"#))), "answered");
    // Amazon SNS signs single members, so nothing in its body may repeat.
    let asks = sns_asks("SubscriptionConfirmation", SUBSCRIBE_URL);
    assert_eq!(code(&ask_sns(&asks)), "answered");
    assert_eq!(code(&ask_sns(&asks.replacen('{', r#"{"a":1,"a":2,"#, 1))), "not a handshake");
}

#[test]
fn a_delivery_without_a_handshake_is_not_verified_by_handshake() {
    // The caller calls `verify` next, which rejects it.
    let event = r#"{"type":"event_callback","event_id":"Ev1"}"#;
    assert_eq!(ask_with(&SLACK, ["another key", TEXT_KEY], event, NOW), Ok(None));
}

/// Threat model: A-17.
#[test]
fn a_handshake_in_a_body_is_verified_before_it_is_answered() {
    for (scheme, body) in [(&SLACK, SLACK_ASKS), (&TWITCH, TWITCH_ASKS), (&ZOOM, ZOOM_ASKS)] {
        assert_eq!(code(&ask_with(scheme, ["another key", TEXT_KEY], body, NOW)), "signature_mismatch");
        assert_eq!(code(&ask_with(scheme, [TEXT_KEY, TEXT_KEY], body, LATER)), "stale");
        let unsigned = Verifier::new(scheme, [TEXT_KEY]).unwrap();
        let answered = unsigned.handshake(Delivery::without_headers(body.as_bytes()), NOW, None);
        assert_eq!(code(&answered), "missing_header", "{}", scheme.name);
    }
    let other = [ED25519[1], "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"];
    let ping = r#"{"type":1}"#;
    assert_eq!(code(&ask_with(&DISCORD, [ED25519[0], other[1]], ping, NOW)), "signature_mismatch");
}

/// Threat model: A-17.
#[test]
fn a_crc_token_that_could_be_a_delivery_is_rejected() {
    let crc = |token: &str| ask_by_url(&X, &["crc_token=", token].concat(), None);
    let body = "%7B%22for_user_id%22%3A%221%22%7D";
    let too_long = "a".repeat(257);
    for token in
        [body, "", "a.b", "a:b", "a%3Ab", "a+b", "%5B%5D", "%ff", "a%00", "a%0a", "%C3%A9", "%22a%22", &too_long]
    {
        assert_eq!(code(&crc(token)), "malformed_token", "{token}");
    }
    assert_eq!(crc("a&crc_token=b"), Ok(None));
    assert_eq!(code(&crc(&"a".repeat(256))), "answered");
}

/// Threat model: A-17.
#[test]
fn the_signature_of_a_crc_token_verifies_no_delivery() {
    // The only JSON that the characters of a challenge can form.
    for token in ["1158201444", "true", "null", "-1", "abc"] {
        let answered = ask_by_url(&X, &["crc_token=", token].concat(), None);
        let (_, _, reply) = parts_of(&answered);
        let tag = reply.trim_start_matches(r#"{"response_token":""#).trim_end_matches(r#""}"#);
        let delivery = Delivery::new([("x-twitter-webhooks-signature", tag.as_bytes())], token.as_bytes());
        let verified = Verifier::new(&X, [TEXT_KEY]).unwrap().verify(delivery, NOW).map(|_| ());
        assert_eq!(verified, Err(Rejection::SignatureMismatch), "{token}");
    }
}

/// Threat model: A-17.
#[test]
fn a_plain_token_that_could_be_signed_content_is_rejected() {
    for token in ["v0:1700000000:{}", "v0:1700000000:", "1700000000.{}", "", " ", "a b", "{}", r#"\",\"x"#, "<b>"] {
        let body = ZOOM_ASKS.replace("qgg8vlvZRS6UYooatFL8Aw", token);
        assert_eq!(code(&ask(&ZOOM, &body)), "malformed_token", "{token}");
    }
}

/// Threat model: A-10.
#[test]
fn a_wrong_or_unconfigured_verify_token_gets_no_answer() {
    let ask = |sent: &str, own| ask_by_url(&META, &["hub.mode=subscribe&hub.challenge=1", sent].concat(), own);
    for sent in [
        "",
        "&hub.verify_token=",
        "&hub.verify_token=+",
        "&hub.verify_token=chosen",
        "&hub.verify_token=chosen+for+this+alone+",
    ] {
        assert_eq!(code(&ask(sent, Some(VERIFY_TOKEN))), "signature_mismatch", "{sent}");
        assert_eq!(code(&ask(sent, None)), "unsupported_signature");
        for blank in ["", " ", "\n"] {
            assert_eq!(code(&ask(sent, Some(blank))), "unsupported_signature", "{blank:?}");
        }
    }
    let twice = "&hub.verify_token=chosen+for+this+alone&hub.verify_token=x";
    assert_eq!(code(&ask(twice, Some(VERIFY_TOKEN))), "signature_mismatch");
    // The app secret is not accepted as the verify token.
    let app_secret = "&hub.verify_token=It%27s+a+Secret+to+Everybody";
    assert_eq!(code(&ask(app_secret, Some(VERIFY_TOKEN))), "signature_mismatch");
}

#[test]
fn an_echoed_challenge_contains_no_html_and_is_bounded() {
    let graph = |token: &str| ask_by_url(&MICROSOFT_GRAPH, &["validationToken=", token].concat(), None);
    let (longest, too_long) = ("a".repeat(1024), "a".repeat(1025));
    assert_eq!(code(&graph(&longest)), "answered");
    for token in ["%3Cscript%3E", "a%3E", "", "a%0D%0AX-Header:1", "a%00", "%C3%A9", "%ff", "%zz", &too_long] {
        assert_eq!(code(&graph(token)), "malformed_token", "{token}");
    }
    let slack = SLACK_ASKS.replace("3eZbrw1a", "<script>");
    assert_eq!(code(&ask(&SLACK, &slack)), "malformed_token");
}

#[test]
fn more_challenges_in_the_query_are_echoed_as_text() {
    let text = "text/plain; charset=utf-8";
    for scheme in [&DROPBOX, &NYLAS] {
        assert_eq!(parts_of(&ask_by_url(scheme, "challenge=bc609-a_b", None)), (200, text, "bc609-a_b"));
        assert_eq!(code(&ask_by_url(scheme, "challenge=%3Cscript%3E", None)), "malformed_token");
    }
    let sharepoint = "validationtoken=661eff3b-1ef7-48e3";
    assert_eq!(parts_of(&ask_by_url(&MICROSOFT_GRAPH, sharepoint, None)), (200, text, "661eff3b-1ef7-48e3"));
}

#[test]
fn a_challenge_in_a_header_of_a_signed_request_is_echoed() {
    let ask = |body: &str, key, challenge: &str| {
        let mut headers = Signer::new(&FRONT, key).unwrap().sign("", body.as_bytes(), NOW);
        headers.push(("X-Front-Challenge".into(), challenge.into()));
        let verifier = Verifier::new(&FRONT, [TEXT_KEY]).unwrap();
        verifier.handshake(Delivery::new(&headers, body.as_bytes()), NOW, None)
    };
    let sync = r#"{"type":"sync","authorization":{"id":"cmp_abc"}}"#;
    assert_eq!(parts_of(&ask(sync, TEXT_KEY, "a1b2")), (200, "text/plain; charset=utf-8", "a1b2"));
    assert_eq!(code(&ask(sync, "another key", "a1b2")), "signature_mismatch");
    assert_eq!(code(&ask(sync, TEXT_KEY, "<script>")), "malformed_token");
    assert_eq!(ask(r#"{"type":"inbound"}"#, TEXT_KEY, "a1b2"), Ok(None));
}

#[test]
fn a_challenge_in_either_version_of_a_verification_event_is_signed() {
    // The signature was computed with Python's hmac.
    let expected = r#"{"challenge":"162b98549a85b144f7a506f6a911dd9bd2ed16b34b658a5eebb6f7a70a51d592"}"#;
    for body in [
        r#"{"eventId":"1","eventType":"VERIFY","data":{"challenge":"3a5c8f72-e6d9-4b1a-9f2e"}}"#,
        r#"{"version":"2.0","eventName":"verify","payload":{"challenge":"3a5c8f72-e6d9-4b1a-9f2e"}}"#,
    ] {
        assert_eq!(parts_of(&ask(&SMARTCAR, body)), (200, "application/json", expected));
        assert_eq!(code(&ask_with(&SMARTCAR, ["another key", TEXT_KEY], body, NOW)), "signature_mismatch");
    }
    assert_eq!(ask(&SMARTCAR, r#"{"eventId":"2","eventType":"VEHICLE_STATE","data":{"challenge":"a"}}"#), Ok(None));
}
