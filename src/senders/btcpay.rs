//! BTCPay Server: bitcoin payments.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Id, Scheme};

/// `timestamp` in the body is the time of the first attempt and does not change in an hour of retries, so it is not checked.
/// `deliveryId` changes with each attempt; `originalDeliveryId` does not.
///
/// <https://docs.btcpayserver.org/API/Greenfield/v1/#tag/Webhooks>
pub const BTCPAY: Scheme = Scheme {
    name: "btcpay",
    title: "BTCPay Server",
    docs: "https://docs.btcpayserver.org/API/Greenfield/v1/#tag/Webhooks",
    confirmed: Confirmed::Vector,
    id: Id::BodyOrDigest("/originalDeliveryId"),
    kind: &["/type"],
    ..signed(over_body(&["btcpay-sig"], &[hex("sha256=")]))
};
