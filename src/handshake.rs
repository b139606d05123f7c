//! Handshakes: the questions by which senders make sure that somebody listens at an address, answered without becoming
//! a tool of whoever asks.
//!
//! What is signed is verified before a word of it comes back. A token that is signed with the key of deliveries has so
//! few letters that its tag fits no delivery, and a delivery that looks like such a token is refused.

use alloc::borrow::Cow;
use alloc::string::String;

use crate::content::is_bare_token;
use crate::delivery::Delivery;
use crate::error::Rejection;
use crate::form::percent_decode;
use crate::hash::Message;
use crate::json;
use crate::key::{encode, is_same_secret};
use crate::limits::{MAX_ECHOED_CHALLENGE_BYTES, MAX_HANDSHAKE_BYTES};
use crate::scheme::{Answer, Handshake, Proof};
use crate::text::split::pieces;
use crate::time::UnixTime;
use crate::url;
use crate::verifier::Verifier;

const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";

/// What to answer to a handshake. Send `x-content-type-options: nosniff` with it: part of the body is the sender's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status: 200, or 204.
    pub status: u16,
    /// The value of the `content-type` header: never HTML.
    pub content_type: &'static str,
    /// The body; empty for 204.
    pub body: String,
    /// The URL that the sender wants to be visited. It has the host that the scheme pins; follow no redirect from it.
    pub visit: Option<String>,
}

impl Verifier {
    /// Answers a handshake, where the request is one; `None` where it is a delivery, or what else came, to be verified.
    ///
    /// A handshake in a body is verified like every delivery before it is answered. One in a query, for which `delivery` needs its
    /// [`url`](Delivery::url), is signed by nobody; where the sender shows a secret that was chosen for this alone, it
    /// must equal `verify_token`. Where a token is to be signed and nothing says with which key, the first one does it.
    ///
    /// ```
    /// use countersign::{Delivery, UnixTime, Verifier, senders::META};
    ///
    /// let verifier = Verifier::new(&META, ["app secret"])?;
    /// let url = "/in?hub.mode=subscribe&hub.verify_token=chosen&hub.challenge=1158201444";
    /// let reply = verifier.handshake(Delivery::without_headers(b"").url(url), UnixTime::from_secs(0), Some("chosen"))?;
    /// assert_eq!(reply.map(|reply| reply.body).as_deref(), Some("1158201444"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What [`verify`](Self::verify) has for a delivery; [`Rejection::MalformedToken`] for a token that is not
    /// harmless; [`Rejection::SignatureMismatch`] for a wrong verify token, and [`Rejection::UnsupportedSignature`]
    /// where there is none to compare it with.
    pub fn handshake(
        &self,
        delivery: Delivery<'_>,
        now: UnixTime,
        verify_token: Option<&str>,
    ) -> Result<Option<Reply>, Rejection> {
        let (url, body) = (delivery.requested_url().unwrap_or_default(), delivery.body());
        let is_signed = !body.is_empty();
        let is_asked = |handshake: &&Handshake| handshake.is_signed() == is_signed;
        if body.len() > MAX_HANDSHAKE_BYTES {
            return Ok(None);
        }
        let request = if is_signed { Request::Body(body) } else { Request::Query(url) };
        let handshakes = self.scheme().handshakes.iter().filter(is_asked);
        let mut asked = handshakes.filter_map(|handshake| Some((handshake, request.token_of(handshake)?)));
        let Some((handshake, token)) = asked.next() else { return Ok(None) };
        let key = if is_signed { self.verify(delivery, now)?.key() } else { 0 };
        if let Some(place) = handshake.verify_token {
            check_verify_token(&request.text(place).unwrap_or_default(), verify_token)?;
        }
        self.reply(handshake, &token, key).map(Some)
    }

    fn reply(&self, handshake: &Handshake, token: &str, key: usize) -> Result<Reply, Rejection> {
        let reply = |status, content_type, body| Reply { status, content_type, body, visit: None };
        match handshake.answer {
            Answer::Token if handshake.token.is_none() => Ok(reply(204, JSON, String::new())),
            Answer::Token if is_echoable(token) => Ok(reply(200, TEXT, token.into())),
            Answer::Token => Err(malformed("a handshake's token is 1 to 1024 printable characters without < and >")),
            Answer::Json(_) if handshake.token.is_some() && !is_bare_token(&Message::of(token.as_bytes())) => {
                Err(malformed("a token to be signed is 1 to 256 letters, digits, - and _"))
            }
            Answer::Json(template) => Ok(reply(200, JSON, self.fill(template, token, key))),
            Answer::Visit(patterns) if patterns.iter().any(|pattern| url::matches_pattern(token, pattern)) => {
                Ok(Reply { visit: Some(token.into()), ..reply(200, TEXT, String::new()) })
            }
            Answer::Visit(_) => Err(malformed("the URL to visit is not one of the sender's")),
        }
    }

    /// Puts the token and its tag into a template.
    fn fill(&self, template: &str, token: &str, key: usize) -> String {
        let mut filled = String::new();
        for piece in pieces(template, "$") {
            let rest = if let Some(rest) = piece.strip_prefix("token") {
                filled.push_str(token);
                rest
            } else if let Some(rest) = piece.strip_prefix("tag") {
                filled.push_str(&self.tag(token, key).unwrap_or_default());
                rest
            } else {
                piece
            };
            filled.push_str(rest);
        }
        filled
    }

    /// The tag over a token. A sound scheme whose answers need one has keys that make it.
    fn tag(&self, token: &str, key: usize) -> Option<String> {
        let Proof::Signature(signature) = self.scheme().proof else { return None };
        let tag = signature.tags.first()?;
        let bytes = self.key(key)?.sign(tag.algorithm, &Message::of(token.as_bytes()))?;
        Some(encode(tag.encoding, &bytes))
    }
}

/// Where questions are read.
enum Request<'d> {
    /// A body. It is verified before it is answered.
    Body(&'d [u8]),
    /// A URL, which may be anybody's.
    Query(&'d str),
}

impl<'d> Request<'d> {
    /// The token of a handshake, where it is asked; an empty one for a handshake without.
    fn token_of(&self, handshake: &Handshake) -> Option<Cow<'d, str>> {
        let is_asked = handshake.when.iter().all(|(place, wanted)| self.text(place).as_deref() == *wanted);
        match handshake.token {
            Some(place) if is_asked => self.text(place),
            None if is_asked => Some(Cow::Borrowed("")),
            _ => None,
        }
    }

    /// What stands at a place, decoded once. What is there and no text counts as an empty one, and a parameter that came
    /// twice as none: it is open which one counts.
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

fn check_verify_token(shown: &str, own: Option<&str>) -> Result<(), Rejection> {
    match own {
        None | Some("") => Err(Rejection::UnsupportedSignature {
            problem: "the handshake shows a verify token, and none is configured to compare it with",
        }),
        Some(own) if is_same_secret(own.as_bytes(), shown.as_bytes()) => Ok(()),
        Some(_) => Err(Rejection::SignatureMismatch),
    }
}

/// Whether a token can be sent back as text. None has the marks that begin HTML.
fn is_echoable(token: &str) -> bool {
    (1..=MAX_ECHOED_CHALLENGE_BYTES).contains(&token.len())
        && token.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'<' && byte != b'>')
}
