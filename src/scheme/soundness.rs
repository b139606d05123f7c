//! Whether a description can be trusted: what it reads as signed is signed. All of it can be asked at compile time.

use alloc::borrow::Cow;
use alloc::string::String;

use super::{
    Algorithm, Answer, Encoding, Form, Handshake, Header, Id, KeyFormat, KeyUrl, Part, Place, Pointer, Proof, Scheme,
    SharedToken, Signature, Tag, TagPlace, Timestamp, Token, UrlPattern, Validity,
};
use crate::error::SchemeError;

/// A rule that a description breaks, and where. Unlike an error it can be made in a constant.
struct Flaw {
    field: &'static str,
    problem: &'static str,
}

const fn flaw(field: &'static str, problem: &'static str) -> Result<(), Flaw> {
    Err(Flaw { field, problem })
}

impl Scheme {
    /// Whether the description can be trusted: what it reads as signed is signed.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.check().is_ok()
    }

    /// The same, with the rule that is broken.
    ///
    /// # Errors
    ///
    /// [`SchemeError::Unsound`], with the first rule that the description breaks.
    pub fn soundness(&self) -> Result<(), SchemeError> {
        self.check().map_err(|Flaw { field, problem }| SchemeError::Unsound {
            field: String::from(field),
            problem: Cow::Borrowed(problem),
        })
    }

    const fn check(&self) -> Result<(), Flaw> {
        if !is_slug(self.name) {
            return flaw("name", "it must be lower-case letters, digits and hyphens");
        }
        let proof = match &self.proof {
            Proof::Signature(signature) => self.check_signature(signature),
            Proof::Token(token) => self.check_token(token),
            Proof::SharedToken(shared) => self.check_shared_token(shared),
        };
        if proof.is_err() {
            return proof;
        }
        let mut rest = self.handshakes;
        while let [handshake, tail @ ..] = rest {
            if let Err(flaw) = self.check_handshake(handshake) {
                return Err(flaw);
            }
            rest = tail;
        }
        match self.key_url {
            Some(KeyUrl { like, .. }) if !are_pinned(like) => flaw("keyUrl", NOT_PINNED),
            _ => Ok(()),
        }
    }

    const fn check_handshake(&self, handshake: &Handshake) -> Result<(), Flaw> {
        let is_signed = handshake.is_signed();
        if handshake.when.is_empty() && (is_signed || handshake.token.is_none()) {
            return flaw("handshakes.when", "nothing tells it from a delivery");
        }
        if is_signed && !self.signs_what_is_asked(handshake) {
            return flaw("handshakes.when", "what is asked in a body must be signed");
        }
        match handshake.answer {
            Answer::Json(template) if has_tag(template) && (handshake.token.is_none() || !self.tags_with_hmac()) => {
                flaw("handshakes.json", "a tag needs a token, and an HMAC as the first of the scheme's tags")
            }
            Answer::Visit(patterns) if !is_signed || handshake.token.is_none() || !are_pinned(patterns) => {
                flaw("handshakes.visit", NOT_PINNED)
            }
            _ => Ok(()),
        }
    }

    /// Whether a handshake makes the sender's own kind of tag over whatever it is asked.
    pub(crate) const fn tags_tokens(&self) -> bool {
        let mut rest = self.handshakes;
        while let [handshake, tail @ ..] = rest {
            if matches!(handshake.answer, Answer::Json(template) if has_tag(template)) {
                return true;
            }
            rest = tail;
        }
        false
    }

    const fn signs_what_is_asked(&self, handshake: &Handshake) -> bool {
        let Proof::Signature(signature) = &self.proof else { return false };
        let mut rest = handshake.when;
        while let [(pointer, _), tail @ ..] = rest {
            if !signature.signs_member(pointer) {
                return false;
            }
            rest = tail;
        }
        match handshake.token {
            Some(pointer) => signature.signs_member(pointer),
            None => true,
        }
    }

    const fn tags_with_hmac(&self) -> bool {
        let Proof::Signature(Signature { tags: [tag, ..], .. }) = &self.proof else { return false };
        matches!(tag.algorithm, Algorithm::HmacSha256 | Algorithm::HmacSha1 | Algorithm::HmacSha512)
    }

    const fn check_shared_token(&self, shared: &SharedToken) -> Result<(), Flaw> {
        match shared {
            SharedToken::Header(header) if !is_header(header) => {
                flaw("sharedToken.header", "it needs a name in lower case")
            }
            SharedToken::Body(pointer) if pointer.is_empty() => {
                flaw("sharedToken.body", "it must point at a member of the body")
            }
            _ if !matches!(self.key, KeyFormat::Text) => flaw("key", "a shared token is the text of the secret"),
            _ if !matches!(self.id, Id::Digest | Id::Notice) => {
                flaw("id", "a shared token signs nothing that an id could be read from: it must be \"digest\"")
            }
            _ => Ok(()),
        }
    }

    const fn check_token(&self, token: &Token) -> Result<(), Flaw> {
        if !is_header(token.header) || token.header.len() > 1 {
            return flaw("token.header", "it needs one name, in lower case");
        }
        if token.algorithms.is_empty() {
            return flaw("token.algorithms", "there must be one at least");
        }
        let mut rest = token.algorithms;
        while let [algorithm, tail @ ..] = rest {
            if !algorithm.signs_tokens() {
                return flaw(
                    "token.algorithms",
                    "a token is signed with hmac-sha256, rsa-sha256, ecdsa-p256 or ed25519",
                );
            }
            if !self.key.can_be_for(*algorithm) {
                return flaw("key", "keys of this format are none for one of the algorithms");
            }
            rest = tail;
        }
        match (&token.body, self.id) {
            (_, Id::Header(_)) => flaw("id", "a token signs no header"),
            (None, _) if matches!(token.validity, Validity::Unlimited) => {
                flaw("token.validity", "a token that does not bind the body must expire")
            }
            (None, Id::Body(_) | Id::BodyOrDigest(_)) => {
                flaw("id", "the body is not bound by the token, so the id must be \"digest\"")
            }
            _ => Ok(()),
        }
    }

    const fn check_signature(&self, signature: &Signature) -> Result<(), Flaw> {
        if let Err(flaw) = signature.check_place() {
            return Err(flaw);
        }
        if let Err(flaw) = self.check_tags(signature.tags, signature.content) {
            return Err(flaw);
        }
        if let Err(flaw) = signature.check_timestamp() {
            return Err(flaw);
        }
        self.check_id(signature)
    }

    const fn check_tags(&self, tags: &[Tag], content: &[Part]) -> Result<(), Flaw> {
        if tags.is_empty() {
            return flaw("signature.tags", "there must be one kind of tag at least");
        }
        let holds_secret = count(content, &Part::Secret) == 1;
        let mut rest = tags;
        while let [tag, tail @ ..] = rest {
            if matches!(tag.algorithm, Algorithm::Sha256 | Algorithm::Sha1) != holds_secret {
                return flaw(
                    "signature.content",
                    "a plain digest proves something only with the secret in its content, which belongs nowhere else",
                );
            }
            if matches!(tag.encoding, Encoding::Base64Der) && !matches!(tag.algorithm, Algorithm::EcdsaP256) {
                return flaw("signature.tags", "only tags of ecdsa-p256 are written in DER");
            }
            if !self.key.can_be_for(tag.algorithm) {
                return flaw("key", "keys of this format are none for one of the algorithms");
            }
            rest = tail;
        }
        Ok(())
    }

    const fn check_id(&self, signature: &Signature) -> Result<(), Flaw> {
        let signs_id = count(signature.content, &Part::Id) == 1;
        match self.id {
            Id::Header(header) if !signs_id || !is_header(header) || header.len() != signature.families() => {
                flaw("id", "an id that is read from a header must be signed, and named in each family of headers")
            }
            Id::Body(_) | Id::BodyOrDigest(_) | Id::Digest | Id::Notice if signs_id => {
                flaw("id", "an id that is signed must be read from its header")
            }
            Id::Body(pointer) | Id::BodyOrDigest(pointer) if !signature.signs_member(pointer) => {
                flaw("id", "an id that is read from the body must be signed")
            }
            _ if signs_id && !separates(signature.content) => flaw(
                "signature.content",
                "the id needs the timestamp or a text with a dot, comma or space on both sides, or bytes could move into it",
            ),
            _ => Ok(()),
        }
    }
}

impl Signature {
    /// How many families of headers there are.
    const fn families(&self) -> usize {
        match self.place {
            TagPlace::Header(header) => header.len(),
            TagPlace::AnyHeader(_) | TagPlace::Body(_) => 1,
        }
    }

    const fn check_place(&self) -> Result<(), Flaw> {
        let covering = count(self.content, &Part::Body).saturating_add(count(self.content, &Part::SortedForm));
        match self.place {
            TagPlace::Header(header) | TagPlace::AnyHeader(header) => {
                if !is_header(header) {
                    return flaw("signature.header", "it needs a name in lower case");
                }
                if covering != 1 {
                    return flaw("signature.content", "it must hold the body once");
                }
                Ok(())
            }
            TagPlace::Body(pointer) => {
                if pointer.is_empty() {
                    return flaw("signature.body", "it must point at a member of the body");
                }
                if covering != 0 || !has_members(self.content) {
                    return flaw("signature.content", "a signature in the body can cover only some of its members");
                }
                if has_neighbours(self.content, self.timestamp) {
                    return flaw(
                        "signature.content",
                        "two members need a fixed text between them, or bytes could move from one to the other",
                    );
                }
                Ok(())
            }
        }
    }

    const fn check_timestamp(&self) -> Result<(), Flaw> {
        let signs_time = count(self.content, &Part::Timestamp) == 1;
        let Some(Timestamp { place, .. }) = self.timestamp else {
            return if signs_time {
                flaw("signature.timestamp", "a timestamp that is signed must be read")
            } else {
                Ok(())
            };
        };
        match place {
            Place::Body(pointer) => {
                return if !signs_time && self.signs_member(pointer) {
                    Ok(())
                } else {
                    flaw("signature.timestamp", "a timestamp in the body is signed with the body, and nowhere else")
                };
            }
            Place::Header(header) if !is_header(header) || header.len() != self.families() => {
                return flaw("signature.timestamp", "its header needs a name in each family of headers");
            }
            Place::Item(_) if !matches!(self.form, Form::Items { .. }) => {
                return flaw("signature.timestamp", "it can be an item only of a header made of items");
            }
            Place::First if !matches!(self.form, Form::List { .. }) => {
                return flaw("signature.timestamp", "it can stand first only in a list");
            }
            _ => {}
        }
        if signs_time { Ok(()) } else { flaw("signature.timestamp", "a timestamp that is read must be signed") }
    }

    /// Whether this member of the body is signed.
    const fn signs_member(&self, pointer: Pointer) -> bool {
        if self.covers_body() {
            return true;
        }
        let mut rest = self.content;
        while let [part, tail @ ..] = rest {
            match part {
                Part::Member(member) if same_text(member, pointer) => return true,
                Part::Members(names) if is_one_of(names, pointer) => return true,
                _ => {}
            }
            rest = tail;
        }
        false
    }
}

impl Algorithm {
    const fn signs_tokens(self) -> bool {
        matches!(self, Self::HmacSha256 | Self::RsaSha256 | Self::EcdsaP256 | Self::Ed25519)
    }

    /// Whether sender and receiver hold the same key.
    pub(crate) const fn is_symmetric(self) -> bool {
        !matches!(self, Self::Ed25519 | Self::EcdsaP256 | Self::RsaSha256 | Self::RsaSha1)
    }
}

impl KeyFormat {
    /// Whether texts of this format can be keys of an algorithm.
    const fn can_be_for(self, algorithm: Algorithm) -> bool {
        match self {
            Self::Text | Self::StandardOrText => algorithm.is_symmetric(),
            Self::Standard => matches!(algorithm, Algorithm::HmacSha256 | Algorithm::Ed25519),
            Self::Hex | Self::Base64 => algorithm.is_symmetric() || matches!(algorithm, Algorithm::Ed25519),
            Self::Public => !algorithm.is_symmetric(),
            Self::PublicOrText => true,
        }
    }
}

const NOT_PINNED: &str =
    "a URL must be signed if it is to be visited, and begin with https:// and a host whose last two labels are fixed";

/// Whether an answer holds a tag over the token.
const fn has_tag(template: &str) -> bool {
    let mut rest = template.as_bytes();
    while let [_, tail @ ..] = rest {
        if matches!(rest, [b'$', b't', b'a', b'g', ..]) {
            return true;
        }
        rest = tail;
    }
    false
}

/// Whether nobody but the owner of a domain can have URLs like these.
const fn are_pinned(patterns: &[UrlPattern]) -> bool {
    let mut rest = patterns;
    while let [pattern, tail @ ..] = rest {
        if !is_pinned(pattern) {
            return false;
        }
        rest = tail;
    }
    !patterns.is_empty()
}

const fn is_pinned(pattern: UrlPattern) -> bool {
    let [b'h', b't', b't', b'p', b's', b':', b'/', b'/', host @ ..] = pattern.as_bytes() else { return false };
    let mut rest = host;
    let mut fixed_labels: usize = 1;
    while let [byte, tail @ ..] = rest {
        match byte {
            b'/' => return fixed_labels > 1,
            b'*' => fixed_labels = 0,
            b'.' => fixed_labels = fixed_labels.saturating_add(1),
            b'a'..=b'z' | b'0'..=b'9' | b'-' => {}
            _ => return false,
        }
        rest = tail;
    }
    false
}

const fn is_slug(name: &str) -> bool {
    let mut rest = name.as_bytes();
    while let [byte, tail @ ..] = rest {
        if !(byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-') {
            return false;
        }
        rest = tail;
    }
    !name.is_empty()
}

const fn is_header(names: Header) -> bool {
    let mut rest = names;
    while let [name, tail @ ..] = rest {
        if !is_slug(name) {
            return false;
        }
        rest = tail;
    }
    !names.is_empty()
}

const fn same_text(one: &str, other: &str) -> bool {
    same_bytes(one.as_bytes(), other.as_bytes())
}

const fn same_bytes(one: &[u8], other: &[u8]) -> bool {
    let (mut left, mut right) = (one, other);
    while let ([a, left_tail @ ..], [b, right_tail @ ..]) = (left, right) {
        if *a != *b {
            return false;
        }
        (left, right) = (left_tail, right_tail);
    }
    left.is_empty() && right.is_empty()
}

/// Whether a pointer leads to one of these members of the body.
const fn is_one_of(names: &[&str], pointer: Pointer) -> bool {
    let [b'/', wanted @ ..] = pointer.as_bytes() else { return false };
    let mut rest = names;
    while let [name, tail @ ..] = rest {
        if same_bytes(name.as_bytes(), wanted) {
            return true;
        }
        rest = tail;
    }
    false
}

const fn has_members(content: &[Part]) -> bool {
    let mut rest = content;
    while let [part, tail @ ..] = rest {
        if matches!(part, Part::Member(_) | Part::Members(_)) {
            return true;
        }
        rest = tail;
    }
    false
}

/// How often `wanted` stands in the content.
const fn count(content: &[Part], wanted: &Part) -> usize {
    let mut found: usize = 0;
    let mut rest = content;
    while let [part, tail @ ..] = rest {
        if same_kind(part, wanted) {
            found = found.saturating_add(1);
        }
        rest = tail;
    }
    found
}

const fn same_kind(part: &Part, other: &Part) -> bool {
    matches!(
        (part, other),
        (Part::Id, Part::Id)
            | (Part::Timestamp, Part::Timestamp)
            | (Part::Body, Part::Body)
            | (Part::SortedForm, Part::SortedForm)
            | (Part::Secret, Part::Secret)
    )
}

/// Whether what stands around the id cannot be taken for a part of it: a timestamp, which has one length and one form, or
/// a fixed text with a byte that no id has. What stands first of all needs nothing before it.
const fn separates(content: &[Part]) -> bool {
    let mut is_before_apart = true;
    let mut is_first = true;
    let mut rest = content;
    while let [part, tail @ ..] = rest {
        if matches!(part, Part::Id) {
            return is_before_apart && matches!(tail, [next, ..] if is_apart(next));
        }
        is_before_apart = is_apart(part) || (is_first && matches!(part, Part::Text(_)));
        is_first = false;
        rest = tail;
    }
    true
}

const fn is_apart(part: &Part) -> bool {
    match part {
        Part::Timestamp => true,
        Part::Text(text) => {
            let mut rest = text.as_bytes();
            while let [byte, tail @ ..] = rest {
                if matches!(byte, b'.' | b',' | b' ') {
                    return true;
                }
                rest = tail;
            }
            false
        }
        _ => false,
    }
}

/// Whether two members stand next to each other, so that bytes could move from one to the other. A time has its window.
const fn has_neighbours(content: &[Part], time: Option<Timestamp>) -> bool {
    let mut rest = content;
    while let [part, tail @ ..] = rest {
        if let (Part::Member(one), [Part::Member(other), ..]) = (part, tail) {
            let has_time = match time {
                Some(Timestamp { place: Place::Body(time), .. }) => same_text(time, one) || same_text(time, other),
                _ => false,
            };
            if !has_time {
                return true;
            }
        }
        rest = tail;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    use crate::scheme::{BodyDigest, Unit};
    use crate::senders::{FLASH, FLEXPRICE_NATIVE_TOKEN, STANDARD, STRIPE};

    fn stripe_with(change: impl FnOnce(&mut Signature)) -> Scheme {
        let Proof::Signature(mut signature) = STRIPE.proof else {
            return STRIPE;
        };
        change(&mut signature);
        Scheme { proof: Proof::Signature(signature), ..STRIPE }
    }

    fn flash_with(change: impl FnOnce(&mut Token)) -> Scheme {
        let Proof::Token(mut token) = FLASH.proof else {
            return FLASH;
        };
        change(&mut token);
        Scheme { proof: Proof::Token(token), ..FLASH }
    }

    /// The field that a description is refused for.
    fn broken_field(scheme: &Scheme) -> String {
        match scheme.soundness() {
            Err(SchemeError::Unsound { field, .. }) => field,
            _ => String::new(),
        }
    }

    #[test]
    fn a_description_that_reads_what_nobody_signed_is_unsound() {
        assert!(STRIPE.is_sound());
        let cases = [
            ("signature.timestamp", stripe_with(|signature| signature.content = &[Part::Body])),
            ("signature.content", stripe_with(|signature| signature.content = &[Part::Timestamp])),
            ("signature.timestamp", stripe_with(|signature| signature.timestamp = None)),
            ("signature.tags", stripe_with(|signature| signature.tags = &[])),
            ("id", Scheme { id: Id::Header(&["x-id"]), ..STRIPE }),
            ("id", Scheme { id: Id::Digest, ..STANDARD }),
            ("id", Scheme { id: Id::Header(&["webhook-id", "svix-id"]), ..STANDARD }),
            ("id", Scheme { id: Id::Body("/id"), ..FLEXPRICE_NATIVE_TOKEN }),
            ("name", Scheme { name: "Stripe", ..STRIPE }),
        ];
        for (field, scheme) in cases {
            assert_eq!(broken_field(&scheme), field);
        }
    }

    #[test]
    fn a_signature_in_the_body_vouches_for_the_members_it_covers_and_no_others() {
        let in_body = stripe_with(|signature| {
            signature.place = TagPlace::Body("/signature");
            signature.form = Form::Whole;
            signature.content = &[Part::Member("/id"), Part::Text(" "), Part::Member("/time")];
            signature.timestamp = Some(Timestamp { place: Place::Body("/time"), unit: Unit::Seconds });
        });
        assert!(in_body.is_sound());
        assert_eq!(broken_field(&Scheme { id: Id::Body("/other"), ..in_body }), "id");
        let Proof::Signature(signature) = in_body.proof else { panic!("a signature stays one") };
        let with = |signature| Scheme { proof: Proof::Signature(signature), ..in_body };
        let whole_body = Signature { content: &[Part::Body], ..signature };
        assert_eq!(broken_field(&with(whole_body)), "signature.content");
        let neighbours = &[Part::Member("/id"), Part::Member("/other"), Part::Member("/time")];
        assert_eq!(broken_field(&with(Signature { content: neighbours, ..signature })), "signature.content");
        let beside_time = &[Part::Member("/time"), Part::Member("/id")];
        assert!(with(Signature { content: beside_time, ..signature }).is_sound());
        let other_time = Some(Timestamp { place: Place::Body("/other"), unit: Unit::Seconds });
        assert_eq!(broken_field(&with(Signature { timestamp: other_time, ..signature })), "signature.timestamp");
    }

    #[test]
    fn bytes_cannot_move_into_an_id_or_out_of_it() {
        let Proof::Signature(signature) = STANDARD.proof else { panic!("it signs") };
        let with = |content| Scheme { proof: Proof::Signature(Signature { content, ..signature }), ..STANDARD };
        let time = [Part::Text("."), Part::Timestamp];
        for around in [
            [Part::Id, Part::Text(""), Part::Body],
            [Part::Id, Part::Text("-"), Part::Body],
            [Part::Body, Part::Id, Part::Text(".")],
        ] {
            let content: Vec<Part> = around.into_iter().chain(time).collect();
            assert_eq!(broken_field(&with(content.leak())), "signature.content", "{around:?}");
        }
        for around in [
            [Part::Text("v0:"), Part::Id, Part::Text("-.-"), Part::Body].as_slice(),
            &[Part::Body, Part::Text(", "), Part::Id, Part::Text(" ")],
        ] {
            let content: Vec<Part> = around.iter().copied().chain(time).collect();
            assert!(with(content.leak()).is_sound(), "{around:?}");
        }
    }

    #[test]
    fn a_plain_digest_needs_the_secret_in_its_content() {
        const PLAIN: &[Tag] = &[Tag { label: "v1", algorithm: Algorithm::Sha256, encoding: Encoding::Hex }];
        let plain = stripe_with(|signature| signature.tags = PLAIN);
        assert_eq!(broken_field(&plain), "signature.content");
        let keyed = stripe_with(|signature| signature.content = &[Part::Secret, Part::Timestamp, Part::Body]);
        assert_eq!(broken_field(&keyed), "signature.content");
    }

    #[test]
    fn a_token_that_binds_no_body_must_expire_and_gives_the_id() {
        let unlimited = flash_with(|token| token.validity = Validity::Unlimited);
        assert_eq!(broken_field(&unlimited), "token.validity");
        assert_eq!(broken_field(&Scheme { id: Id::Body("/id"), ..FLASH }), "id");
        let bound = flash_with(|token| {
            token.validity = Validity::Unlimited;
            token.body = Some(BodyDigest { claim: "/digest", encoding: Encoding::Hex });
        });
        assert!(Scheme { id: Id::Body("/id"), ..bound }.is_sound());
        let sha1 = flash_with(|token| token.algorithms = &[Algorithm::HmacSha1]);
        assert_eq!(broken_field(&sha1), "token.algorithms");
    }

    #[test]
    fn a_key_format_fits_its_algorithms() {
        assert_eq!(broken_field(&Scheme { key: KeyFormat::Public, ..STRIPE }), "key");
        assert_eq!(broken_field(&Scheme { key: KeyFormat::Text, ..STANDARD }), "key");
    }
}
