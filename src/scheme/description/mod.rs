//! Descriptions: schemes as JSON, so that a sender can be described in a file or in TypeScript. In: JSON text. Out: a
//! [`Scheme`] that passed the same checks as the built-in ones, or an error that names the field and the rule. And back.

mod field;
mod names;
mod read;
mod write;
mod writer;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use core::cell::Cell;

use super::definition::Scheme;
use crate::error::SchemeError;
use crate::json::tree;
use field::{Field, ROOT};
use writer::Writer;

impl Scheme {
    /// Reads a description from JSON, for a sender that is not among the [`senders`](crate::senders).
    ///
    /// Each call leaks a few hundred bytes, because a scheme lives as long as the program. Call it once for each sender.
    ///
    /// ```
    /// use countersign::{Scheme, Signer, UnixTime};
    ///
    /// let acme = Scheme::from_json(r#"{
    ///     "name": "acme",
    ///     "signature": {
    ///         "place": { "header": "acme-signature" },
    ///         "form": { "items": { "between": ",", "within": "=" } },
    ///         "tags": [{ "label": "v1", "algorithm": "hmac-sha256", "encoding": "hex" }],
    ///         "content": ["timestamp", { "text": "." }, "body"],
    ///         "timestamp": { "place": { "item": "t" }, "unit": "seconds" }
    ///     },
    ///     "key": "text",
    ///     "id": { "body": "/id" },
    ///     "type": ["/type"]
    /// }"#)?;
    /// let headers = Signer::new(&acme, "s3cret")?.sign("", b"{}", UnixTime::from_secs(1_700_000_000));
    /// assert!(headers[0].1.starts_with("t=1700000000,v1="));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SchemeError::Unsound`] with the first field that is missing, unknown, of the wrong type, or that breaks a rule of
    /// [`soundness`](Self::soundness).
    pub fn from_json(json: &str) -> Result<Self, SchemeError> {
        let tree = tree(json).map_err(|error| SchemeError::Unsound {
            field: ROOT.to_owned(),
            problem: format!("it is not strict JSON ({})", error.code()).into(),
        })?;
        let error = Cell::new(None);
        let scheme = read::read_scheme(&Field::root(&tree, &error));
        if let Some(error) = error.into_inner() {
            return Err(error);
        }
        scheme.soundness()?;
        Ok(scheme)
    }

    /// The description as JSON. [`Scheme::from_json`] reads an equal scheme from it.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = Writer::default();
        write::write_scheme(&mut json, self);
        json.text
    }
}
