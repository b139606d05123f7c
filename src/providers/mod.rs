//! Every sender as data: one file per family, each a [`Scheme`] constant with the page it was made from.
//!
//! Where the bodies of a sender have types, they are in the module of its name.
//!
//! To add one: write the constant in a file of its own, list it in [`ALL`], and add a vector file with its source
//! under `tests/vectors`.

pub mod flash;
pub mod flexprice;
mod github;
pub mod resend;
mod shopify;
mod slack;
mod standard;
pub mod stripe;
pub mod subscribeflow;

pub use flash::{FLASH, FLASH_VAULT};
pub use flexprice::{FLEXPRICE, FLEXPRICE_NATIVE, FLEXPRICE_NATIVE_TOKEN};
pub use github::GITHUB;
pub use resend::RESEND;
pub use shopify::SHOPIFY;
pub use slack::SLACK;
pub use standard::{STANDARD, SVIX};
pub use stripe::STRIPE;
pub use subscribeflow::SUBSCRIBEFLOW;

use crate::error::SchemeError;
use crate::scheme::Scheme;

/// Every sender that is known by name.
pub static ALL: &[Scheme] = &[
    STANDARD,
    SVIX,
    FLEXPRICE,
    FLEXPRICE_NATIVE,
    FLEXPRICE_NATIVE_TOKEN,
    FLASH,
    FLASH_VAULT,
    SUBSCRIBEFLOW,
    RESEND,
    STRIPE,
    GITHUB,
    SLACK,
    SHOPIFY,
];

// A description that is not sound does not compile.
const _: () = {
    let mut rest = ALL;
    while let [scheme, tail @ ..] = rest {
        assert!(scheme.is_sound(), "a scheme in ALL is not sound");
        rest = tail;
    }
};

impl Scheme {
    /// The sender of this name.
    ///
    /// # Errors
    ///
    /// [`SchemeError::Unknown`] where no sender has it; names are compared exactly.
    pub fn named(name: &str) -> Result<&'static Self, SchemeError> {
        ALL.iter().find(|scheme| scheme.name == name).ok_or(SchemeError::Unknown)
    }
}
