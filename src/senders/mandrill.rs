//! Mandrill, which is Mailchimp's transactional email.

use super::common::{checked, over_body, signed};
use crate::scheme::{
    Algorithm, Answer, Encoding, Format, Handshake, HandshakeProof, Part, Scheme, Signature, Spelling, Tag,
};

/// The URL and the fields of the form are signed. The field `mandrill_events` is a JSON array of events. Mandrill checks a new
/// address with an empty array, which is signed with a published key.
///
/// <https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/>
pub const MANDRILL: Scheme = Scheme {
    name: "mandrill",
    title: "Mandrill (Mailchimp Transactional)",
    docs: "https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/",
    payload: Format::JsonOrField("mandrill_events"),
    handshakes: &[Handshake {
        proof: HandshakeProof::TestKey("test-webhook"),
        ..checked(&[("form:mandrill_events", Some("[]"))], Answer::Headers(&[]))
    }],
    ..signed(Signature {
        content: &[Part::Url(Spelling::Exact), Part::SortedForm],
        ..over_body(
            &["x-mandrill-signature"],
            &[Tag { label: "", algorithm: Algorithm::HmacSha1, encoding: Encoding::Base64 }],
        )
    })
};
