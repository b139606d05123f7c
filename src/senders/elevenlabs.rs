//! ElevenLabs: speech.

use super::common::{TIME_DOT_BODY, hex, in_items, signed};
use crate::scheme::{Confirmed, Scheme, Unit};
use crate::time::Tolerance;

/// `v0` is the current version of ElevenLabs' signature. Its libraries set a tolerance of half an hour.
///
/// <https://elevenlabs.io/docs/overview/administration/webhooks>
pub const ELEVENLABS: Scheme = Scheme {
    name: "elevenlabs",
    title: "ElevenLabs",
    docs: "https://elevenlabs.io/docs/overview/administration/webhooks",
    confirmed: Confirmed::Oracle,
    tolerance: Tolerance { past: 1800, future: 300 },
    kind: &["/type"],
    ..signed(in_items(&["elevenlabs-signature"], "t", Unit::Seconds, &[hex("v0")], TIME_DOT_BODY))
};
