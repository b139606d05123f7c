//! Secrets that senders have handed over: keeping them, and taking them out once. Each is deleted when the operator has
//! read it, or after a day.

use worker::Result;

use super::tables::{Store, millis, now, text_or_null};
use crate::limits::{HANDED_OVER_SECRETS, MAX_HANDED_OVER_SECRETS};
use crate::outbox::protocol::HandedOver;

impl Store {
    /// Keeps a secret. A secret that arrives again is kept once, and only the newest of a source are kept.
    pub(crate) fn keep_handed_over(&self, source: &str, HandedOver { at, address, secret }: &HandedOver) -> Result<()> {
        self.run(
            "DELETE FROM handed_over WHERE source = ? AND secret = ?",
            vec![source.into(), secret.as_str().into()],
        )?;
        self.run(
            "INSERT INTO handed_over (source, at, address, secret) VALUES (?, ?, ?, ?)",
            vec![source.into(), (*at).into(), text_or_null(address.as_deref()), secret.as_str().into()],
        )?;
        self.run(
            "DELETE FROM handed_over WHERE source = ?1 AND rowid NOT IN (
                SELECT rowid FROM handed_over WHERE source = ?1 ORDER BY at DESC, rowid DESC LIMIT ?2
             )",
            vec![source.into(), MAX_HANDED_OVER_SECRETS.into()],
        )?;
        Ok(())
    }

    /// Returns the secrets of a source, newest first, and deletes them.
    pub(crate) fn take_handed_over(&self, source: &str) -> Result<Vec<HandedOver>> {
        self.purge_handed_over()?;
        let secrets = self
            .run(
                "SELECT at, address, secret FROM handed_over WHERE source = ? ORDER BY at DESC, rowid DESC",
                vec![source.into()],
            )?
            .to_array()?;
        self.run("DELETE FROM handed_over WHERE source = ?", vec![source.into()])?;
        Ok(secrets)
    }

    /// Deletes the secrets that have waited too long.
    pub(crate) fn purge_handed_over(&self) -> Result<()> {
        let before = now().saturating_sub(millis(HANDED_OVER_SECRETS));
        self.run("DELETE FROM handed_over WHERE at < ?", vec![before.into()])?;
        Ok(())
    }
}
