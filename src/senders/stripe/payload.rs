//! What Stripe's deliveries say.
//!
//! Stripe's objects are Stripe's to describe: there are some hundred, they differ with the version of the API that an
//! endpoint is set to, and Stripe publishes types for them. So what an event is about stays JSON as it is written; read
//! it with `serde_json::from_str::<YourType>(event.data.object.get())`.
//!
//! <https://docs.stripe.com/api/events/object>

use alloc::string::String;

use serde::{Deserialize, Deserializer, Serialize};
use typeshare_annotation::typeshare;

use super::event_type::EventType;
use crate::payload::{Integer, Raw, RawObject, Timestamp, read_as};

/// A delivery's body.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Payload {
    /// An event with a copy of what it is about.
    Snapshot(Event),
    /// A thin event, which names what it is about.
    Thin(ThinEvent),
    /// Something that calls itself neither.
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

/// An event with a copy of what it is about, as that was when it happened.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Event {
    /// The event's id.
    pub id: String,
    /// What kind of object this is: an event.
    #[typeshare(typescript(type = "\"event\""))]
    pub object: Option<String>,
    /// What happened.
    #[serde(rename = "type")]
    pub event_type: EventType,
    /// The connected account that it happened in.
    pub account: Option<String>,
    /// The version of the API that `data` was made for.
    pub api_version: Option<String>,
    /// The context that it happened in.
    pub context: Option<String>,
    /// When it happened, in Unix seconds.
    pub created: Option<Integer>,
    /// What it is about.
    pub data: EventData,
    /// Whether it happened in live mode.
    pub livemode: Option<bool>,
    /// How many deliveries of it have not succeeded yet.
    pub pending_webhooks: Option<Integer>,
    /// What brought it about.
    #[typeshare(typescript(type = "RequestDetails | string"))]
    pub request: Option<Request>,
}

/// What an event is about.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct EventData {
    /// The object, as it was when the event happened.
    pub object: RawObject,
    /// Of `*.updated`: what changed members were before.
    pub previous_attributes: Option<RawObject>,
}

/// What brought an event about.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Request {
    /// A request to the API.
    Details(RequestDetails),
    /// Its id alone, as old versions of the API have it.
    Id(String),
}

/// A request to the API that brought an event about.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct RequestDetails {
    /// The request's id; none where Stripe itself was the cause.
    pub id: Option<String>,
    /// The key that the request was made idempotent with.
    pub idempotency_key: Option<String>,
}

/// An event that names what it is about, to be fetched from the API.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ThinEvent {
    /// The event's id.
    pub id: String,
    /// What kind of object this is: an event of the second version.
    #[typeshare(typescript(type = "\"v2.core.event\""))]
    pub object: String,
    /// What happened.
    #[serde(rename = "type")]
    pub event_type: EventType,
    /// The context that it happened in.
    pub context: Option<String>,
    /// When it happened. Snapshot events have a number here.
    pub created: Option<Timestamp>,
    /// What it is about.
    pub related_object: Option<RelatedObject>,
    /// What brought it about.
    pub reason: Option<RawObject>,
    /// What it changed.
    pub changes: Option<RawObject>,
    /// Whether it happened in live mode.
    pub livemode: Option<bool>,
}

/// What a thin event is about.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct RelatedObject {
    /// The object's id.
    pub id: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The path to fetch it from.
    pub url: Option<String>,
}
