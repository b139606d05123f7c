//! What the gate needs from its runtime: the time, time limits, promises, hashing and the log. Nothing here knows what a
//! webhook is.

pub(crate) mod clock;
pub(crate) mod digest;
pub(crate) mod hash;
pub(crate) mod instance;
pub(crate) mod log;
pub(crate) mod promise;
pub(crate) mod timeout;
