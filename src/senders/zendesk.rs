//! Zendesk: customer support.

use super::common::{TIME_BODY, base64, checked, signed, with_time_header};
use crate::scheme::{Answer, Handshake, HandshakeProof, Scheme, Unit, Unsigned};

/// The body of a webhook that a trigger or an automation calls is defined by the user: an id may be that of a ticket, and a type
/// may be any text. A test from the form of a new webhook is signed with a published key. Its body is whatever the user enters, so
/// everything that this key signs is a test and never an event.
///
/// <https://developer.zendesk.com/documentation/webhooks/verifying/>
pub const ZENDESK: Scheme = Scheme {
    name: "zendesk",
    title: "Zendesk",
    docs: "https://developer.zendesk.com/documentation/webhooks/verifying/",
    kind: &["/type"],
    unsigned: Unsigned { id: &["x-zendesk-webhook-invocation-id"], kind: &[] },
    handshakes: &[Handshake {
        proof: HandshakeProof::TestKey("dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="),
        ..checked(&[], Answer::Headers(&[]))
    }],
    ..signed(with_time_header(
        &["x-zendesk-webhook-signature"],
        &["x-zendesk-webhook-signature-timestamp"],
        Unit::Rfc3339,
        &[base64("")],
        TIME_BODY,
    ))
};
