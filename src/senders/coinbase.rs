//! Coinbase: cryptocurrency.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Id, Scheme};

/// Each attempt has its own number in the body; the event inside keeps its id.
///
/// <https://docs.cdp.coinbase.com/commerce/api-arcitecture/webhooks-security>
pub const COINBASE_COMMERCE: Scheme = Scheme {
    name: "coinbase-commerce",
    title: "Coinbase Commerce",
    docs: "https://docs.cdp.coinbase.com/commerce/api-arcitecture/webhooks-security",
    confirmed: Confirmed::Vector,
    id: Id::BodyOrDigest("/event/id"),
    kind: &["/event/type"],
    ..signed(over_body(&["x-cc-webhook-signature"], &[hex("")]))
};
