//! Requests that ask, and the parts of their answers.

use countersign::scheme::{Answer, Handshake, HandshakeProof, Scheme};
use countersign::senders::SNS;
use countersign::{Delivery, Rejection, Reply, Signer, UnixTime, Verifier};

pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
pub(crate) const LATER: UnixTime = UnixTime::from_secs(1_700_001_000);
pub(crate) const TEXT_KEY: &str = "It's a Secret to Everybody";
pub(crate) const VERIFY_TOKEN: &str = "chosen for this alone";

pub(crate) type Answered = Result<Option<Reply>, Rejection>;

/// The status, content type and body of a reply.
pub(crate) fn parts_of(answered: &Answered) -> (u16, &str, &str) {
    let reply = answered.as_ref().unwrap().as_ref().unwrap();
    (reply.status, reply.content_type, &reply.body)
}

pub(crate) fn code(answered: &Answered) -> &'static str {
    match answered {
        Ok(Some(_)) => "answered",
        Ok(None) => "not a handshake",
        Err(rejection) => rejection.code(),
    }
}

/// Sends a handshake in a body that is signed with the first key and verified with the second.
pub(crate) fn ask_with(scheme: &Scheme, [signs, verifies]: [&str; 2], body: &str, now: UnixTime) -> Answered {
    let headers = Signer::new(scheme, signs).unwrap().sign("msg_1", body.as_bytes(), NOW);
    let verifier = Verifier::new(scheme, [verifies]).unwrap();
    verifier.handshake(Delivery::new(&headers, body.as_bytes()), now, None)
}

pub(crate) fn ask(scheme: &Scheme, body: &str) -> Answered {
    ask_with(scheme, [TEXT_KEY, TEXT_KEY], body, NOW)
}

/// Sends a handshake in the query of an unsigned request.
pub(crate) fn ask_by_url(scheme: &Scheme, query: &str, verify_token: Option<&str>) -> Answered {
    let url = ["https://example.com/in?", query].concat();
    let verifier = Verifier::new(scheme, [TEXT_KEY]).unwrap();
    verifier.handshake(Delivery::without_headers(b"").url(&url), NOW, verify_token)
}

/// RFC 7515, appendix A.2.
pub(crate) const RSA_PUBLIC: &str = r#""kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ""#;
pub(crate) const RSA_PRIVATE: &str = r#""d":"Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ""#;

pub(crate) const SUBSCRIBE_URL: &str = "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-west-2:123456789012:MyTopic&Token=2336412f37";

pub(crate) fn sns_asks(kind: &str, url: &str) -> String {
    let body = format!(
        r#"{{"Type":"{kind}","MessageId":"1","Token":"2336412f37","TopicArn":"arn:aws:sns:us-west-2:123456789012:MyTopic","Message":"You have chosen to subscribe","SubscribeURL":"{url}","Timestamp":"2012-04-26T20:45:04.751Z","SignatureVersion":"2","Signature":"-"}}"#
    );
    let signer = Signer::new(&SNS, format!("{{{RSA_PUBLIC},{RSA_PRIVATE}}}")).unwrap();
    String::from_utf8(signer.sign_body(body.as_bytes()).unwrap()).unwrap()
}

pub(crate) fn ask_sns(body: &str) -> Answered {
    let verifier = Verifier::new(&SNS, [format!("{{{RSA_PUBLIC}}}")]).unwrap();
    verifier.handshake(Delivery::without_headers(body.as_bytes()), NOW, None)
}

/// A signed handshake without conditions and without a token.
pub(crate) const fn handshake(answer: Answer) -> Handshake {
    Handshake { method: None, when: &[], proof: HandshakeProof::Signed, verify_token: None, token: None, answer }
}

/// A scheme with another handshake.
pub(crate) fn with(scheme: &Scheme, handshake: Handshake) -> Scheme {
    Scheme { handshakes: Vec::from([handshake]).leak(), ..*scheme }
}

/// The status and the headers of a reply without a body.
pub(crate) fn headers_of(answered: &Answered) -> (u16, Vec<(&str, &str)>) {
    let reply = answered.as_ref().unwrap().as_ref().unwrap();
    assert_eq!((reply.content_type, reply.body.as_str()), ("", ""));
    (reply.status, reply.headers.iter().map(|(name, value)| (*name, value.as_str())).collect())
}

pub(crate) fn set_up(scheme: &Scheme, headers: &[(&str, &str)], body: &str) -> Answered {
    scheme.set_up(Delivery::new(headers, body.as_bytes()), NOW, None)
}

pub(crate) const SLACK_ASKS: &str =
    r#"{"token":"t","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P","type":"url_verification"}"#;
