//! Subscriptions that are confirmed by a visit (Amazon SNS).

use crate::support::{SUBSCRIBE_URL, ask_sns, code, sns_asks};

#[test]
fn a_subscription_is_confirmed_by_a_visit() {
    let reply = ask_sns(&sns_asks("SubscriptionConfirmation", SUBSCRIBE_URL)).unwrap().unwrap();
    assert_eq!((reply.status, reply.body.as_str(), reply.visit.as_deref()), (200, "", Some(SUBSCRIBE_URL)));
    // The URL in an unsubscribe confirmation would undo the unsubscription.
    for kind in ["UnsubscribeConfirmation", "Notification"] {
        assert_eq!(ask_sns(&sns_asks(kind, SUBSCRIBE_URL)), Ok(None));
    }
    let forged = sns_asks("SubscriptionConfirmation", SUBSCRIBE_URL).replace("us-west-2", "eu-west-1");
    assert_eq!(code(&ask_sns(&forged)), "signature_mismatch");
}

/// Threat model: A-76.
#[test]
fn a_subscription_is_confirmed_only_at_the_senders_own_hosts() {
    for url in [
        "https://sns.us-west-2.amazonaws.com.evil.com/?Action=ConfirmSubscription&Token=1",
        "https://sns.us-west-2.amazonaws.com@evil.com/?Action=ConfirmSubscription&Token=1",
        "https://sns.us-west-2.amazonaws.com/?Action=Publish&Message=1",
        "https://169.254.169.254/?Action=ConfirmSubscription&Token=1",
    ] {
        assert_eq!(code(&ask_sns(&sns_asks("SubscriptionConfirmation", url))), "malformed_token", "{url}");
    }
    for url in [
        "https://sns.cn-north-1.amazonaws.com.cn/?Action=ConfirmSubscription&Token=1",
        "https://sns.eusc-de-east-1.amazonaws.eu/?Action=ConfirmSubscription&Token=1",
    ] {
        assert_eq!(code(&ask_sns(&sns_asks("SubscriptionConfirmation", url))), "answered", "{url}");
    }
}
