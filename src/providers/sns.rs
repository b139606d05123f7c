//! Amazon SNS: notifications.

use super::common::signed;
use crate::scheme::{Algorithm, Confirmed, Encoding, Form, Id, KeyFormat, Part, Scheme, Signature, Tag, TagPlace};

/// The signature stands in the body and covers the members that matter. The key is the certificate at the body's
/// `SigningCertURL`, fetched once by the receiver and never from an address that a delivery names. `Timestamp` is when
/// the message was published, days before its last retry, so it says nothing about freshness.
///
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html>
pub const SNS: Scheme = Scheme {
    name: "sns",
    title: "Amazon SNS",
    docs: "https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html",
    confirmed: Confirmed::Oracle,
    key: KeyFormat::Public,
    id: Id::Body("/MessageId"),
    kind: &["/Type"],
    ..signed(Signature {
        place: TagPlace::Body("/Signature"),
        form: Form::Whole,
        tags: &[
            Tag { label: "", algorithm: Algorithm::RsaSha256, encoding: Encoding::Base64 },
            Tag { label: "", algorithm: Algorithm::RsaSha1, encoding: Encoding::Base64 },
        ],
        content: &[Part::Members(&[
            "Message",
            "MessageId",
            "Subject",
            "SubscribeURL",
            "Timestamp",
            "Token",
            "TopicArn",
            "Type",
        ])],
        timestamp: None,
    })
};
