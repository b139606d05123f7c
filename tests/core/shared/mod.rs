//! Keys and questions that several tests share.

use countersign::scheme::{KeyFormat, Part, Place, Proof, TagPlace, Timestamp};
use countersign::{Key, Scheme};

pub(crate) const BASE64_KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub(crate) const TEXT_KEY: &str = "It's a Secret to Everybody";
pub(crate) const HEX_KEY: &str = "11223344d785fbae710e7f943f307971bb61b21281c98c9129b3d4018a57b2eb";

/// A secret for a scheme; none where it takes only public keys, which `tests/core/schemes.rs` makes.
pub(crate) fn secret_for(scheme: &Scheme) -> Option<&'static str> {
    match scheme.key {
        KeyFormat::Standard => Some(BASE64_KEY),
        KeyFormat::Text | KeyFormat::StandardOrText | KeyFormat::PublicOrText => Some(TEXT_KEY),
        KeyFormat::Hex | KeyFormat::Base64 => Key::parse(scheme, HEX_KEY).is_ok().then_some(HEX_KEY),
        KeyFormat::Public => None,
    }
}

/// Whether the sender of a scheme can send any body at all, with all of the proof in its headers: not those that sign
/// inside the body, read a form from it, or read the time from it.
pub(crate) fn signs_any_body(scheme: &Scheme) -> bool {
    let in_headers = match scheme.proof {
        Proof::Signature(signature) => {
            let time_in_body = matches!(signature.timestamp, Some(Timestamp { place: Place::Body(_), .. }));
            let tag_in_body = matches!(signature.place, TagPlace::Body(_));
            !time_in_body && !tag_in_body && !signature.content.contains(&Part::SortedForm)
        }
        Proof::Token(_) => true,
        Proof::SharedToken(place) => !matches!(place, countersign::scheme::SharedToken::Body(_)),
    };
    in_headers && secret_for(scheme).is_some()
}
