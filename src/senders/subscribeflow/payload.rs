//! What SubscribeFlow's deliveries say.
//!
//! <https://talent-factory.github.io/subscribe-flow/guides/webhooks/>

use alloc::string::String;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use typeshare_annotation::typeshare;

use crate::open_enum::open_enum;
use crate::payload::{Raw, Timestamp, read_as};

open_enum! {
    /// What happened. `email.*` is sent though the documentation does not list it.
    pub enum EventType {
        SubscriberCreated = "subscriber.created",
        SubscriberUpdated = "subscriber.updated",
        SubscriberDeleted = "subscriber.deleted",
        SubscriberNoteAdded = "subscriber.note_added",
        TagSubscribed = "tag.subscribed",
        TagUnsubscribed = "tag.unsubscribed",
        EmailSent = "email.sent",
        EmailDelivered = "email.delivered",
        EmailBounced = "email.bounced",
        EmailComplained = "email.complained",
    }
}

/// What an event is about; each has a struct of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// A subscriber, and what became of it.
    Subscription,
    /// An email to a subscriber.
    Email,
}

impl EventType {
    /// What events of this type are about; `None` for types that are not known.
    #[must_use]
    pub const fn subject(&self) -> Option<Subject> {
        Some(match self {
            Self::SubscriberCreated
            | Self::SubscriberUpdated
            | Self::SubscriberDeleted
            | Self::SubscriberNoteAdded
            | Self::TagSubscribed
            | Self::TagUnsubscribed => Subject::Subscription,
            Self::EmailSent | Self::EmailDelivered | Self::EmailBounced | Self::EmailComplained => Subject::Email,
            Self::Other(_) => return None,
        })
    }
}

/// A delivery's body.
#[typeshare]
#[derive(Clone, Debug, Serialize)]
pub struct Payload<D = Data> {
    /// The event's id.
    pub id: String,
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
    /// Of `subscriber.*` and `tag.*`.
    Subscription(Subscription),
    /// Of `email.*`.
    Email(Email),
    /// Of types that are not known.
    Other(Raw),
}

/// What says which data to expect.
#[derive(Deserialize)]
struct Head {
    id: String,
    #[serde(rename = "type")]
    kind: Option<EventType>,
    /// What one copy of the documentation calls it.
    event_type: Option<EventType>,
    created_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Body<D> {
    data: D,
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = Raw::deserialize(deserializer)?;
        let Head { id, kind, event_type, created_at } = read_as(&body)?;
        let event_type = kind.or(event_type).ok_or_else(|| D::Error::missing_field("type"))?;
        let data = match event_type.subject() {
            Some(Subject::Subscription) => Data::Subscription(read_as::<Body<_>, _>(&body)?.data),
            Some(Subject::Email) => Data::Email(read_as::<Body<_>, _>(&body)?.data),
            None => Data::Other(read_as::<Body<_>, _>(&body)?.data),
        };
        Ok(Self { id, event_type, created_at, data })
    }
}

/// A subscriber, and what became of it.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Subscription {
    /// Whom it is about.
    pub subscriber: Option<Subscriber>,
    /// Of `tag.*`: the tag.
    pub tag: Option<SubscriptionTag>,
    /// Of `subscriber.note_added`: the note, whose shape is not documented.
    pub note: Option<Raw>,
    /// Where it was done, such as `preference_center`.
    pub source: Option<String>,
}

/// Whoever subscribed.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Subscriber {
    /// The subscriber's id.
    pub id: String,
    /// The address.
    pub email: Option<String>,
}

/// What can be subscribed to.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct SubscriptionTag {
    /// The tag's id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
}

/// An email to a subscriber.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Email {
    /// The sending's id.
    pub email_send_id: Option<String>,
    /// The id that the email service gave the message.
    pub esp_message_id: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// Of `email.bounced`: whether the address is of no more use.
    pub hard: Option<bool>,
}
