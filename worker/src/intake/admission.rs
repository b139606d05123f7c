//! Checks a source's limits before the gate reads or verifies anything: the sender's address and the rate.

use std::net::IpAddr;

use countersign::Outcome;
use web_sys::Headers;

use crate::platform::clock;
use crate::platform::log::Line;
use crate::reply::Reply;
use crate::sources::Terms;

/// Checks the limits of a source. The address is the one that Cloudflare saw, never one that the sender claims.
///
/// # Errors
///
/// The answer for the sender, if it exceeds a limit. The reason goes to the log line.
pub(super) fn admit(terms: &Terms, headers: &Headers, line: &mut Line) -> Result<(), Reply> {
    if !terms.networks.is_empty() {
        let address = headers.get("cf-connecting-ip").ok().flatten();
        let address: Option<IpAddr> = address.and_then(|address| address.parse().ok());
        if !address.is_some_and(|address| terms.networks.iter().any(|network| network.contains(address))) {
            line.outcome = "rejected";
            line.code = Some("address_not_allowed");
            line.message = Some(address.map_or_else(|| "no address".into(), |address| address.to_string()));
            return Err(terms.answer(Outcome::Rejected, ""));
        }
    }
    if let Some(bucket) = &terms.bucket
        && let Err(after_seconds) = bucket.take(clock::now_millis())
    {
        line.outcome = "too_many";
        return Err(Reply::TooMany { after_seconds });
    }
    Ok(())
}
