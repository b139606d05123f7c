//! The bodies of Stripe's deliveries.
//!
//! Stripe has about a hundred object types, which differ with the API version of an endpoint, and publishes types for them. So the
//! object of an event stays JSON; read it with `serde_json::from_str::<YourType>(event.data.object.get())`.
//!
//! <https://docs.stripe.com/api/events/object>

use alloc::string::String;

use serde::{Deserialize, Deserializer, Serialize};
use typeshare_annotation::typeshare;

use super::event_type::EventType;
use super::thin_event_type::ThinEventType;
use crate::payload::{Integer, Raw, RawObject, Timestamp, read_as};

/// The body of a delivery.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Payload {
    /// An event with a copy of its object.
    Snapshot(Event),
    /// A thin event, which only names its object.
    Thin(ThinEvent),
    /// A body that is neither.
    Other(Raw),
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Head {
            object: Option<String>,
        }

        let body = Raw::deserialize(deserializer)?;
        let Head { object } = read_as(&body)?;
        match object.as_deref() {
            None | Some("event") => read_as(&body).map(Self::Snapshot),
            Some("v2.core.event") => read_as(&body).map(Self::Thin),
            Some(_) => Ok(Self::Other(body)),
        }
    }
}

/// An event with a copy of its object, as it was at the time of the event.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Event {
    /// The event's id.
    pub id: String,
    /// The kind of this object: an event.
    #[typeshare(typescript(type = "\"event\""))]
    pub object: Option<String>,
    /// The event type.
    #[serde(rename = "type")]
    pub event_type: EventType,
    /// The connected account of the event.
    pub account: Option<String>,
    /// The API version of `data`.
    pub api_version: Option<String>,
    /// The context of the event.
    pub context: Option<String>,
    /// The time of the event, in Unix seconds.
    pub created: Option<Integer>,
    /// The object of the event.
    pub data: EventData,
    /// Whether the event is from live mode.
    pub livemode: Option<bool>,
    /// The number of deliveries that have not succeeded yet.
    pub pending_webhooks: Option<Integer>,
    /// The cause of the event.
    #[typeshare(typescript(type = "RequestDetails | string"))]
    pub request: Option<Request>,
}

/// The object of an event.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct EventData {
    /// The object, as it was when the event happened.
    pub object: RawObject,
    /// For `*.updated`: the previous values of the changed members.
    pub previous_attributes: Option<RawObject>,
}

/// The cause of an event.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Request {
    /// A request to the API.
    Details(RequestDetails),
    /// The id of the request alone, in old API versions.
    Id(String),
}

/// A request to the API that caused an event.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct RequestDetails {
    /// The request's id; `None` if Stripe itself caused the event.
    pub id: Option<String>,
    /// The request's idempotency key.
    pub idempotency_key: Option<String>,
}

/// An event that names its object, which can be fetched from the API.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ThinEvent {
    /// The event's id.
    pub id: String,
    /// The kind of this object: an event of the second version.
    #[typeshare(typescript(type = "\"v2.core.event\""))]
    pub object: String,
    /// The event type.
    #[serde(rename = "type")]
    pub event_type: ThinEventType,
    /// The context of the event.
    pub context: Option<String>,
    /// The time of the event. Snapshot events have a number here.
    pub created: Option<Timestamp>,
    /// The object of the event.
    pub related_object: Option<RelatedObject>,
    /// The cause of the event.
    pub reason: Option<RawObject>,
    /// The changes.
    pub changes: Option<RawObject>,
    /// Whether the event is from live mode.
    pub livemode: Option<bool>,
    /// The id of the snapshot event that tells of the same change, if there is one.
    pub snapshot_event: Option<String>,
}

/// The object of a thin event.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct RelatedObject {
    /// The object's id.
    pub id: String,
    /// The object's type.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The path of the object in the API.
    pub url: Option<String>,
}
