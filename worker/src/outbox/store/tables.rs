//! The tables of one object: their definition, their migration, and how statements run.
//!
//! Later versions only add columns, each with a default, and every statement names its columns. So a Worker can read rows
//! that an older version wrote, and after a rollback those that a newer version wrote.

use std::time::Duration;

use serde::Deserialize;
use worker::{Result, SqlCursor, SqlStorage, SqlStorageValue};

use crate::limits::MAX_HISTORY_ROWS;
use crate::platform::clock;

/// The tables in their first version. A table that came later is created where it is missing.
const TABLES: [&str; 8] = [
    "CREATE TABLE IF NOT EXISTS events (
        key TEXT PRIMARY KEY, digest TEXT NOT NULL, message TEXT, accepted_at INTEGER NOT NULL
    )",
    "CREATE TABLE IF NOT EXISTS done (key TEXT PRIMARY KEY, done_at INTEGER NOT NULL)",
    // The leases: when each ends, and how many there have been for its event.
    "CREATE TABLE IF NOT EXISTS turns (key TEXT PRIMARY KEY, until INTEGER NOT NULL, attempts INTEGER NOT NULL)",
    // The bodies in R2, and when each is to be deleted. Null means that an event needs it.
    "CREATE TABLE IF NOT EXISTS objects (name TEXT PRIMARY KEY, delete_at INTEGER)",
    // The history of each event, except for the times in its own row.
    "CREATE TABLE IF NOT EXISTS history (key TEXT NOT NULL, at INTEGER NOT NULL, what TEXT NOT NULL, detail TEXT)",
    "CREATE INDEX IF NOT EXISTS history_of ON history (key)",
    // The dead letters. They stay until an operator redrives or discards them.
    "CREATE TABLE IF NOT EXISTS dead_letters (
        id TEXT PRIMARY KEY, key TEXT, replay INTEGER NOT NULL, message TEXT NOT NULL, at INTEGER NOT NULL
    )",
    // The secrets that senders have handed over, until the operator reads them.
    "CREATE TABLE IF NOT EXISTS handed_over (
        source TEXT NOT NULL, at INTEGER NOT NULL, address TEXT, secret TEXT NOT NULL
    )",
];

/// The columns that were added later: table, name, definition. The first version had no state: an event with a message was
/// pending.
const LATER_COLUMNS: [(&str, &str, &str); 12] = [
    ("events", "source", "TEXT"),
    ("events", "kind", "TEXT"),
    ("events", "state", "TEXT NOT NULL DEFAULT 'pending'"),
    ("events", "sent_at", "INTEGER"),
    ("events", "acted_at", "INTEGER"),
    ("events", "failures", "INTEGER NOT NULL DEFAULT 0"),
    ("events", "retry_at", "INTEGER NOT NULL DEFAULT 0"),
    ("events", "problem", "TEXT"),
    ("events", "replay", "INTEGER NOT NULL DEFAULT 0"),
    ("events", "lone_failures", "INTEGER NOT NULL DEFAULT 0"),
    // The caller that holds the lease.
    ("turns", "holder", "TEXT"),
    // The SHA-256 of the body. Null if the message cannot be read, or if an older version stored it.
    ("dead_letters", "digest", "TEXT"),
];

/// Fills the later columns of rows that the first version wrote. Running it again changes nothing.
const MIGRATION: [&str; 2] = [
    "UPDATE events SET state = 'queued', sent_at = accepted_at WHERE message IS NULL AND state = 'pending'",
    "UPDATE events SET source = substr(key, 5, instr(key, ' ') - 5), kind = json_extract(message, '$.type')
     WHERE source IS NULL",
];

const INDEXES: [&str; 6] = [
    "CREATE INDEX IF NOT EXISTS events_pending ON events (retry_at, accepted_at) WHERE state = 'pending'",
    "CREATE INDEX IF NOT EXISTS events_parked ON events (state) WHERE state = 'parked'",
    "CREATE INDEX IF NOT EXISTS events_kept ON events (sent_at) WHERE message IS NOT NULL AND sent_at IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS events_sent ON events (sent_at) WHERE sent_at IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS events_by_age ON events (accepted_at, key)",
    "CREATE INDEX IF NOT EXISTS done_by_age ON done (done_at)",
];

/// The tables of one object.
#[derive(Debug)]
pub(crate) struct Store {
    sql: SqlStorage,
}

/// A row of which only the name matters.
#[derive(Deserialize)]
pub(super) struct Named {
    pub(super) name: String,
}

impl Store {
    /// Opens the tables and brings them to this version.
    pub(crate) fn open(sql: SqlStorage) -> Self {
        let store = Self { sql };
        // If this fails, the first statement of a request fails too, and the Worker handles that error.
        let _ = store.migrate();
        store
    }

    fn migrate(&self) -> Result<()> {
        for table in TABLES {
            self.run(table, Vec::new())?;
        }
        let columns: Vec<Named> = self
            .run(
                "SELECT 'events.' || name AS name FROM pragma_table_info('events')
                 UNION ALL SELECT 'turns.' || name FROM pragma_table_info('turns')
                 UNION ALL SELECT 'dead_letters.' || name FROM pragma_table_info('dead_letters')",
                Vec::new(),
            )?
            .to_array()?;
        let mut is_older = false;
        for (table, name, definition) in LATER_COLUMNS {
            let full_name = format!("{table}.{name}");
            if columns.iter().all(|column| column.name != full_name) {
                self.run(&format!("ALTER TABLE {table} ADD COLUMN {name} {definition}"), Vec::new())?;
                is_older = true;
            }
        }
        if is_older {
            for statement in MIGRATION {
                self.run(statement, Vec::new())?;
            }
        }
        for index in INDEXES {
            self.run(index, Vec::new())?;
        }
        Ok(())
    }

    /// Adds an entry to an event's history.
    pub(super) fn add_history(&self, key: &str, what: &str, detail: Option<&str>) -> Result<()> {
        self.run(
            "INSERT INTO history (key, at, what, detail)
             SELECT ?1, ?2, ?3, ?4 WHERE (SELECT count(*) FROM history WHERE key = ?1) < ?5",
            vec![key.into(), now().into(), what.into(), text_or_null(detail), MAX_HISTORY_ROWS.into()],
        )?;
        Ok(())
    }

    /// Runs a statement and returns its first row.
    pub(super) fn first<T: for<'de> Deserialize<'de>>(
        &self,
        query: &str,
        bindings: Vec<SqlStorageValue>,
    ) -> Result<Option<T>> {
        Ok(self.run(query, bindings)?.to_array()?.into_iter().next())
    }

    /// Runs a statement.
    pub(super) fn run(&self, query: &str, bindings: Vec<SqlStorageValue>) -> Result<SqlCursor> {
        self.sql.exec(query, bindings)
    }
}

pub(super) fn number_or_null(number: Option<i64>) -> SqlStorageValue {
    number.map_or(SqlStorageValue::Null, Into::into)
}

pub(super) fn text_or_null(text: Option<&str>) -> SqlStorageValue {
    text.map_or(SqlStorageValue::Null, Into::into)
}

/// A duration in milliseconds, as the tables store it.
pub(super) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The current time in milliseconds since 1970, as the tables store it.
pub(super) fn now() -> i64 {
    i64::try_from(clock::now_millis()).unwrap_or(i64::MAX)
}
