//! Answers: each sender gets the response that it understands, and no description can give it a harmful one.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

use countersign::scheme::{Answers, Response, Scheme};
use countersign::senders::{
    ADYEN, ADYEN_BANKING, ALL, DISCORD, FASTSPRING, GITHUB, MAILGUN, SLACK, SUPABASE, TWILIO, VIBER, XERO,
};
use countersign::{Outcome, Verifier};

const SUCCESSES: [Outcome; 3] = [Outcome::Accepted, Outcome::Duplicate, Outcome::Filtered];

/// Status, content type and body of an answer.
fn answer(scheme: &Scheme, outcome: Outcome, id: &str) -> (u16, &'static str, String) {
    let reply = scheme.answers.reply(outcome, id);
    assert!(reply.headers.is_empty() && reply.visit.is_none() && reply.secret.is_none());
    (reply.status, reply.content_type, reply.body)
}

fn json(status: u16, body: &str) -> (u16, &'static str, String) {
    (status, "application/json", body.to_owned())
}

#[test]
fn most_senders_get_200_with_the_id_and_the_outcome() {
    for (outcome, status) in SUCCESSES.into_iter().zip(["accepted", "duplicate", "filtered"]) {
        let expected = json(200, &format!(r#"{{"id":"evt_1","status":"{status}"}}"#));
        for scheme in [&GITHUB, &MAILGUN, &FASTSPRING] {
            assert_eq!(answer(scheme, outcome, "evt_1"), expected, "{}", scheme.name);
        }
    }
    assert_eq!(answer(&GITHUB, Outcome::Rejected, ""), json(401, r#"{"error":"not authentic"}"#));
}

#[test]
fn every_sender_gets_a_status_that_it_reads_as_the_outcome() {
    for scheme in ALL {
        for outcome in SUCCESSES {
            let status = scheme.answers.reply(outcome, "1").status;
            assert!(status == 200 || (status == 204 && scheme.name == "discord"), "{} {outcome:?}", scheme.name);
        }
        assert_eq!(scheme.answers.reply(Outcome::Rejected, "").status, 401, "{}", scheme.name);
        assert_eq!(scheme.answers.reply(Outcome::Unreadable, "").status, 422, "{}", scheme.name);
        assert_eq!(scheme.answers.reply(Outcome::Failed, "").status, 500, "{}", scheme.name);
    }
}

#[test]
fn a_sender_that_reads_the_body_gets_the_body_that_it_expects() {
    let empty = (200, "", String::new());
    for outcome in SUCCESSES {
        for scheme in [&XERO, &VIBER, &SLACK] {
            assert_eq!(answer(scheme, outcome, "1"), empty, "{}", scheme.name);
        }
        assert_eq!(answer(&DISCORD, outcome, "1"), (204, "", String::new()));
        assert_eq!(answer(&TWILIO, outcome, "1"), (200, "text/xml", "<Response/>".into()));
        assert_eq!(answer(&SUPABASE, outcome, "1"), json(200, "{}"));
        for scheme in [&ADYEN, &ADYEN_BANKING] {
            assert_eq!(answer(scheme, outcome, "1"), (200, "text/plain; charset=utf-8", "[accepted]".into()));
        }
    }
    assert_eq!(answer(&XERO, Outcome::Rejected, ""), (401, "", String::new()));
}

#[test]
fn a_verifier_answers_as_its_scheme_says() {
    let verifier = Verifier::new(&XERO, ["secret"]).unwrap();
    for outcome in [Outcome::Accepted, Outcome::Rejected, Outcome::Failed] {
        assert_eq!(verifier.answer(outcome, "1"), XERO.answers.reply(outcome, "1"));
    }
}

/// Threat model: A-90.
#[test]
fn an_id_cannot_change_the_rest_of_an_answer() {
    let ids = [r#"","status":"duplicate"#, r"\", "\u{0}\n\r\u{1f}", "\u{2028}</script>", "$id", "é😀", ""];
    for id in ids {
        let (_, _, body) = answer(&GITHUB, Outcome::Accepted, id);
        let value: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(value, serde_json::json!({ "id": id, "status": "accepted" }), "{body}");
    }
    let (_, _, body) = answer(&GITHUB, Outcome::Accepted, &"a".repeat(1025));
    assert_eq!(body, r#"{"id":null,"status":"accepted"}"#);
}

/// Threat model: A-90.
#[test]
fn an_answer_that_misleads_or_injects_is_unsound() {
    const TEXT: &str = "text/plain";
    let text = |status, body| Response { status, content_type: TEXT, body };
    let long: &'static str = "a".repeat(1025).leak();
    let bad = [
        Response::empty(100),
        Response::empty(199),
        Response::empty(301),
        Response::empty(410),
        Response::empty(600),
        text(204, "a"),
        text(205, "a"),
        text(200, ""),
        text(200, long),
        text(200, "a\0"),
        text(200, "$id"),
        Response { status: 200, content_type: "", body: "a" },
        Response { status: 200, content_type: "text/plain\r\nset-cookie: a=b", body: "a" },
        Response { status: 200, content_type: "text/plain; é", body: "a" },
        Response { status: 200, content_type: long, body: "a" },
        Response::json(200, r#"{"id":"$id"}"#),
        Response::json(200, r#"{"a":"\"$id"}"#),
    ];
    let default = Answers::DEFAULT;
    for response in bad {
        let status = if response.status == 200 { 401 } else { response.status };
        for (answers, field) in [
            (Answers { accepted: response, ..default }, "answers.accepted"),
            (Answers { duplicate: response, ..default }, "answers.duplicate"),
            (Answers { filtered: response, ..default }, "answers.filtered"),
            (Answers { rejected: Response { status, ..response }, ..default }, "answers.rejected"),
        ] {
            let scheme = Scheme { answers, ..GITHUB };
            assert!(!scheme.is_sound(), "{field}: {response:?}");
            let error = answers.soundness().unwrap_err().to_string();
            assert!(error.contains(field), "{response:?}: {error}");
        }
    }
    // A success is not a rejection, and the other way round.
    assert!(Answers { accepted: Response::empty(401), ..default }.soundness().is_err());
    assert!(Answers { rejected: Response::empty(200), ..default }.soundness().is_err());
    for response in [Response::json(200, r#"[$id,"a"]"#), Response::json(202, r#"{"\"":$id}"#), text(200, "$i d\n")] {
        assert_eq!(Answers::success(response).soundness(), Ok(()), "{response:?}");
    }
}

#[test]
fn answers_are_equal_after_being_written_to_json_and_read() {
    let default = Answers::DEFAULT;
    let empty = Response::empty(204);
    for answers in [
        default,
        Answers::success(empty),
        Answers { accepted: empty, ..default },
        Answers { duplicate: empty, ..default },
        Answers { filtered: empty, duplicate: default.accepted, ..default },
        Answers { accepted: empty, duplicate: default.duplicate, ..Answers::success(empty) },
        Answers { rejected: Response { status: 403, content_type: "text/plain", body: "no\n\"\\" }, ..default },
    ] {
        let scheme = Scheme { answers, ..GITHUB };
        assert_eq!(Scheme::from_json(&scheme.to_json()).unwrap().answers, answers, "{}", scheme.to_json());
    }
    for scheme in ALL {
        assert_eq!(Scheme::from_json(&scheme.to_json()).as_ref(), Ok(scheme));
    }
    assert!(!GITHUB.to_json().contains("answers"));
}

#[test]
fn a_source_overrides_the_answers_that_it_describes() {
    let own = XERO.answers.with_json(r#"{"accepted":{"contentType":"text/plain","body":"ok"}}"#).unwrap();
    let ok = Response { status: 200, content_type: "text/plain", body: "ok" };
    assert_eq!(own, Answers { rejected: XERO.answers.rejected, ..Answers::success(ok) });
    let rejected = TWILIO.answers.with_json(r#"{"rejected":{"status":403},"duplicate":{"status":202}}"#).unwrap();
    let expected = Answers { rejected: Response::empty(403), duplicate: Response::empty(202), ..TWILIO.answers };
    assert_eq!(rejected, expected);
    assert_eq!(TWILIO.answers.with_json("{}"), Ok(TWILIO.answers));
    for (json, message) in [
        ("{", "it is not strict JSON"),
        ("[]", "it must be an object"),
        (r#"{"acepted":{}}"#, "`acepted`: this field is unknown"),
        (r#"{"accepted":{"code":200}}"#, "`accepted.code`: this field is unknown"),
        (r#"{"accepted":{"status":"200"}}"#, "`accepted.status`: it must be an HTTP status"),
        (r#"{"accepted":{"status":70000}}"#, "`accepted.status`: it must be an HTTP status"),
        (r#"{"accepted":{"status":301}}"#, "`answers.accepted`: its status must be 200 to 299"),
        (r#"{"rejected":{"status":410}}"#, "`answers.rejected`: its status must be 400 to 599, and not 410"),
        (r#"{"accepted":{"body":"a"}}"#, "`answers.accepted`: a body needs a contentType"),
    ] {
        let error = GITHUB.answers.with_json(json).unwrap_err().to_string();
        assert!(error.contains(message), "{json}: {error}");
    }
}
