//! A genuine delivery that is sent again with its signed bytes distributed differently. The signature stays valid, so each
//! attempt must be rejected or be the same event.

use countersign::{Delivery, Scheme, Signer, UnixTime, Verifier, senders};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::shared::{HEX_KEY, TEXT_KEY};
use crate::support::{NOW, to_base64, twilio, twilio_signature};

fn hmac(key: &[u8], content: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(content);
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    let digit = |digit: u8| char::from(b"0123456789abcdef"[usize::from(digit)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn signature(content: &[u8]) -> String {
    hex(&hmac(TEXT_KEY.as_bytes(), content))
}

/// A description with these members: the place of the signature, its content, and the rest of the members.
fn described(place: &str, content: &str, timestamp: &str, rest: &str) -> Result<Scheme, String> {
    let timestamp = if timestamp.is_empty() { String::new() } else { format!(r#","timestamp":{timestamp}"#) };
    let json = format!(
        r#"{{"name":"own","signature":{{"place":{place},"tags":[{{"algorithm":"hmac-sha256","encoding":"hex"}}],
            "content":{content}{timestamp}}},"key":"text",{rest}}}"#
    );
    Scheme::from_json(&json).map_err(|error| error.to_string())
}

const HEADER: &str = r#"{"header":"sig"}"#;
const BODY: &str = r#"{"body":"/sig"}"#;
const TIME_HEADER: &str = r#"{"place":{"header":"time"},"unit":"seconds"}"#;
const TIME_MEMBER: &str = r#"{"place":{"body":"/time"},"unit":"seconds"}"#;
const DIGEST: &str = r#""id":"digest""#;

fn is_unsound(scheme: &Result<Scheme, String>, field: &str) -> bool {
    scheme.as_ref().is_err_and(|error| error.contains(field))
}

/// The event id, or the code of the rejection.
fn verdict(scheme: &Scheme, key: &str, headers: &[(&str, String)], body: &[u8], now: UnixTime) -> String {
    let verifier = Verifier::new(scheme, [key]).unwrap();
    match verifier.verify(Delivery::new(headers, body).method("POST").url("https://example.com/hooks"), now) {
        Ok(verified) => verified.decode().map_or_else(|error| error.code().into(), |event| event.id),
        Err(rejection) => rejection.code().into(),
    }
}

fn own(scheme: &Scheme, headers: &[(&str, String)], body: &str) -> String {
    verdict(scheme, TEXT_KEY, headers, body.as_bytes(), NOW)
}

/// Threat model: A-48.
#[test]
fn unsigned_bytes_never_change_the_id_of_an_event_without_one() {
    let content = r#"[{"member":"/id"},{"text":"."},{"member":"/data"}]"#;
    let scheme = described(BODY, content, "", r#""id":{"bodyOrDigest":"/id"}"#).unwrap();
    let with = |before: &str, id: &str, signed: &str| {
        let body = format!(r#"{{{before}"id":{id},"data":"x","sig":"{}"}}"#, signature(signed.as_bytes()));
        own(&scheme, &[], &body)
    };
    let id = with("", "null", ".x");
    assert!(id.starts_with("sha256:"), "{id}");
    assert_eq!(with(r#""unsigned":1,"#, "null", ".x"), id);
    assert_eq!(with("", r#""""#, ".x"), id);
    assert_ne!(with("", r#""a""#, "a.x"), id);
    // A number and a string with the same digits have the same signature.
    assert_eq!(with("", r#""5""#, "5.x"), "5");
    assert_eq!(with("", "5", "5.x"), "5");
}

/// Threat model: A-48.
#[test]
fn a_text_inside_a_body_is_one_event_whatever_is_around_it() {
    let text = r#"{"action":"opened","number":1}"#;
    let headers = [("x-gitea-signature", signature(text.as_bytes()))];
    let escaped: String = text.bytes().flat_map(|byte| ["%".to_owned(), hex(&[byte])]).collect();
    let id = own(&senders::GITEA, &headers, text);
    assert!(id.starts_with("sha256:"), "{id}");
    for body in [format!("payload={escaped}"), format!("payload={}", escaped.to_uppercase())] {
        assert_eq!(own(&senders::GITEA, &headers, &body), id, "{body}");
    }
    for body in [format!("payload={escaped}&x=1"), format!("x=1&payload={escaped}")] {
        let other = own(&senders::GITEA, &headers, &body);
        assert!(other == id || !other.starts_with("sha256:"), "{body}: {other}");
    }
}

/// Threat model: A-48.
#[test]
fn a_signed_form_has_no_members_for_an_id_or_a_type() {
    for rest in [r#""id":{"body":"/id"}"#, r#""id":{"bodyOrDigest":"/id"}"#] {
        assert!(is_unsound(&described(HEADER, r#"["sorted-form"]"#, "", rest), "id"), "{rest}");
    }
    let typed = described(HEADER, r#"["sorted-form"]"#, "", r#""id":"digest","type":["/type"]"#);
    assert!(is_unsound(&typed, "type"));
    let unsigned = described(BODY, r#"[{"member":"/a"}]"#, "", r#""id":"digest","type":["/type"]"#);
    assert!(is_unsound(&unsigned, "type"));
    let scheme = described(HEADER, r#"["sorted-form"]"#, "", DIGEST).unwrap();
    let headers = [("sig", signature(br#"{"id":"a b"}"#))];
    let id = own(&scheme, &headers, r#"{"id":"a b"}"#);
    assert!(id.starts_with("sha256:"), "{id}");
    assert_eq!(own(&scheme, &headers, r#"{"id":"a+b"}"#), id);
}

/// Threat model: A-49.
#[test]
fn a_signature_over_nothing_but_the_time_is_unsound() {
    for content in [r#"[{"member":"/time"}]"#, r#"[{"text":"v1:"},{"member":"/time"}]"#, r#"[{"members":["time"]}]"#] {
        assert!(is_unsound(&described(BODY, content, TIME_MEMBER, DIGEST), "signature.content"), "{content}");
    }
    let time_as_id = described(
        BODY,
        r#"[{"member":"/time"},{"text":"."},{"member":"/a"}]"#,
        TIME_MEMBER,
        r#""id":{"body":"/time"}"#,
    );
    assert!(is_unsound(&time_as_id, "id"));
}

/// Threat model: A-49.
#[test]
fn a_retry_that_is_signed_again_keeps_its_id_wherever_the_time_is() {
    let form = described(HEADER, r#"["timestamp",{"text":"."},"sorted-form"]"#, TIME_HEADER, DIGEST).unwrap();
    let of_form = |time: u64, text: &str| {
        let headers = [("time", time.to_string()), ("sig", signature(format!("{time}.a{text}").as_bytes()))];
        own(&form, &headers, &format!("a={text}"))
    };
    let lines = described(BODY, r#"[{"members":["a","time"]}]"#, TIME_MEMBER, DIGEST).unwrap();
    let of_lines = |time: u64, text: &str| {
        let tag = signature(format!("a\n{text}\ntime\n{time}\n").as_bytes());
        own(&lines, &[], &format!(r#"{{"a":"{text}","time":{time},"sig":"{tag}"}}"#))
    };
    let members = described(BODY, r#"[{"member":"/time"},{"member":"/a"}]"#, TIME_MEMBER, DIGEST).unwrap();
    let of_members = |time: u64, text: &str| {
        let tag = signature(format!("{time}{text}").as_bytes());
        own(&members, &[], &format!(r#"{{"a":"{text}","time":{time},"sig":"{tag}"}}"#))
    };
    let (time, later) = (1_700_000_000, 1_700_000_060);
    for [id, retried, other] in [
        [of_form(time, "x"), of_form(later, "x"), of_form(time, "y")],
        [of_lines(time, "x"), of_lines(later, "x"), of_lines(time, "y")],
        [of_members(time, "x"), of_members(later, "x"), of_members(time, "y")],
    ] {
        assert!(id.starts_with("sha256:"), "{id}");
        assert_eq!(retried, id);
        assert_ne!(other, id);
    }
}

/// Threat model: A-16, A-29.
#[test]
fn an_old_delivery_does_not_become_recent_by_moving_the_end_of_its_id() {
    let scheme = &senders::TWITCH;
    let sign = |id: &str, time: &str, body: &str| {
        let tag = format!("sha256={}", signature(format!("{id}{time}{body}").as_bytes()));
        [
            ("twitch-eventsub-message-id", id.to_owned()),
            ("twitch-eventsub-message-timestamp", time.to_owned()),
            ("twitch-eventsub-message-signature", tag),
        ]
    };
    // A day old. The body says when the stream will start, which is now.
    let (id, time) = ("e76c6bd4-55c9-4987-8304-da1588d8988b", "2023-11-13T22:13:20Z");
    let body = r#"{"starts":"2023-11-14T22:13:20Z","more":1}"#;
    let genuine = sign(id, time, body);
    assert_eq!(own(scheme, &genuine, body), "stale");
    let mut forged = genuine.clone();
    forged[0].1 = format!(r#"{id}{time}{{"starts":""#);
    forged[1].1 = "2023-11-14T22:13:20Z".into();
    assert_eq!(own(scheme, &forged, r#"","more":1}"#), "body_mismatch");
    // Ids of other forms are accepted, because the bracket ends the timestamp.
    let other = sign("S1jfX5TqxkPnZZ=", "2023-11-14T22:13:20.123Z", body);
    assert_eq!(own(scheme, &other, body), "S1jfX5TqxkPnZZ=");
}

/// Threat model: A-16, A-29.
#[test]
fn an_id_before_a_timestamp_is_a_uuid_if_the_body_does_not_begin_with_a_bracket() {
    let key = "configcat_whsk_VN3juirnVh5pNvCKd81RYRYchxUX4j3NykbZG2fAy88=";
    let deliver = |content: &str, id: &str, time: &str, body: &str| {
        let headers = [
            ("x-configcat-webhook-id", id.to_owned()),
            ("x-configcat-webhook-timestamp", time.to_owned()),
            ("x-configcat-webhook-signature-v1", to_base64(&hmac(key.as_bytes(), content.as_bytes()))),
        ];
        verdict(&senders::CONFIGCAT, key, &headers, body.as_bytes(), NOW)
    };
    let id = "b616ca659d154a5fb907dd8475792eeb";
    let text = format!("{id}1699000000flag1700000000on");
    assert_eq!(deliver(&text, id, "1699000000", "flag1700000000on"), "stale");
    assert_eq!(deliver(&text, &format!("{id}1699000000flag"), "1700000000", "on"), "body_mismatch");
    let json = format!(r#"{id}1699000000{{"at":1700000000{{}}"#);
    assert_eq!(deliver(&json, &format!(r#"{id}1699000000{{"at":"#), "1700000000", "{}"), "body_mismatch");
    for (id, body) in
        [(id, "examplebody"), ("B616CA65-9D15-4A5F-B907-DD8475792EEB", "x"), (id, ""), ("a", "{}"), ("a", "")]
    {
        assert_eq!(deliver(&format!("{id}1700000000{body}"), id, "1700000000", body), id);
    }
    for (id, body) in [("a", "examplebody"), ("b616ca659d154a5fb907dd8475792eebf", "{}"), ("{a", "{}")] {
        assert_eq!(deliver(&format!("{id}1700000000{body}"), id, "1700000000", body), "body_mismatch", "{id} {body}");
    }
}

/// Threat model: A-46.
#[test]
fn bytes_do_not_move_between_members_of_an_adyen_notification() {
    let key: Vec<u8> =
        (0..32).map(|index| u8::from_str_radix(&HEX_KEY[index * 2..index * 2 + 2], 16).unwrap()).collect();
    let notification = |merchant_reference: &str, value: &str, currency: &str, psp: &str, signed: &str| {
        let tag = to_base64(&hmac(&key, signed.as_bytes()));
        let body = format!(
            r#"{{"notificationItems":[{{"NotificationRequestItem":{{"pspReference":"{psp}","merchantAccountCode":"Shop",
                "merchantReference":"{merchant_reference}","amount":{{"value":{value},"currency":"{currency}"}},
                "eventCode":"AUTHORISATION","success":"true","additionalData":{{"hmacSignature":"{tag}"}}}}}}]}}"#
        );
        verdict(&senders::ADYEN, HEX_KEY, &[], body.as_bytes(), NOW)
    };
    let signed = "7914::Shop:14-08-2020-09:53:00:7500:SEK:AUTHORISATION:true";
    let genuine = notification("14-08-2020-09:53:00", "7500", "SEK", "7914", signed);
    assert!(genuine.starts_with("sha256:"), "{genuine}");
    assert_eq!(notification("14-08-2020-09", "53", "00:7500:SEK", "7914", signed), "malformed_header");
    assert_eq!(notification("00:7500:SEK", "53", "SEK", "7914", signed), "signature_mismatch");
    let signed = "79:14::Shop:ref:7500:SEK:AUTHORISATION:true";
    assert_eq!(notification("ref", "7500", "SEK", "79:14", signed), "malformed_header");
}

/// Threat model: A-46.
#[test]
fn a_description_in_which_bytes_could_move_between_members_is_unsound() {
    let unsound = [
        r#"[{"member":"/a"},{"text":""},{"member":"/b"}]"#,
        r#"[{"member":"/a"},{"member":"/b"}]"#,
        r#"[{"members":["a"]},{"member":"/b"}]"#,
        r#"[{"members":["a"]},{"text":":"},{"members":["b"]}]"#,
        r#"[{"member":"/a"},{"member":"/time"},{"member":"/b"}]"#,
        r#"[{"freeMember":"/a"},{"text":":"},{"freeMember":"/b"},{"text":":"},{"member":"/time"}]"#,
        r#"[{"freeMember":"/a"},{"member":"/b"},{"text":":"},{"member":"/time"}]"#,
    ];
    for content in unsound {
        let timestamp = if content.contains("/time") { TIME_MEMBER } else { "" };
        assert!(is_unsound(&described(BODY, content, timestamp, DIGEST), "signature.content"), "{content}");
    }
    let sound = [
        r#"[{"member":"/a"},{"text":":"},{"member":"/b"}]"#,
        r#"[{"freeMember":"/a"},{"text":":"},{"member":"/b"}]"#,
        r#"[{"member":"/a"},{"text":":"},{"member":"/time"},{"member":"/b"}]"#,
        r#"[{"member":"/a"},{"member":"/time"}]"#,
        r#"[{"member":"/a"},{"text":":"},{"members":["b","c"]}]"#,
    ];
    for content in sound {
        let timestamp = if content.contains("/time") { TIME_MEMBER } else { "" };
        assert_eq!(described(BODY, content, timestamp, DIGEST).err(), None, "{content}");
    }
}

/// Threat model: A-46.
#[test]
fn a_member_that_contains_the_separator_after_it_is_rejected() {
    let deliver = |scheme: &Scheme, a: &str, b: &str, content: &str| {
        own(scheme, &[], &format!(r#"{{"a":"{a}","b":"{b}","sig":"{}"}}"#, signature(content.as_bytes())))
    };
    let scheme =
        described(BODY, r#"[{"member":"/a"},{"text":"::"},{"member":"/b"}]"#, "", r#""id":{"body":"/b"}"#).unwrap();
    assert_eq!(deliver(&scheme, "x", "y::z", "x::y::z"), "y::z");
    assert_eq!(deliver(&scheme, "x::y", "z", "x::y::z"), "malformed_header");
    // The last byte of the member and the first of the separator are a separator, too.
    assert_eq!(deliver(&scheme, "x", ":z", "x:::z"), ":z");
    assert_eq!(deliver(&scheme, "x:", "z", "x:::z"), "malformed_header");
    let free =
        described(BODY, r#"[{"freeMember":"/a"},{"text":"::"},{"member":"/b"}]"#, "", r#""id":{"body":"/b"}"#).unwrap();
    assert_eq!(deliver(&free, "x::y", "z", "x::y::z"), "z");
    assert_eq!(deliver(&free, "x", "y::z", "x::y::z"), "malformed_header");
    assert_eq!(deliver(&free, "x:", "z", "x:::z"), "z");
    assert_eq!(deliver(&free, "x", ":z", "x:::z"), "malformed_header");
}

/// Threat model: A-46.
#[test]
fn the_first_of_several_lines_may_contain_line_feeds_only_if_the_second_follows() {
    let scheme = described(BODY, r#"[{"members":["a","b","c"]}]"#, "", r#""id":{"bodyOrDigest":"/b"}"#).unwrap();
    let deliver = |members: &str, content: &str| {
        own(&scheme, &[], &format!(r#"{{{members},"sig":"{}"}}"#, signature(content.as_bytes())))
    };
    let signed = "a\nx\nb\ny\nc\nz\n";
    assert_eq!(deliver(r#""a":"x","b":"y","c":"z""#, signed), "y");
    assert_eq!(deliver(r#""a":"x\nb\ny","c":"z""#, signed), "malformed_header");
    assert_eq!(deliver(r#""a":"x\nb\ny","b":"q","c":"z""#, "a\nx\nb\ny\nb\nq\nc\nz\n"), "q");
}

/// SHA-256 padding for a message of this length.
fn padding(length: usize) -> Vec<u8> {
    let mut padding = vec![0x80];
    while (length + padding.len()) % 64 != 56 {
        padding.push(0);
    }
    padding.extend(u64::try_from(length * 8).unwrap().to_be_bytes());
    padding
}

/// Threat model: A-45.
#[test]
fn a_plain_digest_cannot_be_continued_without_the_secret() {
    let body = br#"[{"eventId":1,"subscriptionType":"contact.creation"}]"#;
    let deliver = |tag: &[u8], body: &[u8]| {
        verdict(&senders::HUBSPOT_V1, TEXT_KEY, &[("x-hubspot-signature", hex(tag))], body, NOW)
    };
    let digest = Sha256::digest([TEXT_KEY.as_bytes(), body].concat());
    assert!(deliver(&digest, body).starts_with("sha256:"));
    // The attacker knows the digest and the length of the secret, and continues the hash.
    let length = TEXT_KEY.len() + body.len();
    let tail = br#"[{"eventId":2}]"#;
    let padded = [&body[..], &padding(length), tail].concat();
    let mut state: Vec<u32> = digest.chunks(4).map(|word| u32::from_be_bytes(word.try_into().unwrap())).collect();
    let whole = TEXT_KEY.len() + padded.len();
    let mut block = tail.to_vec();
    block.extend(padding(whole));
    assert_eq!(block.len(), 64);
    let mut words: [u32; 8] = state[..].try_into().unwrap();
    sha2::block_api::compress256(&mut words, &[block.try_into().unwrap()]);
    state = words.to_vec();
    let forged: Vec<u8> = state.iter().flat_map(|word| word.to_be_bytes()).collect();
    assert_eq!(forged, Sha256::digest([TEXT_KEY.as_bytes(), &padded].concat()).to_vec());
    assert_eq!(deliver(&forged, &padded), "body_mismatch");
}

/// Threat model: A-45.
#[test]
fn a_plain_digest_is_sound_only_with_the_secret_last_or_a_body_in_json() {
    let plain = |content: &str, payload: &str| {
        Scheme::from_json(&format!(
            r#"{{"name":"own","signature":{{"place":{{"header":"sig"}},"tags":[{{"algorithm":"sha256","encoding":"hex"}}],
                "content":{content}}},"key":"text","payload":"{payload}","id":"digest"}}"#
        ))
        .map_err(|error| error.to_string())
    };
    assert_eq!(plain(r#"["body","secret"]"#, "form").err(), None);
    assert_eq!(plain(r#"["secret","body"]"#, "json").err(), None);
    assert!(is_unsound(&plain(r#"["secret","body"]"#, "json-or-form"), "signature.content"));
    assert!(is_unsound(&plain(r#"["secret","sorted-form"]"#, "json"), "signature.content"));
    let inside = Scheme::from_json(
        r#"{"name":"own","signature":{"place":{"body":"/sig"},"tags":[{"algorithm":"sha1","encoding":"hex"}],
            "content":["secret",{"member":"/a"}]},"key":"text","id":"digest"}"#,
    );
    assert!(is_unsound(&inside.map_err(|error| error.to_string()), "signature.content"));
}

/// Threat model: A-47.
#[test]
fn the_end_of_a_url_does_not_move_into_the_body() {
    let body = r#"{"event_id":"e1","data":{"event_id":"e2"}}"#;
    let url = "https://example.com/square?x=1";
    let tag = to_base64(&hmac(TEXT_KEY.as_bytes(), format!("{url}{body}").as_bytes()));
    let verifier = Verifier::new(&senders::SQUARE, [TEXT_KEY]).unwrap();
    let headers = [("x-square-hmacsha256-signature", tag)];
    let deliver = |url: &str, body: &str| match verifier.verify(Delivery::new(&headers, body.as_bytes()).url(url), NOW)
    {
        Ok(verified) => verified.decode().map_or_else(|error| error.code().into(), |event| event.id),
        Err(rejection) => rejection.code().to_owned(),
    };
    assert_eq!(deliver(url, body), "e1");
    let at = body.find(r#"{"event_id":"e2""#).unwrap();
    assert_eq!(deliver(&format!("{url}{}", &body[..at]), &body[at..]), "body_mismatch");
    assert_eq!(deliver(&url[..url.len() - 1], &format!("1{body}")), "body_mismatch");
    for content in [
        r#"[{"url":"exact"},"id",{"text":"."},"body"]"#,
        r#"["id",{"text":"."},"body",{"url":"exact"}]"#,
        r#"["method","id",{"text":"."},"body"]"#,
    ] {
        let scheme = described(HEADER, content, "", r#""id":{"header":"id"}"#);
        assert!(is_unsound(&scheme, "signature.content"), "{content}");
    }
}

/// Threat model: A-47.
#[test]
fn the_end_of_a_url_does_not_move_behind_an_id_that_is_a_uuid() {
    let content = r#"["id",{"text":"\""},{"url":"exact"},{"text":":"},"body"]"#;
    let scheme = described(HEADER, content, "", r#""id":{"header":"id"}"#).unwrap();
    let id = "0123456789abcdef0123456789abcdef";
    let headers =
        [("id", id.to_owned()), ("sig", signature(format!("{id}\"https://example.com/hooks:{{}}").as_bytes()))];
    assert_eq!(own(&scheme, &headers, "{}"), id);
    let verifier = Verifier::new(&scheme, [TEXT_KEY]).unwrap();
    let moved = Delivery::new(&headers, b"//example.com/hooks:{}").url("https");
    assert_eq!(verifier.verify(moved, NOW).err().map(|rejection| rejection.code()), Some("body_mismatch"));
}

/// Threat model: A-47.
#[test]
fn a_form_and_its_url_are_one_event_wherever_the_url_ends() {
    let (url, form) = ("https://example.com/sms?x=1", "AccountSid=AC1&Body=hi");
    let signature = twilio_signature(url, form.as_bytes());
    let id = twilio(url, &signature, form.as_bytes());
    assert!(id.starts_with("sha256:"), "{id}");
    assert_eq!(twilio(&format!("{url}AccountSidAC1"), &signature, b"Body=hi"), id);
}

#[test]
fn a_description_whose_genuine_deliveries_could_not_verify_is_rejected() {
    let with_tags = |key: &str, tags: &str| {
        Scheme::from_json(&format!(
            r#"{{"name":"own","signature":{{"place":{{"header":"sig"}},"tags":[{tags}],"content":["body"]}},"key":"{key}","id":"digest"}}"#
        ))
        .map_err(|error| error.to_string())
    };
    let tag = |algorithm: &str| format!(r#"{{"algorithm":"{algorithm}","encoding":"hex"}}"#);
    let two = [tag("hmac-sha256"), tag("hmac-sha1")].join(",");
    assert!(is_unsound(&with_tags("text", &two), "signature.tags"));
    let mixed = [tag("hmac-sha256"), tag("ed25519")].join(",");
    assert!(is_unsound(&with_tags("hex", &mixed), "key"));
    let named = described(HEADER, r#"["body",{"text":"."},{"member":"/a"}]"#, "", DIGEST);
    assert!(is_unsound(&named, "signature.content"));
    // The most members that a description can name, in a genuine delivery.
    let names: Vec<String> = (0..16).map(|index| format!("n{index}")).collect();
    let single: Vec<String> = (0..7).map(|index| format!(r#"{{"member":"/s{index}"}},{{"text":":"}}"#)).collect();
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let content = format!(r#"[{},{{"members":[{}]}}]"#, single.join(","), quoted.join(","));
    let scheme = described(BODY, &content, "", DIGEST).unwrap();
    let members: Vec<String> = (0..7).map(|index| format!("s{index}")).chain(names).collect();
    let members: Vec<String> = members.iter().map(|name| format!(r#""{name}":"x""#)).collect();
    let unsigned = format!(r#"{{{},"sig":""}}"#, members.join(","));
    let body = Signer::new(&scheme, TEXT_KEY).unwrap().sign_body(unsigned.as_bytes()).unwrap();
    assert!(verdict(&scheme, TEXT_KEY, &[], &body, NOW).starts_with("sha256:"));
}
