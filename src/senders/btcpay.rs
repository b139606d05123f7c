//! BTCPay Server: bitcoin payments.

use super::common::{hex, over_body, signed};
use crate::scheme::{Id, Scheme};

/// The body's `timestamp` is that of the first attempt and stays through an hour of retries, so it says nothing about
/// freshness. `deliveryId` changes with each attempt, and `originalDeliveryId` does not.
///
/// <https://docs.btcpayserver.org/API/Greenfield/v1/#tag/Webhooks>
pub const BTCPAY: Scheme = Scheme {
    name: "btcpay",
    title: "BTCPay Server",
    docs: "https://docs.btcpayserver.org/API/Greenfield/v1/#tag/Webhooks",
    id: Id::BodyOrDigest("/originalDeliveryId"),
    kind: &["/type"],
    ..signed(over_body(&["btcpay-sig"], &[hex("sha256=")]))
};
