//! Whether a description is safe to verify with. In: a [`Scheme`]. Out: nothing, or the first rule that it breaks.
//!
//! The rules hold one principle: whatever a verifier reads and acts on must be signed. They are `const`, so every sender in
//! this crate is checked when the crate is compiled, and descriptions from JSON are checked by the same code.

mod answers;
mod flaw;
mod handshake;
mod signature;
mod text;
mod token;

use alloc::borrow::Cow;
use alloc::string::String;

use super::answers::Answers;
use super::definition::{Proof, Scheme};
use crate::error::SchemeError;
use flaw::{Flaw, flaw};

impl Scheme {
    /// Whether the description follows every rule of [`soundness`](Self::soundness).
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.check().is_ok()
    }

    /// Checks that everything a verifier reads by this description is signed.
    ///
    /// # Errors
    ///
    /// [`SchemeError::Unsound`] with the first rule that the description breaks and the field that breaks it.
    pub fn soundness(&self) -> Result<(), SchemeError> {
        self.check().map_err(unsound)
    }

    const fn check(&self) -> Result<(), Flaw> {
        if !text::is_slug(self.name) {
            return flaw("name", "it must be lower-case letters, digits and hyphens");
        }
        if !text::are_methods(self.methods) {
            return flaw("methods", "it must be [\"POST\"] or [\"POST\", \"GET\"]");
        }
        if self.takes_get() && !matches!(self.proof, Proof::Signature(_)) {
            return flaw("methods", "a delivery by GET must be signed");
        }
        let proof = match &self.proof {
            Proof::Signature(signature) => signature::check_signature(self, signature),
            Proof::Token(token) => token::check_token(self, token),
            Proof::SharedToken(shared) => token::check_shared_token(self, shared),
        };
        if proof.is_err() {
            return proof;
        }
        if let Err(flaw) = answers::check_answers(&self.answers) {
            return Err(flaw);
        }
        if let Err(flaw) = handshake::check_handshakes(self) {
            return Err(flaw);
        }
        handshake::check_key_url(self)
    }
}

impl Answers {
    /// Checks that a success has a status of 200 to 299, that a rejection does not make a sender give up, and that an id
    /// cannot change the rest of a body.
    ///
    /// # Errors
    ///
    /// [`SchemeError::Unsound`] with the first rule that an answer breaks.
    pub fn soundness(&self) -> Result<(), SchemeError> {
        answers::check_answers(self).map_err(unsound)
    }
}

fn unsound(Flaw { field, problem }: Flaw) -> SchemeError {
    SchemeError::Unsound { field: String::from(field), problem: Cow::Borrowed(problem) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    use crate::scheme::{
        Algorithm, BodyDigest, Encoding, Form, Format, Id, KeyFormat, Part, Place, Signature, Spelling, Tag, TagPlace,
        Timestamp, Token, Unit, Validity,
    };
    use crate::senders::{FLASH, FLEXPRICE_NATIVE_TOKEN, MAILGUN_ROUTE, STANDARD, STRIPE, TWILIO};

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

    /// The field that breaks a rule; empty for a sound description.
    fn broken_field(scheme: &Scheme) -> String {
        match scheme.soundness() {
            Err(SchemeError::Unsound { field, .. }) => field,
            _ => String::new(),
        }
    }

    #[test]
    fn a_description_that_reads_unsigned_values_is_unsound() {
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
    fn a_signature_inside_the_body_covers_only_the_members_it_names() {
        let in_body = Scheme {
            kind: &[],
            ..stripe_with(|signature| {
                signature.place = TagPlace::Body(&["/signature"]);
                signature.form = Form::Whole;
                signature.content = &[Part::Member("/id"), Part::Text(" "), Part::Member("/time")];
                signature.timestamp = Some(Timestamp { place: Place::Body("/time"), unit: Unit::Seconds });
            })
        };
        assert!(in_body.is_sound());
        assert_eq!(broken_field(&Scheme { kind: &["/type"], ..in_body }), "type");
        assert_eq!(broken_field(&Scheme { id: Id::Body("/time"), ..in_body }), "id");
        assert_eq!(broken_field(&Scheme { id: Id::Body("/other"), ..in_body }), "id");
        let Proof::Signature(signature) = in_body.proof else { panic!("the scheme has a signature") };
        let with = |signature| Scheme { proof: Proof::Signature(signature), ..in_body };
        let whole_body = Signature { content: &[Part::Body], ..signature };
        assert_eq!(broken_field(&with(whole_body)), "signature.content");
        let adjacent = &[Part::Member("/id"), Part::Member("/other"), Part::Member("/time")];
        assert_eq!(broken_field(&with(Signature { content: adjacent, ..signature })), "signature.content");
        let next_to_time = &[Part::Member("/time"), Part::Member("/id")];
        assert!(with(Signature { content: next_to_time, ..signature }).is_sound());
        let other_time = Some(Timestamp { place: Place::Body("/other"), unit: Unit::Seconds });
        assert_eq!(broken_field(&with(Signature { timestamp: other_time, ..signature })), "signature.timestamp");
    }

    #[test]
    fn a_payload_is_signed_only_if_the_format_wraps_it() {
        let payload = stripe_with(|signature| signature.content = &[Part::Timestamp, Part::Text("."), Part::Payload]);
        assert_eq!(broken_field(&payload), "signature.content");
        for format in [Format::JsonOrGzip, Format::JsonOrField("payload")] {
            assert!(Scheme { payload: format, ..payload }.is_sound(), "{format:?}");
            assert!(Scheme { payload: format, ..STRIPE }.is_sound(), "{format:?}");
        }
        let both = stripe_with(|signature| signature.content = &[Part::Timestamp, Part::Payload, Part::Body]);
        assert_eq!(broken_field(&Scheme { payload: Format::JsonOrGzip, ..both }), "signature.content");
    }

    #[test]
    fn a_repeated_or_numbered_header_holds_whole_signatures_only() {
        let whole = |place| {
            stripe_with(|signature| {
                *signature =
                    Signature { place, form: Form::Whole, content: &[Part::Body], timestamp: None, ..*signature };
            })
        };
        assert!(whole(TagPlace::RepeatedHeader(&["acme-signature"])).is_sound());
        assert!(whole(TagPlace::NumberedHeader(&["acme-signature-*"])).is_sound());
        for place in [
            TagPlace::RepeatedHeader(&["acme-signature-*"]),
            TagPlace::RepeatedHeader(&[]),
            TagPlace::NumberedHeader(&["acme-signature-"]),
            TagPlace::NumberedHeader(&["acme-*", "acme"]),
            TagPlace::NumberedHeader(&["-*"]),
            TagPlace::NumberedHeader(&[]),
            TagPlace::Header(&["acme-signature-*"]),
        ] {
            assert_eq!(broken_field(&whole(place)), "signature.place", "{place:?}");
        }
        let items = stripe_with(|signature| signature.place = TagPlace::RepeatedHeader(&["stripe-signature"]));
        assert_eq!(broken_field(&items), "signature.form");
    }

    #[test]
    fn only_a_sender_that_signs_url_and_form_delivers_by_get() {
        const BOTH: &[&str] = &["POST", "GET"];
        assert!(TWILIO.is_sound() && TWILIO.takes_get());
        assert_eq!(broken_field(&Scheme { methods: BOTH, ..STRIPE }), "methods");
        assert_eq!(broken_field(&Scheme { methods: BOTH, ..FLASH }), "methods");
        for methods in [&[][..], &["GET"], &["POST", "PUT"], &["GET", "POST"], &["POST", "GET", "GET"]] {
            assert_eq!(broken_field(&Scheme { methods, ..TWILIO }), "methods", "{methods:?}");
        }
    }

    #[test]
    fn a_signature_inside_the_body_needs_json_or_a_form() {
        assert!(MAILGUN_ROUTE.is_sound());
        assert_eq!(broken_field(&Scheme { payload: Format::JsonOrGzip, ..MAILGUN_ROUTE }), "payload");
        assert_eq!(broken_field(&Scheme { payload: Format::JsonOrForm, ..MAILGUN_ROUTE }), "payload");
        let Proof::Signature(signature) = MAILGUN_ROUTE.proof else { panic!("the scheme has a signature") };
        for place in [TagPlace::Body(&[]), TagPlace::Body(&["/signature", ""])] {
            let scheme = Scheme { proof: Proof::Signature(Signature { place, ..signature }), ..MAILGUN_ROUTE };
            assert_eq!(broken_field(&scheme), "signature.place");
        }
    }

    #[test]
    fn an_id_that_bytes_could_move_into_is_unsound() {
        let Proof::Signature(signature) = STANDARD.proof else { panic!("the scheme has a signature") };
        let with = |content, payload| Scheme {
            proof: Proof::Signature(Signature { content, ..signature }),
            payload,
            ..STANDARD
        };
        let time = [Part::Text("."), Part::Timestamp];
        let followed =
            |around: &[Part]| -> &'static [Part] { around.iter().copied().chain(time).collect::<Vec<_>>().leak() };
        for around in [
            [Part::Id, Part::Text(""), Part::Body].as_slice(),
            &[Part::Body, Part::Id, Part::Text(".")],
            &[Part::Method, Part::Id, Part::Text("."), Part::Body],
        ] {
            let scheme = with(followed(around), Format::Json);
            assert_eq!(broken_field(&scheme), "signature.content", "{around:?}");
        }
        // The bracket with which JSON begins ends the id; another format has no such byte.
        let before_bracket = followed(&[Part::Id, Part::Text("-"), Part::Body]);
        assert!(with(before_bracket, Format::Json).is_sound());
        assert_eq!(broken_field(&with(before_bracket, Format::JsonOrForm)), "signature.content");
        for around in [
            [Part::Text("v0:"), Part::Id, Part::Text("-.-"), Part::Body].as_slice(),
            &[Part::Body, Part::Text(", "), Part::Id, Part::Text(" ")],
            &[Part::Method, Part::Url(Spelling::Exact), Part::Text("\n"), Part::Id, Part::Text("."), Part::Body],
        ] {
            assert!(with(followed(around), Format::Form).is_sound(), "{around:?}");
        }
    }

    #[test]
    fn a_plain_digest_without_the_secret_in_its_content_is_unsound() {
        const PLAIN: &[Tag] = &[Tag { label: "v1", algorithm: Algorithm::Sha256, encoding: Encoding::Hex }];
        let plain = stripe_with(|signature| signature.tags = PLAIN);
        assert_eq!(broken_field(&plain), "signature.content");
        let keyed = stripe_with(|signature| signature.content = &[Part::Secret, Part::Timestamp, Part::Body]);
        assert_eq!(broken_field(&keyed), "signature.content");
    }

    #[test]
    fn a_token_that_does_not_bind_the_body_must_expire_and_provide_the_id() {
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
    fn a_key_format_without_keys_for_the_algorithm_is_unsound() {
        assert_eq!(broken_field(&Scheme { key: KeyFormat::Public, ..STRIPE }), "key");
        assert_eq!(broken_field(&Scheme { key: KeyFormat::Text, ..STANDARD }), "key");
    }
}
