//! Secrets that several tests use, and which schemes can be tested with any body.

use countersign::scheme::{KeyFormat, Part, Place, Proof, SharedToken, TagPlace, Timestamp};
use countersign::{Key, Scheme};

pub(crate) const BASE64_KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub(crate) const TEXT_KEY: &str = "It's a Secret to Everybody";
pub(crate) const HEX_KEY: &str = "11223344d785fbae710e7f943f307971bb61b21281c98c9129b3d4018a57b2eb";

/// A secret in the scheme's key format. `None` for schemes that accept only public keys: `tests/core/schemes.rs`
/// has key pairs for those.
pub(crate) fn secret_for(scheme: &Scheme) -> Option<&'static str> {
    match scheme.key {
        KeyFormat::Standard => Some(BASE64_KEY),
        KeyFormat::Text | KeyFormat::StandardOrText | KeyFormat::PublicOrText => Some(TEXT_KEY),
        KeyFormat::Hex | KeyFormat::Base64 => Key::parse(scheme, HEX_KEY).is_ok().then_some(HEX_KEY),
        _ => None,
    }
}

/// Whether deliveries must have a JSON body or none. The bracket with which JSON begins ends the URL or the id in front of
/// it, and only JSON proves that a digest with the secret in front was not continued.
pub(crate) fn needs_json(scheme: &Scheme) -> bool {
    let Proof::Signature(signature) = scheme.proof else { return false };
    signature
        .content
        .windows(2)
        .any(|parts| matches!(parts, [Part::Id, Part::Timestamp] | [Part::Url(_), Part::Body] | [Part::Secret, _]))
}

/// Whether the scheme can sign any body with the whole proof in headers. It cannot if the signature or the timestamp is
/// in the body, or if the body must be a form.
pub(crate) fn signs_any_body(scheme: &Scheme) -> bool {
    let in_headers = match scheme.proof {
        Proof::Signature(signature) => {
            let time_in_body = matches!(signature.timestamp, Some(Timestamp { place: Place::Body(_), .. }));
            let tag_in_body = matches!(signature.place, TagPlace::Body(_));
            !time_in_body && !tag_in_body && !signature.content.contains(&Part::SortedForm)
        }
        Proof::SharedToken(place) => !matches!(place, SharedToken::Body(_)),
        _ => true,
    };
    in_headers && secret_for(scheme).is_some()
}
