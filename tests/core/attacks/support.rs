//! Genuine deliveries of every sender, and the verdicts on altered ones.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use countersign::{Delivery, Event, Outgoing, Scheme, Signer, UnixTime, Verifier, senders};

use crate::shared::{TEXT_KEY, secret_for};

pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
pub(crate) const BODY: &[u8] = br#"{"id":"evt_1","type":"a.b"}"#;
pub(crate) const URL: &str = "https://example.com/hooks";

pub(crate) fn to_base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

/// A secret in the scheme's key format.
pub(crate) fn key_for(scheme: &Scheme) -> &'static str {
    secret_for(scheme).unwrap()
}

pub(crate) type Headers = Vec<(String, String)>;

/// The headers of a genuine delivery of [`BODY`].
pub(crate) fn signed(scheme: &Scheme) -> Headers {
    signed_with(&Signer::new(scheme, key_for(scheme)).unwrap())
}

pub(crate) fn signed_with(signer: &Signer) -> Headers {
    signer.sign_request(&Outgoing { id: "msg_1", body: BODY, method: "POST", url: URL }, NOW)
}

/// `valid`, or the code of the rejection.
pub(crate) fn code_with(verifier: &Verifier, headers: &Headers, body: &[u8], now: UnixTime) -> &'static str {
    match verifier.verify(Delivery::new(headers, body).method("POST").url(URL), now) {
        Ok(_) => "valid",
        Err(rejection) => rejection.code(),
    }
}

pub(crate) fn code(scheme: &Scheme, headers: &Headers) -> &'static str {
    code_with(&Verifier::new(scheme, [key_for(scheme)]).unwrap(), headers, BODY, NOW)
}

/// The headers with another value in the last one, which contains the signature.
pub(crate) fn with_last(headers: &Headers, value: String) -> Headers {
    let mut headers = headers.clone();
    headers.last_mut().unwrap().1 = value;
    headers
}

/// Verifies and decodes a genuine delivery and checks its event.
pub(crate) fn event_of(scheme: &Scheme, headers: &Headers, body: &[u8], check: impl FnOnce(Event<'_>)) {
    let verifier = Verifier::new(scheme, [key_for(scheme)]).unwrap();
    check(verifier.verify(Delivery::new(headers, body), NOW).unwrap().decode().unwrap());
}

/// The event id of a delivery from Twilio, or the code of its rejection.
pub(crate) fn twilio(url: &str, signature: &str, body: &[u8]) -> String {
    let headers = [("x-twilio-signature", signature.as_bytes())];
    let verifier = Verifier::new(&senders::TWILIO, [TEXT_KEY]).unwrap();
    match verifier.verify(Delivery::new(headers, body).method("POST").url(url), NOW) {
        Ok(verified) => verified.decode().unwrap().id,
        Err(rejection) => rejection.code().to_owned(),
    }
}

pub(crate) fn twilio_signature(url: &str, body: &[u8]) -> String {
    let signer = Signer::new(&senders::TWILIO, TEXT_KEY).unwrap();
    signer.sign_request(&Outgoing { id: "", body, method: "POST", url }, NOW).remove(0).1
}
