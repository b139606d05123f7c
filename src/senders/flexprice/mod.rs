//! Flexprice: usage-based billing. Flexprice Cloud delivers through Svix; a self-hosted Flexprice delivers itself.

mod entity;
mod event_type;
mod invoice;
mod payload;

pub use entity::*;
pub use event_type::*;
pub use invoice::*;
pub use payload::*;

use super::common::{hex, over_body, shared, signed};
use super::standard::{SVIX_HEADERS, signed_by_specification};
use crate::scheme::{Confirmed, Scheme, SharedToken};

/// Flexprice Cloud: signed by Svix.
///
/// <https://docs.flexprice.io/developers/webhooks/signature-verification>
pub const FLEXPRICE: Scheme = Scheme {
    name: "flexprice",
    title: "Flexprice",
    docs: "https://docs.flexprice.io/developers/webhooks/signature-verification",
    confirmed: Confirmed::Oracle,
    kind: KIND,
    ..signed_by_specification(SVIX_HEADERS)
};

/// Deliveries of a self-hosted Flexprice, with a signature.
///
/// The vendor's page names the header `X-Flexprice-Signature` and no algorithm, and its published code sends none.
/// **This is an assumption**: HMAC-SHA256 of the body in lower-case hexadecimal, with or without `sha256=`. A
/// sender that signs differently is rejected; [`FLEXPRICE_NATIVE_TOKEN`] is for one that does not sign.
///
/// <https://mintlify.com/flexprice/flexprice>
pub const FLEXPRICE_NATIVE: Scheme = Scheme {
    name: "flexprice-native",
    title: "Flexprice (self-hosted, signed)",
    docs: "https://mintlify.com/flexprice/flexprice",
    kind: KIND,
    ..signed(over_body(&["x-flexprice-signature"], &[hex("sha256="), hex("")]))
};

/// Deliveries of a self-hosted Flexprice, with the static header of its configuration: `X-Api-Key` under
/// `webhook.tenants.<tenant>.headers`. It authenticates the sender and not the body.
///
/// <https://github.com/flexprice/flexprice/blob/main/internal/config/config.yaml>
pub const FLEXPRICE_NATIVE_TOKEN: Scheme = Scheme {
    name: "flexprice-native-token",
    title: "Flexprice (self-hosted, static header)",
    docs: "https://github.com/flexprice/flexprice/blob/main/internal/config/config.yaml",
    kind: KIND,
    ..shared(SharedToken::Header(&["x-api-key"]))
};

const KIND: &[&str] = &["/event_type"];
