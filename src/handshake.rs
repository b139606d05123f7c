//! Handshakes: the requests by which senders check that an address is ready. In: a delivery and, for some senders, a verify
//! token. Out: the reply to send, or nothing if the request is an ordinary delivery.
//!
//! A handshake must not give an attacker anything of use. So a handshake that can be verified is verified before any of it
//! is echoed, and an echoed challenge contains no HTML and no line break. Some senders require a signature of the
//! challenge, made with the key that signs deliveries. Such a challenge may contain only letters, digits, `-` and `_`, and
//! the verifier rejects deliveries that consist of those alone: so no signature of a challenge verifies as a delivery.
//!
//! Two kinds of handshakes come before the receiver has a key. A test message is signed with a key that the sender
//! publishes, and that key verifies nothing else. A few senders hand over the key itself in their first request. Such a
//! request proves nothing, so only [`Scheme::set_up`] answers it.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::slice;

use crate::content::is_signable_challenge;
use crate::delivery::Delivery;
use crate::error::Rejection;
use crate::form;
use crate::hash::Message;
use crate::json;
use crate::key::{Key, encode, is_same_secret};
use crate::limits::{MAX_ECHOED_CHALLENGE_BYTES, MAX_HANDSHAKE_BYTES, MAX_HEADER_CHALLENGE_BYTES};
use crate::reply::Reply;
use crate::scheme::{Answer, Authenticated, Handshake, HandshakePlace, HandshakeProof, Proof, Scheme};
use crate::time::UnixTime;
use crate::url;
use crate::verifier::{Pipeline, Verifier};

const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";

impl Verifier {
    /// The reply to a handshake, or `None` if the request is not a handshake and should be verified as a delivery.
    ///
    /// A signed handshake is verified like any delivery. An unsigned one in the query is recognized only if `delivery` has
    /// its [`url`](Delivery::url) and an empty body, and one with a method of its own only if `delivery` has its
    /// [`method`](Delivery::method). If the sender sends a verify token, that must equal `verify_token`. If the reply
    /// contains a signature, it is made with the key that verified the handshake, or with the first key for an unsigned
    /// handshake.
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
    /// - The errors of [`verify`](Self::verify), for a signed handshake.
    /// - [`Rejection::MalformedToken`] for a challenge that must not be echoed, signed or visited.
    /// - [`Rejection::SignatureMismatch`] for a wrong verify token, and [`Rejection::UnsupportedSignature`] if
    ///   `verify_token` is `None` or blank and the handshake needs one.
    pub fn handshake(
        &self,
        delivery: Delivery<'_>,
        now: UnixTime,
        verify_token: Option<&str>,
    ) -> Result<Option<Reply>, Rejection> {
        let request = Request { scheme: self.scheme(), delivery, now, verify_token };
        let is_asked = |handshake: &Handshake| handshake.proof != HandshakeProof::SetUp;
        let Some((handshake, challenge)) = request.find(is_asked) else { return Ok(None) };
        let key = match handshake.proof {
            HandshakeProof::Signed => self.verify(request.delivery.clone(), now)?.key(),
            _ => 0,
        };
        request.check_verify_token(handshake)?;
        request.reply(handshake, &challenge, self.key(key)).map(Some)
    }
}

impl Scheme {
    /// The reply to a handshake that comes before you have a key: the sender hands over the key
    /// ([`Reply::secret`]), or it checks the address with a request that no secret of yours signs. `None` if the request is
    /// not such a handshake: reject it.
    ///
    /// **Anyone can send these requests.** So call this only while a new webhook is being set up, and stop as soon as you
    /// have the key. Show the secret to the operator and to no one else. Never store it as a key by yourself: an attacker
    /// whose request came first would choose the key of your deliveries.
    ///
    /// ```
    /// use countersign::{Delivery, UnixTime, senders::ASANA};
    ///
    /// let delivery = Delivery::new([("X-Hook-Secret", "b537207f20cbfa02357cf448134da559")], b"{}");
    /// let reply = ASANA.set_up(delivery, UnixTime::from_secs(1_700_000_000), None)?.expect("a handshake");
    /// assert_eq!(reply.headers, [("x-hook-secret", "b537207f20cbfa02357cf448134da559".to_owned())]);
    /// assert_eq!(reply.secret.as_deref(), Some("b537207f20cbfa02357cf448134da559"));
    /// # Ok::<(), countersign::Rejection>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`Rejection::MalformedToken`] for a challenge or a secret that must not be echoed.
    /// - [`Rejection::SignatureMismatch`] for a wrong verify token, and [`Rejection::UnsupportedSignature`] if
    ///   `verify_token` is `None` or blank and the handshake needs one.
    pub fn set_up(
        &self,
        delivery: Delivery<'_>,
        now: UnixTime,
        verify_token: Option<&str>,
    ) -> Result<Option<Reply>, Rejection> {
        let request = Request { scheme: self, delivery, now, verify_token };
        let needs_no_key =
            |handshake: &Handshake| handshake.proof != HandshakeProof::Signed && !handshake.answer.signs_challenge();
        let found = if self.is_sound() { request.find(needs_no_key) } else { None };
        let Some((handshake, challenge)) = found else { return Ok(None) };
        request.check_verify_token(handshake)?;
        request.reply(handshake, &challenge, None).map(Some)
    }
}

/// A request that may be a handshake.
struct Request<'r, 'd> {
    scheme: &'r Scheme,
    delivery: Delivery<'d>,
    now: UnixTime,
    /// The receiver's own verify token.
    verify_token: Option<&'r str>,
}

impl<'d> Request<'_, 'd> {
    /// The handshake that this request is, and its challenge, which is empty for a handshake without one.
    fn find(&self, is_asked: impl Fn(&Handshake) -> bool) -> Option<(&'static Handshake, Cow<'d, str>)> {
        if self.delivery.body().len() > MAX_HANDSHAKE_BYTES {
            return None;
        }
        self.scheme.handshakes.iter().filter(|handshake| is_asked(handshake)).find_map(|handshake| {
            let is_met = self.has_method(handshake)
                && self.has_body(handshake)
                && handshake.when.iter().all(|(place, wanted)| self.text(handshake, place).as_deref() == *wanted);
            let challenge = match handshake.token {
                Some(place) if is_met => self.text(handshake, place),
                None if is_met => Some(Cow::Borrowed("")),
                _ => None,
            };
            Some((handshake, challenge.filter(|_| self.has_test_signature(handshake))?))
        })
    }

    fn has_method(&self, handshake: &Handshake) -> bool {
        handshake.method.is_none() || handshake.method == self.delivery.requested_method()
    }

    /// Whether an unsigned request has a body if the handshake has one, and none otherwise. A parameter or a header that
    /// someone adds to a delivery must not turn it into a handshake.
    fn has_body(&self, handshake: &Handshake) -> bool {
        handshake.proof != HandshakeProof::Unsigned || self.delivery.body().is_empty() != handshake.reads_body()
    }

    /// Whether the sender's test key verifies the request. Yes for a handshake without such a key.
    fn has_test_signature(&self, handshake: &Handshake) -> bool {
        let HandshakeProof::TestKey(key) = handshake.proof else { return true };
        let Ok(key) = Key::parse(self.scheme, key) else { return false };
        let Scheme { tolerance, .. } = *self.scheme;
        let pipeline = Pipeline { scheme: self.scheme, keys: slice::from_ref(&key), tolerance, host: None };
        pipeline.verify(self.delivery.clone(), self.now).is_ok()
    }

    /// The text at a place, decoded once. A value that is not text is empty. A parameter or field that occurs twice is
    /// ambiguous and counts as absent.
    fn text(&self, handshake: &Handshake, place: &'static str) -> Option<Cow<'d, str>> {
        let body = self.delivery.body();
        match HandshakePlace::of(place) {
            HandshakePlace::Body(pointer) => {
                // A body that is signed as a whole is read strictly on the way to the member only.
                let is_signed = matches!(handshake.proof, HandshakeProof::Signed | HandshakeProof::TestKey(_));
                let document = match self.scheme.authenticated() {
                    Authenticated::Content if is_signed => json::find(body, &[pointer]),
                    _ => json::read(body, &[pointer]),
                };
                let value = document.ok()?.found.first().copied().flatten()?;
                Some(value.plain_text().unwrap_or_default())
            }
            HandshakePlace::Form(name) => {
                let fields = form::decode(body)?;
                single(fields.into_iter().filter(|(other, _)| other == name)).map(|(_, value)| Cow::Owned(value))
            }
            HandshakePlace::Header(name) => match self.delivery.header(name) {
                Ok(value) => value.map(|value| Cow::Borrowed(core::str::from_utf8(value).unwrap_or_default())),
                // It is there, and must not pass for absent.
                Err(_) => Some(Cow::Borrowed("")),
            },
            HandshakePlace::Query(name) => {
                let url = self.delivery.requested_url().unwrap_or_default();
                single(url::parameters(url, name))
                    .map(|value| Cow::Owned(form::percent_decode(value).unwrap_or_default()))
            }
        }
    }

    /// Compares the verify token that the sender sent, if this handshake has one, with the receiver's.
    fn check_verify_token(&self, handshake: &Handshake) -> Result<(), Rejection> {
        if !handshake.needs_verify_token() {
            return Ok(());
        }
        let received = handshake.verify_token.map(|place| self.text(handshake, place).unwrap_or_default());
        match (self.verify_token.filter(|token| !token.trim_ascii().is_empty()), received) {
            (None, _) => Err(Rejection::UnsupportedSignature {
                problem: "the handshake needs a verify token, and none is configured",
            }),
            (Some(own), Some(received)) if !is_same_secret(own.as_bytes(), received.as_bytes()) => {
                Err(Rejection::SignatureMismatch)
            }
            _ => Ok(()),
        }
    }

    /// The answer to a handshake. `key` signs the challenge.
    fn reply(&self, handshake: &Handshake, challenge: &str, key: Option<&Key>) -> Result<Reply, Rejection> {
        let mut reply = match handshake.answer {
            Answer::Token if handshake.token.is_none() => Reply::new(204, "", String::new()),
            Answer::Token if is_echoable(challenge) => Reply::new(200, TEXT, challenge.into()),
            Answer::Token => {
                return Err(malformed(
                    "a handshake's challenge must be 1 to 1024 printable ASCII characters without < and >",
                ));
            }
            Answer::Json(_)
                if handshake.token.is_some() && !is_signable_challenge(&Message::of(challenge.as_bytes())) =>
            {
                return Err(malformed("a challenge to be signed must be 1 to 256 letters, digits, - and _"));
            }
            Answer::Json(template) => Reply::new(200, JSON, self.fill(template, challenge, key)),
            Answer::Headers(headers) => {
                Reply { headers: self.headers(headers, challenge)?, ..Reply::new(200, "", String::new()) }
            }
            Answer::Visit(patterns) if patterns.iter().any(|pattern| url::matches_pattern(challenge, pattern)) => {
                Reply { visit: Some(challenge.into()), ..Reply::new(200, "", String::new()) }
            }
            Answer::Visit(_) => return Err(malformed("the URL to visit is not one of the sender's")),
        };
        if handshake.proof == HandshakeProof::SetUp {
            reply.secret = Some(for_header(challenge)?.into());
        }
        Ok(reply)
    }

    /// The headers of an answer.
    fn headers(
        &self,
        headers: &'static [(&'static str, &'static str)],
        challenge: &str,
    ) -> Result<Vec<(&'static str, String)>, Rejection> {
        let mut filled = Vec::with_capacity(headers.len());
        for (name, value) in headers {
            let value = match *value {
                "$token" => for_header(challenge)?,
                "$verify" => for_header(self.verify_token.unwrap_or_default())?,
                fixed => fixed,
            };
            filled.push((*name, value.into()));
        }
        Ok(filled)
    }

    /// Replaces `$token` and `$tag` in a template.
    fn fill(&self, template: &str, challenge: &str, key: Option<&Key>) -> String {
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
    fn sign_challenge(&self, challenge: &str, key: Option<&Key>) -> Option<String> {
        let Proof::Signature(signature) = self.scheme.proof else { return None };
        let kind = signature.tags.first()?;
        let bytes = key?.sign(kind.algorithm, &Message::of(challenge.as_bytes()))?;
        Some(encode(kind.encoding, &bytes))
    }
}

/// The only item of an iterator.
fn single<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    items.next().filter(|_| items.next().is_none())
}

const fn malformed(problem: &'static str) -> Rejection {
    Rejection::MalformedToken { problem }
}

/// Whether a challenge can be echoed as text: printable ASCII without the characters that begin HTML.
fn is_echoable(challenge: &str) -> bool {
    (1..=MAX_ECHOED_CHALLENGE_BYTES).contains(&challenge.len())
        && challenge.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'<' && byte != b'>')
}

/// A text that can be the value of a header, and a secret that can be shown: it can end neither the header nor a line of a
/// log.
fn for_header(text: &str) -> Result<&str, Rejection> {
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=:".contains(&byte);
    if (1..=MAX_HEADER_CHALLENGE_BYTES).contains(&text.len()) && text.bytes().all(is_safe) {
        return Ok(text);
    }
    Err(malformed(
        "a text for a header, or a secret that is handed over, must be 1 to 256 letters, digits and -._~+/=:",
    ))
}
