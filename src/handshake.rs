//! Handshakes: the requests by which senders check that an address is ready. In: a delivery and, for some senders, a verify
//! token. Out: the reply to send, or nothing if the request is an ordinary delivery.
//!
//! A handshake must not give an attacker anything of use. So a handshake in a body is verified before any of it is echoed,
//! and an echoed challenge contains no HTML. Some senders require a signature of the challenge, made with the key that signs
//! deliveries. Such a challenge may contain only letters, digits, `-` and `_`, and the verifier rejects deliveries that
//! consist of those alone: so no signature of a challenge verifies as a delivery.

use alloc::borrow::Cow;
use alloc::string::String;

use crate::content::is_signable_challenge;
use crate::delivery::Delivery;
use crate::error::Rejection;
use crate::form::percent_decode;
use crate::hash::Message;
use crate::json;
use crate::key::{encode, is_same_secret};
use crate::limits::{MAX_ECHOED_CHALLENGE_BYTES, MAX_HANDSHAKE_BYTES};
use crate::reply::Reply;
use crate::scheme::{Answer, Handshake, Proof};
use crate::time::UnixTime;
use crate::url;
use crate::verifier::Verifier;

const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";

impl Verifier {
    /// The reply to a handshake, or `None` if the request is not a handshake and should be verified as a delivery.
    ///
    /// A handshake in a body is verified like any delivery. A handshake in the query is not signed, and is recognized only
    /// if `delivery` has its [`url`](Delivery::url) and an empty body. If the sender sends a verify token with it, that must
    /// equal `verify_token`. If the reply contains a signature, it is made with the key that verified the handshake, or
    /// with the first key for a handshake in the query.
    ///
    /// ```
    /// use countersign::{Delivery, UnixTime, Verifier, senders::META};
    ///
    /// let verifier = Verifier::new(&META, ["app secret"])?;
    /// let url = "/in?hub.mode=subscribe&hub.verify_token=chosen&hub.challenge=1158201444";
    /// let delivery = Delivery::without_headers(b"").url(url);
    /// let reply = verifier.handshake(delivery, UnixTime::from_secs(1_700_000_000), Some("chosen"))?;
    /// assert_eq!(reply.map(|reply| reply.body).as_deref(), Some("1158201444"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - The errors of [`verify`](Self::verify), for a handshake in a body.
    /// - [`Rejection::MalformedToken`] for a challenge that must not be echoed, signed or visited.
    /// - [`Rejection::SignatureMismatch`] for a wrong verify token, and [`Rejection::UnsupportedSignature`] if
    ///   `verify_token` is `None` or empty and the sender sends one.
    pub fn handshake(
        &self,
        delivery: Delivery<'_>,
        now: UnixTime,
        verify_token: Option<&str>,
    ) -> Result<Option<Reply>, Rejection> {
        let (url, body) = (delivery.requested_url().unwrap_or_default(), delivery.body());
        if body.len() > MAX_HANDSHAKE_BYTES {
            return Ok(None);
        }
        let is_signed = !body.is_empty();
        let request = if is_signed { Request::Body(body) } else { Request::Query(url) };
        let candidates = self.scheme().handshakes.iter().filter(|handshake| handshake.is_signed() == is_signed);
        let mut matches = candidates.filter_map(|handshake| Some((handshake, request.challenge_of(handshake)?)));
        let Some((handshake, challenge)) = matches.next() else { return Ok(None) };
        let key = if is_signed { self.verify(delivery, now)?.key() } else { 0 };
        if let Some(place) = handshake.verify_token {
            check_verify_token(&request.text(place).unwrap_or_default(), verify_token)?;
        }
        self.reply(handshake, &challenge, key).map(Some)
    }

    fn reply(&self, handshake: &Handshake, challenge: &str, key: usize) -> Result<Reply, Rejection> {
        let reply = Reply::new;
        match handshake.answer {
            Answer::Token if handshake.token.is_none() => Ok(reply(204, "", String::new())),
            Answer::Token if is_echoable(challenge) => Ok(reply(200, TEXT, challenge.into())),
            Answer::Token => {
                Err(malformed("a handshake's challenge must be 1 to 1024 printable ASCII characters without < and >"))
            }
            Answer::Json(_)
                if handshake.token.is_some() && !is_signable_challenge(&Message::of(challenge.as_bytes())) =>
            {
                Err(malformed("a challenge to be signed must be 1 to 256 letters, digits, - and _"))
            }
            Answer::Json(template) => Ok(reply(200, JSON, self.fill(template, challenge, key))),
            Answer::Visit(patterns) if patterns.iter().any(|pattern| url::matches_pattern(challenge, pattern)) => {
                Ok(Reply { visit: Some(challenge.into()), ..reply(200, "", String::new()) })
            }
            Answer::Visit(_) => Err(malformed("the URL to visit is not one of the sender's")),
        }
    }

    /// Replaces `$token` and `$tag` in a template.
    fn fill(&self, template: &str, challenge: &str, key: usize) -> String {
        let mut filled = String::new();
        for piece in template.split('$') {
            let rest = if let Some(rest) = piece.strip_prefix("token") {
                filled.push_str(challenge);
                rest
            } else if let Some(rest) = piece.strip_prefix("tag") {
                filled.push_str(&self.sign_challenge(challenge, key).unwrap_or_default());
                rest
            } else {
                piece
            };
            filled.push_str(rest);
        }
        filled
    }

    /// The encoded signature of a challenge. Soundness guarantees that schemes with `$tag` have keys that can sign.
    fn sign_challenge(&self, challenge: &str, key: usize) -> Option<String> {
        let Proof::Signature(signature) = self.scheme().proof else { return None };
        let kind = signature.tags.first()?;
        let bytes = self.key(key)?.sign(kind.algorithm, &Message::of(challenge.as_bytes()))?;
        Some(encode(kind.encoding, &bytes))
    }
}

/// The part of a request that may contain a handshake.
enum Request<'d> {
    /// A body, which is verified before it is answered.
    Body(&'d [u8]),
    /// A URL, which anyone may have sent.
    Query(&'d str),
}

impl<'d> Request<'d> {
    /// The challenge, if the request meets the handshake's conditions. Empty for a handshake without one.
    fn challenge_of(&self, handshake: &Handshake) -> Option<Cow<'d, str>> {
        let meets_conditions = handshake.when.iter().all(|(place, wanted)| self.text(place).as_deref() == *wanted);
        match handshake.token {
            Some(place) if meets_conditions => self.text(place),
            None if meets_conditions => Some(Cow::Borrowed("")),
            _ => None,
        }
    }

    /// The text at a place, decoded once. A value that is not text is empty. A parameter that occurs twice is ambiguous and
    /// counts as absent.
    fn text(&self, place: &str) -> Option<Cow<'d, str>> {
        match *self {
            Self::Body(body) => {
                let document = json::read(body, &[place]).ok()?;
                let value = document.found.first().copied().flatten()?;
                Some(value.plain_text().unwrap_or_default())
            }
            Self::Query(url) => {
                let mut values = url::parameters(url, place);
                let value = values.next().filter(|_| values.next().is_none())?;
                Some(Cow::Owned(percent_decode(value).unwrap_or_default()))
            }
        }
    }
}

const fn malformed(problem: &'static str) -> Rejection {
    Rejection::MalformedToken { problem }
}

fn check_verify_token(received: &str, configured: Option<&str>) -> Result<(), Rejection> {
    match configured {
        None | Some("") => Err(Rejection::UnsupportedSignature {
            problem: "the handshake contains a verify token, and none is configured to compare it with",
        }),
        Some(configured) if is_same_secret(configured.as_bytes(), received.as_bytes()) => Ok(()),
        Some(_) => Err(Rejection::SignatureMismatch),
    }
}

/// Whether a challenge can be echoed as text: printable ASCII without the characters that begin HTML.
fn is_echoable(challenge: &str) -> bool {
    (1..=MAX_ECHOED_CHALLENGE_BYTES).contains(&challenge.len())
        && challenge.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'<' && byte != b'>')
}
