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

use super::answers::Answers;
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
        let scheme = read(json, read::read_scheme)?;
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

impl Answers {
    /// Reads the answers of one source from JSON: a description's member `answers`. Answers that it leaves out are those of
    /// `self`, which usually are the scheme's.
    ///
    /// Each call leaks a few hundred bytes, because answers live as long as the program.
    ///
    /// ```
    /// use countersign::senders::XERO;
    ///
    /// let answers = XERO.answers.with_json(r#"{ "accepted": { "status": 204 } }"#)?;
    /// assert_eq!((answers.accepted.status, answers.duplicate.status), (204, 204));
    /// assert_eq!(answers.rejected, XERO.answers.rejected);
    /// # Ok::<(), countersign::SchemeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SchemeError::Unsound`] with the first field that is unknown, of the wrong type, or that breaks a rule of
    /// [`Scheme::soundness`].
    pub fn with_json(&self, json: &str) -> Result<Self, SchemeError> {
        let answers = read(json, |field| read::read_answers(field, self))?;
        answers.soundness()?;
        Ok(answers)
    }
}

/// Parses JSON text and reads a value from it.
fn read<T>(json: &str, read: impl Fn(&Field<'_>) -> T) -> Result<T, SchemeError> {
    let tree = tree(json).map_err(|error| SchemeError::Unsound {
        field: ROOT.to_owned(),
        problem: format!("it is not strict JSON ({})", error.code()).into(),
    })?;
    let error = Cell::new(None);
    let value = read(&Field::root(&tree, &error));
    match error.into_inner() {
        Some(error) => Err(error),
        None => Ok(value),
    }
}
