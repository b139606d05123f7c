//! What Resend's deliveries say.
//!
//! <https://resend.com/docs/dashboard/webhooks/event-types>

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Deserializer, Serialize};
use typeshare_annotation::typeshare;

use crate::open_enum::open_enum;
use crate::payload::{Raw, RawObject, Timestamp, read_as};

open_enum! {
    /// What happened.
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
        DomainCreated = "domain.created",
        DomainUpdated = "domain.updated",
        DomainDeleted = "domain.deleted",
        SuppressionAdded = "suppression.added",
        SuppressionRemoved = "suppression.removed",
    }
}

/// What an event is about; each has a struct of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// An email that was sent, or is to be.
    Email,
    /// An email that came in.
    ReceivedEmail,
    /// A contact of an audience.
    Contact,
    /// A domain to send from.
    Domain,
    /// An address that nothing is sent to.
    Suppression,
}

impl EventType {
    /// What events of this type are about; `None` for types that are not known.
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
            Self::SuppressionAdded | Self::SuppressionRemoved => Subject::Suppression,
            Self::Other(_) => return None,
        })
    }
}

/// A delivery's body.
#[typeshare]
#[derive(Clone, Debug, Serialize)]
pub struct Payload<D = Data> {
    /// What happened.
    #[serde(rename = "type")]
    pub event_type: EventType,
    /// When it happened.
    pub created_at: Option<Timestamp>,
    /// What it happened to.
    pub data: D,
}

/// What an event of some type is about.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Data {
    /// Of `email.*` but for `email.received`.
    Email(Box<Email>),
    /// Of `email.received`.
    ReceivedEmail(ReceivedEmail),
    /// Of `contact.*`.
    Contact(Contact),
    /// Of `domain.*`.
    Domain(Domain),
    /// Of `suppression.*`.
    Suppression(Suppression),
    /// Of types that are not known.
    Other(Raw),
}

/// What says which data to expect.
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
            Some(Subject::Suppression) => Data::Suppression(read_as::<Body<_>, _>(&body)?.data),
            None => Data::Other(read_as::<Body<_>, _>(&body)?.data),
        };
        Ok(Self { event_type, created_at, data })
    }
}

/// An email that was sent, or is to be.
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
    /// The template that it was made from.
    pub template_id: Option<String>,
    /// The sender's address.
    pub from: Option<String>,
    /// The addresses that it goes to.
    pub to: Option<Vec<String>>,
    /// The subject line.
    pub subject: Option<String>,
    /// Names and values that the sender gave it.
    pub tags: Option<BTreeMap<String, String>>,
    /// Headers that the sender gave it.
    pub headers: Option<Vec<Header>>,
    /// Of `email.bounced`: why it came back.
    pub bounce: Option<Bounce>,
    /// Of `email.clicked`: which link was followed.
    pub click: Option<Click>,
    /// Of `email.failed`: why it was not sent.
    pub failed: Option<Failure>,
    /// Of `email.suppressed`: why it was held back.
    pub suppressed: Option<Withholding>,
}

/// A header of an email.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Why an email came back.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Bounce {
    /// What the receiving server said.
    pub message: Option<String>,
    /// Whether another try may succeed.
    #[serde(rename = "type")]
    pub kind: Option<BounceType>,
    /// The reason more closely.
    #[serde(rename = "subType")]
    pub sub_type: Option<BounceSubType>,
    /// The receiving server's codes.
    #[serde(rename = "diagnosticCode")]
    pub diagnostic_code: Option<Vec<String>>,
}

open_enum! {
    /// Whether another try may succeed.
    pub enum BounceType {
        Undetermined = "Undetermined",
        Transient = "Transient",
        Permanent = "Permanent",
    }
}

open_enum! {
    /// Why an email came back, more closely.
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

/// A link that was followed.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Click {
    /// From which address.
    #[serde(rename = "ipAddress")]
    pub ip_address: Option<String>,
    /// The link.
    pub link: Option<String>,
    /// When.
    pub timestamp: Option<Timestamp>,
    /// By which browser.
    #[serde(rename = "userAgent")]
    pub user_agent: Option<String>,
}

/// Why an email was not sent.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Failure {
    /// The reason.
    pub reason: Option<String>,
}

/// Why an email was held back.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Withholding {
    /// The reason in words.
    pub message: Option<String>,
    /// Which list the address is on.
    #[serde(rename = "type")]
    pub kind: Option<WithholdingType>,
    /// The reason more closely.
    pub reason: Option<String>,
    /// The receiving server's codes.
    #[serde(rename = "diagnosticCode")]
    pub diagnostic_code: Option<Vec<String>>,
}

open_enum! {
    /// Which list an address is on.
    pub enum WithholdingType {
        Suppressed = "Suppressed",
        OnAccountSuppressionList = "OnAccountSuppressionList",
    }
}

/// An email that came in.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ReceivedEmail {
    /// The email's id.
    pub email_id: String,
    /// When it came in.
    pub created_at: Option<Timestamp>,
    /// The sender's address.
    pub from: Option<String>,
    /// The addresses in `To`.
    pub to: Option<Vec<String>>,
    /// The addresses in `Cc`.
    pub cc: Option<Vec<String>>,
    /// The addresses in `Bcc`.
    pub bcc: Option<Vec<String>>,
    /// The addresses that it was taken in for.
    pub received_for: Option<Vec<String>>,
    /// The `Message-ID` header.
    pub message_id: Option<String>,
    /// The subject line.
    pub subject: Option<String>,
    /// What is attached, without its content.
    pub attachments: Option<Vec<Attachment>>,
}

/// Something attached to an email.
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
    /// The ids of the segments that it is in.
    pub segment_ids: Option<Vec<String>>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was changed.
    pub updated_at: Option<Timestamp>,
    /// Its address.
    pub email: Option<String>,
    /// Its first name.
    pub first_name: Option<String>,
    /// Its last name.
    pub last_name: Option<String>,
    /// Whether it wants no more emails.
    pub unsubscribed: Option<bool>,
}

/// A domain to send from.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Domain {
    /// The domain's id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// How far its records are checked.
    pub status: Option<DomainStatus>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// Where it sends from.
    pub region: Option<String>,
    /// The records to set.
    pub records: Option<Vec<RawObject>>,
}

open_enum! {
    /// How far a domain's records are checked.
    pub enum DomainStatus {
        Verified = "verified",
        PartiallyVerified = "partially_verified",
        PartiallyFailed = "partially_failed",
        Failed = "failed",
        Pending = "pending",
        NotStarted = "not_started",
    }
}

/// An address that nothing is sent to.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Suppression {
    /// The entry's id.
    pub id: String,
    /// The address.
    pub email: Option<String>,
    /// How it came to be there.
    pub origin: Option<SuppressionOrigin>,
    /// The id of what brought it there.
    pub source_id: Option<String>,
    /// When.
    pub created_at: Option<Timestamp>,
}

open_enum! {
    /// How an address came to be on the list.
    pub enum SuppressionOrigin {
        Bounce = "bounce",
        Complaint = "complaint",
        Manual = "manual",
    }
}
