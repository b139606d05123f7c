//! The bodies of SubscribeFlow's deliveries.
//!
//! <https://talent-factory.github.io/subscribe-flow/guides/webhooks/>

use alloc::string::String;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use typeshare_annotation::typeshare;

use crate::open_enum::open_enum;
use crate::payload::{Raw, Timestamp, read_as};

open_enum! {
    /// The event types. `email.*` is sent although the documentation does not list it.
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

/// The subjects of events. Each has a struct of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// A subscriber and a change.
    Subscription,
    /// An email to a subscriber.
    Email,
}

impl EventType {
    /// The subject of events of this type; `None` for an unknown type.
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

/// The body of a delivery.
#[typeshare]
#[derive(Clone, Debug, Serialize)]
pub struct Payload<D = Data> {
    /// The event's id.
    pub id: String,
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
    /// For `subscriber.*` and `tag.*`.
    Subscription(Subscription),
    /// For `email.*`.
    Email(Email),
    /// The data of an unknown type.
    Other(Raw),
}

/// The members that select the data's type.
#[derive(Deserialize)]
struct Head {
    id: String,
    #[serde(rename = "type")]
    kind: Option<EventType>,
    /// The name in one version of the documentation.
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

/// A subscriber and a change.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Subscription {
    /// The subscriber.
    pub subscriber: Option<Subscriber>,
    /// For `tag.*`: the tag.
    pub tag: Option<SubscriptionTag>,
    /// For `subscriber.note_added`: the note, whose shape is not documented.
    pub note: Option<Raw>,
    /// The origin of the change, such as `preference_center`.
    pub source: Option<String>,
}

/// A subscriber.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Subscriber {
    /// The subscriber's id.
    pub id: String,
    /// The address.
    pub email: Option<String>,
}

/// A tag, to which people subscribe.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct SubscriptionTag {
    /// The tag's id.
    pub id: String,
    /// The name.
    pub name: Option<String>,
}

/// An email to a subscriber.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Email {
    /// The sending's id.
    pub email_send_id: Option<String>,
    /// The message id of the email service.
    pub esp_message_id: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// For `email.bounced`: whether the address is of no more use.
    pub hard: Option<bool>,
}
