//! Handshakes: genuine ones are answered as each sender expects, and forged ones give an attacker nothing.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

use countersign::scheme::{Answer, Handshake, HandshakeProof, KeyUrl, Scheme};
use countersign::senders::{
    ALL, ASANA, DISCORD, DROPBOX, EVENT_GRID, FRONT, MAILERSEND, MANDRILL, META, MICROSOFT_GRAPH, NOTION, NYLAS, SLACK,
    SMARTCAR, SNS, STRIPE, TWITCH, VERCEL, WOOCOMMERCE, X, ZENDESK, ZOOM,
};
use countersign::{Delivery, Outgoing, Rejection, Reply, Signer, UnixTime, Verifier};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const LATER: UnixTime = UnixTime::from_secs(1_700_001_000);
const TEXT_KEY: &str = "It's a Secret to Everybody";
const VERIFY_TOKEN: &str = "chosen for this alone";

type Answered = Result<Option<Reply>, Rejection>;

/// The status, content type and body of a reply.
fn parts_of(answered: &Answered) -> (u16, &str, &str) {
    let reply = answered.as_ref().unwrap().as_ref().unwrap();
    (reply.status, reply.content_type, &reply.body)
}

fn code(answered: &Answered) -> &'static str {
    match answered {
        Ok(Some(_)) => "answered",
        Ok(None) => "not a handshake",
        Err(rejection) => rejection.code(),
    }
}

/// Sends a handshake in a body that is signed with the first key and verified with the second.
fn ask_with(scheme: &Scheme, [signs, verifies]: [&str; 2], body: &str, now: UnixTime) -> Answered {
    let headers = Signer::new(scheme, signs).unwrap().sign("msg_1", body.as_bytes(), NOW);
    let verifier = Verifier::new(scheme, [verifies]).unwrap();
    verifier.handshake(Delivery::new(&headers, body.as_bytes()), now, None)
}

fn ask(scheme: &Scheme, body: &str) -> Answered {
    ask_with(scheme, [TEXT_KEY, TEXT_KEY], body, NOW)
}

/// Sends a handshake in the query of an unsigned request.
fn ask_by_url(scheme: &Scheme, query: &str, verify_token: Option<&str>) -> Answered {
    let url = ["https://example.com/in?", query].concat();
    let verifier = Verifier::new(scheme, [TEXT_KEY]).unwrap();
    verifier.handshake(Delivery::without_headers(b"").url(&url), NOW, verify_token)
}

/// RFC 8032, section 7.1, test 1.
const ED25519: [&str; 2] = [
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
];

const SLACK_ASKS: &str =
    r#"{"token":"t","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P","type":"url_verification"}"#;
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

/// RFC 7515, appendix A.2.
const RSA_PUBLIC: &str = r#""kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ""#;
const RSA_PRIVATE: &str = r#""d":"Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ""#;

const SUBSCRIBE_URL: &str = "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-west-2:123456789012:MyTopic&Token=2336412f37";

fn sns_asks(kind: &str, url: &str) -> String {
    let body = format!(
        r#"{{"Type":"{kind}","MessageId":"1","Token":"2336412f37","TopicArn":"arn:aws:sns:us-west-2:123456789012:MyTopic","Message":"You have chosen to subscribe","SubscribeURL":"{url}","Timestamp":"2012-04-26T20:45:04.751Z","SignatureVersion":"2","Signature":"-"}}"#
    );
    let signer = Signer::new(&SNS, format!("{{{RSA_PUBLIC},{RSA_PRIVATE}}}")).unwrap();
    String::from_utf8(signer.sign_body(body.as_bytes()).unwrap()).unwrap()
}

fn ask_sns(body: &str) -> Answered {
    let verifier = Verifier::new(&SNS, [format!("{{{RSA_PUBLIC}}}")]).unwrap();
    verifier.handshake(Delivery::without_headers(body.as_bytes()), NOW, None)
}

#[test]
fn a_subscription_is_confirmed_by_a_visit() {
    let reply = ask_sns(&sns_asks("SubscriptionConfirmation", SUBSCRIBE_URL)).unwrap().unwrap();
    assert_eq!((reply.status, reply.body.as_str(), reply.visit.as_deref()), (200, "", Some(SUBSCRIBE_URL)));
    // The URL in an unsubscribe confirmation would undo the unsubscription.
    for kind in ["UnsubscribeConfirmation", "Notification"] {
        assert_eq!(ask_sns(&sns_asks(kind, SUBSCRIBE_URL)), Ok(None));
    }
    let forged = sns_asks("SubscriptionConfirmation", SUBSCRIBE_URL).replace("us-west-2", "eu-west-1");
    assert_eq!(code(&ask_sns(&forged)), "signature_mismatch");
}

/// Threat model: A-76.
#[test]
fn a_subscription_is_confirmed_only_at_the_senders_own_hosts() {
    for url in [
        "https://sns.us-west-2.amazonaws.com.evil.com/?Action=ConfirmSubscription&Token=1",
        "https://sns.us-west-2.amazonaws.com@evil.com/?Action=ConfirmSubscription&Token=1",
        "https://sns.us-west-2.amazonaws.com/?Action=Publish&Message=1",
        "https://169.254.169.254/?Action=ConfirmSubscription&Token=1",
    ] {
        assert_eq!(code(&ask_sns(&sns_asks("SubscriptionConfirmation", url))), "malformed_token", "{url}");
    }
    for url in [
        "https://sns.cn-north-1.amazonaws.com.cn/?Action=ConfirmSubscription&Token=1",
        "https://sns.eusc-de-east-1.amazonaws.eu/?Action=ConfirmSubscription&Token=1",
    ] {
        assert_eq!(code(&ask_sns(&sns_asks("SubscriptionConfirmation", url))), "answered", "{url}");
    }
}

/// A signed handshake without conditions and without a token.
const fn handshake(answer: Answer) -> Handshake {
    Handshake { method: None, when: &[], proof: HandshakeProof::Signed, verify_token: None, token: None, answer }
}

/// A scheme with another handshake.
fn with(scheme: &Scheme, handshake: Handshake) -> Scheme {
    Scheme { handshakes: Vec::from([handshake]).leak(), ..*scheme }
}

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

/// The status and the headers of a reply without a body.
fn headers_of(answered: &Answered) -> (u16, Vec<(&str, &str)>) {
    let reply = answered.as_ref().unwrap().as_ref().unwrap();
    assert_eq!((reply.content_type, reply.body.as_str()), ("", ""));
    (reply.status, reply.headers.iter().map(|(name, value)| (*name, value.as_str())).collect())
}

fn set_up(scheme: &Scheme, headers: &[(&str, &str)], body: &str) -> Answered {
    scheme.set_up(Delivery::new(headers, body.as_bytes()), NOW, None)
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

#[test]
fn a_key_that_is_handed_over_in_a_header_is_repeated_and_shown() {
    let secret = "b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81";
    let answered = set_up(&ASANA, &[("x-hook-secret", secret)], "{}");
    assert_eq!(headers_of(&answered), (200, Vec::from([("x-hook-secret", secret)])));
    assert_eq!(answered.unwrap().unwrap().secret.as_deref(), Some(secret));
}

#[test]
fn a_key_that_is_handed_over_in_the_body_is_shown_and_not_repeated() {
    let body = r#"{"verification_token":"secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"}"#;
    for headers in [&[][..], &[("x-notion-signature", "sha256=00")]] {
        let answered = set_up(&NOTION, headers, body);
        assert_eq!(headers_of(&answered), (200, Vec::new()));
        let secret = answered.unwrap().unwrap().secret;
        assert_eq!(secret.as_deref(), Some("secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"));
    }
    assert_eq!(set_up(&NOTION, &[], r#"{"id":"1","type":"page.created","verification_token":"a"}"#), Ok(None));
    // Nothing is signed, so the whole body is read strictly.
    assert_eq!(set_up(&NOTION, &[], r#"{"verification_token":"a","b":{"c":1,"c":2}}"#), Ok(None));
}

/// Threat model: A-91.
#[test]
fn a_verifier_with_a_key_never_takes_another_key() {
    let verifier = Verifier::new(&ASANA, [TEXT_KEY]).unwrap();
    let asked = verifier.handshake(Delivery::new([("x-hook-secret", "attacker")], b"{}"), NOW, None);
    assert_eq!(asked, Ok(None));
    let verifier = Verifier::new(&NOTION, [TEXT_KEY]).unwrap();
    let body = br#"{"verification_token":"attacker"}"#;
    assert_eq!(verifier.handshake(Delivery::without_headers(body), NOW, None), Ok(None));
}

/// Threat model: A-91.
#[test]
fn a_delivery_is_never_taken_for_a_key() {
    let signed = [("x-hook-secret", "attacker"), ("x-hook-signature", "00")];
    assert_eq!(set_up(&ASANA, &signed, r#"{"events":[]}"#), Ok(None));
    let twice = [("x-hook-secret", "a"), ("x-hook-signature", "00"), ("x-hook-signature", "00")];
    assert_eq!(set_up(&ASANA, &twice, r#"{"events":[]}"#), Ok(None));
    assert_eq!(set_up(&ASANA, &[], "{}"), Ok(None));
    assert_eq!(set_up(&STRIPE, &[("x-hook-secret", "a")], "{}"), Ok(None));
}

/// Threat model: A-92.
#[test]
fn a_text_for_a_header_or_a_log_is_bounded_and_ends_neither() {
    let (longest, too_long) = ("a".repeat(256), "a".repeat(257));
    for secret in [longest.as_str(), "aB0-._~+/=:"] {
        assert_eq!(code(&set_up(&ASANA, &[("x-hook-secret", secret)], "{}")), "answered", "{secret}");
    }
    for secret in ["", " ", "a b", "a\r\nset-cookie: b=c", "a\tb", "a,b", "a;b", "\"a\"", "<a>", "é", "a\0", &too_long]
    {
        assert_eq!(code(&set_up(&ASANA, &[("x-hook-secret", secret)], "{}")), "malformed_token", "{secret:?}");
        let body = serde_json::json!({ "verification_token": secret }).to_string();
        assert_eq!(code(&set_up(&NOTION, &[], &body)), "malformed_token", "{secret:?}");
    }
    assert_eq!(code(&set_up(&ASANA, &[("x-hook-secret", "a"), ("x-hook-secret", "b")], "{}")), "malformed_token");
    let echo = Handshake { answer: Answer::Headers(&[("x-a", "$token")]), ..DROPBOX.handshakes[0] };
    let echo = with(&DROPBOX, echo);
    assert_eq!(headers_of(&ask_by_url(&echo, "challenge=abc", None)), (200, Vec::from([("x-a", "abc")])));
    assert_eq!(code(&ask_by_url(&echo, "challenge=a%0D%0Ab:c", None)), "malformed_token");
    let verify = VERCEL.set_up(Delivery::without_headers(b""), NOW, Some("a\r\nb: c"));
    assert_eq!(code(&verify), "malformed_token");
}

#[test]
fn a_set_up_answers_handshakes_that_need_no_key() {
    let text = "text/plain; charset=utf-8";
    let dropbox = DROPBOX.set_up(Delivery::without_headers(b"").url("/in?challenge=abc"), NOW, None);
    assert_eq!(parts_of(&dropbox), (200, text, "abc"));
    let url = "/in?hub.mode=subscribe&hub.challenge=1&hub.verify_token=chosen";
    let meta = |token| META.set_up(Delivery::without_headers(b"").url(url), NOW, token);
    assert_eq!(parts_of(&meta(Some("chosen"))), (200, text, "1"));
    assert_eq!(code(&meta(Some("other"))), "signature_mismatch");
    assert_eq!(code(&meta(None)), "unsupported_signature");
    // These need a key: one to verify the request, the other to sign the answer.
    assert_eq!(set_up(&SLACK, &[], SLACK_ASKS), Ok(None));
    assert_eq!(X.set_up(Delivery::without_headers(b"").url("/in?crc_token=abc"), NOW, None), Ok(None));
    let unsound = Scheme { name: "", ..ASANA };
    assert_eq!(set_up(&unsound, &[("x-hook-secret", "a")], "{}"), Ok(None));
}

#[test]
fn a_ping_in_a_form_is_answered_and_says_nothing_more() {
    let verifier = Verifier::new(&WOOCOMMERCE, [TEXT_KEY]).unwrap();
    let ask =
        |headers: &[(&str, &str)], body: &str| verifier.handshake(Delivery::new(headers, body.as_bytes()), NOW, None);
    assert_eq!(headers_of(&ask(&[], "webhook_id=12")), (200, Vec::new()));
    for body in ["", "webhook_id=1&webhook_id=2", "id=1", r#"{"webhook_id":1}"#] {
        assert_eq!(ask(&[], body), Ok(None), "{body}");
    }
    // A signed form is a delivery, which has to be verified.
    assert_eq!(ask(&[("x-wc-webhook-signature", "AAAA")], "webhook_id=12"), Ok(None));
}

#[test]
fn a_verify_token_is_sent_in_a_header() {
    let verifier = Verifier::new(&VERCEL, [TEXT_KEY]).unwrap();
    let answered = verifier.handshake(Delivery::without_headers(b""), NOW, Some("6ebf4087434daf81"));
    assert_eq!(headers_of(&answered), (200, Vec::from([("x-vercel-verify", "6ebf4087434daf81")])));
    assert_eq!(code(&verifier.handshake(Delivery::without_headers(b""), NOW, None)), "unsupported_signature");
    assert_eq!(verifier.handshake(Delivery::without_headers(b"{}"), NOW, Some("6ebf")), Ok(None));
    let signed = Delivery::new([("x-vercel-signature", "00")], b"");
    assert_eq!(verifier.handshake(signed, NOW, Some("6ebf")), Ok(None));
}

/// Threat model: A-93.
#[test]
fn an_origin_is_allowed_only_by_its_method_and_its_name() {
    let verifier = Verifier::new(&EVENT_GRID, [TEXT_KEY]).unwrap();
    let ask = |method: &str, origin: &str| {
        let delivery = Delivery::new([("WebHook-Request-Origin", origin)], b"");
        verifier.handshake(if method.is_empty() { delivery } else { delivery.method(method) }, NOW, None)
    };
    let allowed = [("webhook-allowed-origin", "eventgrid.azure.net"), ("webhook-allowed-rate", "*")];
    assert_eq!(headers_of(&ask("OPTIONS", "eventgrid.azure.net")), (200, Vec::from(allowed)));
    for (method, origin) in [("POST", "eventgrid.azure.net"), ("", "eventgrid.azure.net"), ("OPTIONS", "evil.com")] {
        assert_eq!(ask(method, origin), Ok(None), "{method} {origin}");
    }
}

const MAILERSEND_TEST_KEY: &str = "test_Am3L1GuOIc4blLUuHqAPxxwkZaJyEk8G";
const ZENDESK_TEST_KEY: &str = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==";

/// Signs a request with a key that is not the receiver's, and asks a verifier and a set-up for their answers.
fn ask_with_test_key(scheme: &Scheme, key: &str, body: &str) -> [Answered; 2] {
    let url = "https://example.com/in";
    let outgoing = Outgoing { body: body.as_bytes(), url, ..Outgoing::default() };
    let headers = Signer::new(scheme, key).unwrap().sign_request(&outgoing, NOW);
    let delivery = Delivery::new(&headers, body.as_bytes()).url(url);
    let verifier = Verifier::new(scheme, [TEXT_KEY]).unwrap();
    let verdict = verifier.verify(delivery.clone(), NOW).map(|_| ());
    assert_eq!(verdict, Err(Rejection::SignatureMismatch), "a test key must never verify a delivery");
    [verifier.handshake(delivery.clone(), NOW, None), scheme.set_up(delivery, NOW, None)]
}

/// Threat model: A-94.
#[test]
fn a_published_test_key_verifies_its_test_message_and_nothing_else() {
    let ping = r#"{"type":"webhook.test","message":"This is a ping test message"}"#;
    let sent = r#"{"type":"activity.sent","data":{"id":"1"}}"#;
    for answered in ask_with_test_key(&MAILERSEND, MAILERSEND_TEST_KEY, ping) {
        assert_eq!(headers_of(&answered), (200, Vec::new()));
    }
    for (key, body) in [(MAILERSEND_TEST_KEY, sent), ("another key", ping), ("another key", sent)] {
        assert_eq!(ask_with_test_key(&MAILERSEND, key, body), [Ok(None), Ok(None)], "{key} {body}");
    }
    for answered in ask_with_test_key(&MANDRILL, "test-webhook", "mandrill_events=%5B%5D") {
        assert_eq!(headers_of(&answered), (200, Vec::new()));
    }
    let events = "mandrill_events=%5B%7B%22event%22%3A%22send%22%7D%5D";
    assert_eq!(ask_with_test_key(&MANDRILL, "test-webhook", events), [Ok(None), Ok(None)]);
    // A test from Zendesk's form has the body that its user enters. It is answered, and is never an event.
    for body in [r#"{"say":"hello"}"#, "", r#"{"type":"zen:event-type:user.created"}"#] {
        for answered in ask_with_test_key(&ZENDESK, ZENDESK_TEST_KEY, body) {
            assert_eq!(headers_of(&answered), (200, Vec::new()));
        }
        assert_eq!(ask_with_test_key(&ZENDESK, "another key", body), [Ok(None), Ok(None)]);
    }
}

/// Threat model: A-94.
#[test]
fn a_published_test_key_is_refused_as_a_key() {
    let published = [(&MAILERSEND, MAILERSEND_TEST_KEY), (&ZENDESK, ZENDESK_TEST_KEY), (&MANDRILL, "test-webhook")];
    for (scheme, key) in published {
        let error = Verifier::new(scheme, ["own", key]).err().unwrap();
        assert_eq!(error.code(), "wrong_type", "{}", scheme.name);
        assert!(error.message().contains("publishes for its test messages"), "{error}");
        assert!(Verifier::new(&STRIPE, [key]).is_ok());
    }
}

#[test]
fn a_test_message_that_is_signed_with_the_receivers_key_is_a_delivery() {
    let body = r#"{"type":"webhook.test"}"#;
    assert_eq!(ask(&MAILERSEND, body), Ok(None));
    let headers = Signer::new(&MAILERSEND, TEXT_KEY).unwrap().sign("", body.as_bytes(), NOW);
    let verifier = Verifier::new(&MAILERSEND, [TEXT_KEY]).unwrap();
    assert!(verifier.verify(Delivery::new(&headers, body.as_bytes()), NOW).is_ok());
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
