//! Amazon SNS: notifications.

use super::common::{asked, signed};
use crate::scheme::{
    Algorithm, Answer, Confirmed, Encoding, Form, Id, KeyFormat, KeyUrl, Part, Scheme, Signature, Tag, TagPlace,
};

/// The signature is in the body and covers the members that matter. The key is the certificate at the body's `SigningCertURL`,
/// which must be an address of Amazon. `Timestamp` is the time of publication, which may be days before the last retry, so it is not
/// checked. Amazon signs for all of its customers: compare the `TopicArn`.
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
    handshakes: &[asked(
        &[("/Type", Some("SubscriptionConfirmation"))],
        "/SubscribeURL",
        Answer::Visit(&[
            "https://sns.*.amazonaws.com/?Action=ConfirmSubscription&*",
            "https://sns.*.amazonaws.com.cn/?Action=ConfirmSubscription&*",
            "https://sns.*.amazonaws.eu/?Action=ConfirmSubscription&*",
        ]),
    )],
    key_url: Some(KeyUrl {
        at: "/SigningCertURL",
        like: &[
            "https://sns.*.amazonaws.com/*.pem",
            "https://sns.*.amazonaws.com.cn/*.pem",
            "https://sns.*.amazonaws.eu/*.pem",
        ],
    }),
    ..signed(Signature {
        place: TagPlace::Body(&["/Signature"]),
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
