//! The bodies of Resend's deliveries.
//!
//! <https://resend.com/docs/dashboard/webhooks/event-types>

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Deserializer, Serialize};
use typeshare_annotation::typeshare;

use super::inbox::{Inbox, InboxDraft, InboxEmail, InboxThread};
use crate::open_enum::open_enum;
use crate::payload::{Raw, RawObject, Timestamp, read_as};

open_enum! {
    /// The event type. The list is that of resend-node 6.38.
    pub enum EventType {
        EmailSent = "email.sent",
        EmailScheduled = "email.scheduled",
        EmailDelivered = "email.delivered",
        EmailDeliveryDelayed = "email.delivery_delayed",
        EmailComplained = "email.complained",
        EmailBounced = "email.bounced",
        EmailOpened = "email.opened",
        EmailClicked = "email.clicked",
        EmailReceived = "email.received",
        EmailFailed = "email.failed",
        EmailSuppressed = "email.suppressed",
        ContactCreated = "contact.created",
        ContactUpdated = "contact.updated",
        ContactDeleted = "contact.deleted",
        ContactTopicsUpdated = "contact.topics.updated",
        DomainCreated = "domain.created",
        DomainUpdated = "domain.updated",
        DomainDeleted = "domain.deleted",
        SuppressionAdded = "suppression.added",
        SuppressionRemoved = "suppression.removed",
        TopicCreated = "topic.created",
        TopicUpdated = "topic.updated",
        TopicDeleted = "topic.deleted",
        InboxCreated = "inbox.created",
        InboxUpdated = "inbox.updated",
        InboxDeleted = "inbox.deleted",
        InboxThreadCreated = "inbox.thread.created",
        InboxThreadFolderUpdated = "inbox.thread.folder.updated",
        InboxThreadAssigned = "inbox.thread.assigned",
        InboxThreadUnassigned = "inbox.thread.unassigned",
        InboxThreadLabelsUpdated = "inbox.thread.labels.updated",
        InboxEmailReceived = "inbox.email.received",
        InboxEmailSent = "inbox.email.sent",
        InboxDraftCreated = "inbox.draft.created",
        InboxDraftUpdated = "inbox.draft.updated",
        InboxDraftSent = "inbox.draft.sent",
        InboxDraftDeleted = "inbox.draft.deleted",
    }
}

/// The subjects of events. Each has a struct of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// An outgoing email.
    Email,
    /// A received email.
    ReceivedEmail,
    /// A contact of an audience.
    Contact,
    /// The topics that a contact has subscribed to.
    ContactTopics,
    /// A sending domain.
    Domain,
    /// A suppressed address, which receives no email.
    Suppression,
    /// A topic that contacts can subscribe to.
    Topic,
    /// An inbox.
    Inbox,
    /// A thread of an inbox.
    InboxThread,
    /// An email of an inbox.
    InboxEmail,
    /// A draft of an inbox.
    InboxDraft,
}

impl EventType {
    /// The subject of events of this type; `None` for an unknown type.
    #[must_use]
    pub const fn subject(&self) -> Option<Subject> {
        Some(match self {
            Self::EmailSent
            | Self::EmailScheduled
            | Self::EmailDelivered
            | Self::EmailDeliveryDelayed
            | Self::EmailComplained
            | Self::EmailBounced
            | Self::EmailOpened
            | Self::EmailClicked
            | Self::EmailFailed
            | Self::EmailSuppressed => Subject::Email,
            Self::EmailReceived => Subject::ReceivedEmail,
            Self::ContactCreated | Self::ContactUpdated | Self::ContactDeleted => Subject::Contact,
            Self::DomainCreated | Self::DomainUpdated | Self::DomainDeleted => Subject::Domain,
            Self::ContactTopicsUpdated => Subject::ContactTopics,
            Self::SuppressionAdded | Self::SuppressionRemoved => Subject::Suppression,
            Self::TopicCreated | Self::TopicUpdated | Self::TopicDeleted => Subject::Topic,
            Self::InboxCreated | Self::InboxUpdated | Self::InboxDeleted => Subject::Inbox,
            Self::InboxThreadCreated
            | Self::InboxThreadFolderUpdated
            | Self::InboxThreadAssigned
            | Self::InboxThreadUnassigned
            | Self::InboxThreadLabelsUpdated => Subject::InboxThread,
            Self::InboxEmailReceived | Self::InboxEmailSent => Subject::InboxEmail,
            Self::InboxDraftCreated | Self::InboxDraftUpdated | Self::InboxDraftSent | Self::InboxDraftDeleted => {
                Subject::InboxDraft
            }
            Self::Other(_) => return None,
        })
    }
}

/// The body of a delivery.
#[typeshare]
#[derive(Clone, Debug, Serialize)]
pub struct Payload<D = Data> {
    /// The event type.
    #[serde(rename = "type")]
    pub event_type: EventType,
    /// The time of the event.
    pub created_at: Option<Timestamp>,
    /// The subject of the event.
    pub data: D,
}

/// The subject of an event, by its type.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Data {
    /// For `email.*` except `email.received`.
    Email(Box<Email>),
    /// For `email.received`.
    ReceivedEmail(ReceivedEmail),
    /// For `contact.*` except `contact.topics.updated`.
    Contact(Contact),
    /// For `contact.topics.updated`.
    ContactTopics(ContactTopics),
    /// For `domain.*`.
    Domain(Domain),
    /// For `suppression.*`.
    Suppression(Suppression),
    /// For `topic.*`.
    Topic(Topic),
    /// For `inbox.created`, `inbox.updated` and `inbox.deleted`.
    Inbox(Box<Inbox>),
    /// For `inbox.thread.*`.
    InboxThread(Box<InboxThread>),
    /// For `inbox.email.*`.
    InboxEmail(Box<InboxEmail>),
    /// For `inbox.draft.*`.
    InboxDraft(Box<InboxDraft>),
    /// The data of an unknown type.
    Other(Raw),
}

/// The members that select the data's type.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "type")]
    event_type: EventType,
    created_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Body<D> {
    data: D,
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = Raw::deserialize(deserializer)?;
        let Head { event_type, created_at } = read_as(&body)?;
        let data = match event_type.subject() {
            Some(Subject::Email) => Data::Email(read_as::<Body<_>, _>(&body)?.data),
            Some(Subject::ReceivedEmail) => Data::ReceivedEmail(read_as::<Body<_>, _>(&body)?.data),
            Some(Subject::Contact) => Data::Contact(read_as::<Body<_>, _>(&body)?.data),
            Some(Subject::Domain) => Data::Domain(read_as::<Body<_>, _>(&body)?.data),
            Some(Subject::ContactTopics) => Data::ContactTopics(read_as::<Body<_>, _>(&body)?.data),
            Some(Subject::Suppression) => Data::Suppression(read_as::<Body<_>, _>(&body)?.data),
            Some(Subject::Topic) => Data::Topic(read_as::<Body<_>, _>(&body)?.data),
            Some(Subject::Inbox) => Data::Inbox(read_as::<Body<_>, _>(&body)?.data),
            Some(Subject::InboxThread) => Data::InboxThread(read_as::<Body<_>, _>(&body)?.data),
            Some(Subject::InboxEmail) => Data::InboxEmail(read_as::<Body<_>, _>(&body)?.data),
            Some(Subject::InboxDraft) => Data::InboxDraft(read_as::<Body<_>, _>(&body)?.data),
            None => Data::Other(read_as::<Body<_>, _>(&body)?.data),
        };
        Ok(Self { event_type, created_at, data })
    }
}

/// An outgoing email.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Email {
    /// The email's id.
    pub email_id: String,
    /// When the email was created.
    pub created_at: Option<Timestamp>,
    /// The `Message-ID` header.
    pub message_id: Option<String>,
    /// The broadcast that it belongs to.
    pub broadcast_id: Option<String>,
    /// The template that it was created from.
    pub template_id: Option<String>,
    /// The sender's address.
    pub from: Option<String>,
    /// The recipients' addresses.
    pub to: Option<Vec<String>>,
    /// The subject line.
    pub subject: Option<String>,
    /// The tags of the sender: names and values.
    pub tags: Option<BTreeMap<String, String>>,
    /// Additional headers.
    pub headers: Option<Vec<Header>>,
    /// For `email.bounced`: why it came back.
    pub bounce: Option<Bounce>,
    /// For `email.clicked`: which link was followed.
    pub click: Option<Click>,
    /// For `email.failed`: why it was not sent.
    pub failed: Option<Failure>,
    /// For `email.suppressed`: why it was held back.
    pub suppressed: Option<Withholding>,
}

/// A header of an email.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Header {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// The reason of a bounce.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Bounce {
    /// The receiving server's message.
    pub message: Option<String>,
    /// Whether a retry may succeed.
    #[serde(rename = "type")]
    pub kind: Option<BounceType>,
    /// The detailed reason.
    #[serde(rename = "subType")]
    pub sub_type: Option<BounceSubType>,
    /// The receiving server's codes.
    #[serde(rename = "diagnosticCode")]
    pub diagnostic_code: Option<Vec<String>>,
}

open_enum! {
    /// Whether a retry may succeed.
    pub enum BounceType {
        Undetermined = "Undetermined",
        Transient = "Transient",
        Permanent = "Permanent",
    }
}

open_enum! {
    /// The detailed reasons of a bounce.
    pub enum BounceSubType {
        Undetermined = "Undetermined",
        General = "General",
        NoEmail = "NoEmail",
        MailboxFull = "MailboxFull",
        MessageTooLarge = "MessageTooLarge",
        ContentRejected = "ContentRejected",
        AttachmentRejected = "AttachmentRejected",
    }
}

/// A click on a link.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Click {
    /// The IP address.
    #[serde(rename = "ipAddress")]
    pub ip_address: Option<String>,
    /// The link.
    pub link: Option<String>,
    /// The time.
    pub timestamp: Option<Timestamp>,
    /// The user agent.
    #[serde(rename = "userAgent")]
    pub user_agent: Option<String>,
}

/// The reason of a failure to send.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Failure {
    /// The reason.
    pub reason: Option<String>,
}

/// The reason of a suppression.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Withholding {
    /// The reason as text.
    pub message: Option<String>,
    /// The suppression list.
    #[serde(rename = "type")]
    pub kind: Option<WithholdingType>,
    /// The detailed reason.
    pub reason: Option<String>,
    /// The receiving server's codes.
    #[serde(rename = "diagnosticCode")]
    pub diagnostic_code: Option<Vec<String>>,
}

open_enum! {
    /// The suppression lists.
    pub enum WithholdingType {
        Suppressed = "Suppressed",
        OnAccountSuppressionList = "OnAccountSuppressionList",
    }
}

/// A received email.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ReceivedEmail {
    /// The email's id.
    pub email_id: String,
    /// The time of receipt.
    pub created_at: Option<Timestamp>,
    /// The sender's address.
    pub from: Option<String>,
    /// The addresses in `To`.
    pub to: Option<Vec<String>>,
    /// The addresses in `Cc`.
    pub cc: Option<Vec<String>>,
    /// The addresses in `Bcc`.
    pub bcc: Option<Vec<String>>,
    /// The addresses for which it was received.
    pub received_for: Option<Vec<String>>,
    /// The `Message-ID` header.
    pub message_id: Option<String>,
    /// The subject line.
    pub subject: Option<String>,
    /// The attachments, without their content.
    pub attachments: Option<Vec<Attachment>>,
}

/// An attachment.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Attachment {
    /// The attachment's id.
    pub id: String,
    /// Its file name.
    pub filename: Option<String>,
    /// Its media type.
    pub content_type: Option<String>,
    /// The `Content-Disposition` header.
    pub content_disposition: Option<String>,
    /// The `Content-ID` header.
    pub content_id: Option<String>,
}

/// A contact of an audience.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Contact {
    /// The contact's id.
    pub id: String,
    /// The audience's id.
    pub audience_id: Option<String>,
    /// The ids of its segments.
    pub segment_ids: Option<Vec<String>>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was changed.
    pub updated_at: Option<Timestamp>,
    /// The email address.
    pub email: Option<String>,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// Whether it has unsubscribed.
    pub unsubscribed: Option<bool>,
}

/// The topics that a contact has subscribed to.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ContactTopics {
    /// The contact's email address.
    pub email: String,
    /// The topics whose subscription changed.
    pub topics: Option<Vec<TopicSubscription>>,
}

/// A contact's subscription to a topic.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct TopicSubscription {
    /// The topic's id.
    pub id: String,
    /// Whether the contact has subscribed.
    pub subscription: Option<Subscription>,
}

open_enum! {
    /// Whether a contact has subscribed to a topic.
    pub enum Subscription {
        OptIn = "opt_in",
        OptOut = "opt_out",
    }
}

/// A topic that contacts can subscribe to.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Topic {
    /// The topic's id.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// Whether contacts are subscribed unless they opt out.
    pub default_subscription: Option<Subscription>,
    /// Whether it was deleted.
    pub deleted: Option<bool>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was changed.
    pub updated_at: Option<Timestamp>,
}

/// A sending domain.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Domain {
    /// The domain's id.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// The verification status of its records.
    pub status: Option<DomainStatus>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// The region from which it sends.
    pub region: Option<String>,
    /// The DNS records to set.
    pub records: Option<Vec<RawObject>>,
}

open_enum! {
    /// The verification status of a domain's records.
    pub enum DomainStatus {
        Verified = "verified",
        PartiallyVerified = "partially_verified",
        PartiallyFailed = "partially_failed",
        Failed = "failed",
        Pending = "pending",
        NotStarted = "not_started",
    }
}

/// A suppressed address, which receives no email.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Suppression {
    /// The entry's id.
    pub id: String,
    /// The address.
    pub email: Option<String>,
    /// The origin of the suppression.
    pub origin: Option<SuppressionOrigin>,
    /// The id of the object that caused it.
    pub source_id: Option<String>,
    /// The time.
    pub created_at: Option<Timestamp>,
}

open_enum! {
    /// The origins of a suppression.
    pub enum SuppressionOrigin {
        Bounce = "bounce",
        Complaint = "complaint",
        Manual = "manual",
    }
}
