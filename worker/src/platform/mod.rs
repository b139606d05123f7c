//! The services of the runtime: the time, time limits, promises, HTTP, hashing and the log. These modules know nothing about
//! webhooks.

pub(crate) mod clock;
pub(crate) mod digest;
pub(crate) mod hash;
pub(crate) mod http;
pub(crate) mod instance;
pub(crate) mod log;
pub(crate) mod promise;
pub(crate) mod timeout;
