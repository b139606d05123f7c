// Opens the Durable Objects of a stopped gate on its disk, so that a test can read their tables or change them to what
// another version or a later time would have left.

import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The number of objects of the outbox. */
export const OBJECTS = 16;

/** The number of the object that has the event with this key, such as `/in/stripe evt_1`. @param {string} key */
export const objectOf = (key) => createHash("sha256").update(key).digest()[0] % OBJECTS;

/**
 * Opens the tables of every object.
 * @param {string} disk the folder in which workerd keeps them
 */
export function openObjects(disk) {
  const files = readdirSync(disk, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".sqlite") && !file.endsWith("metadata.sqlite"))
    .map((file) => join(disk, file));
  return files
    .map((file) => new DatabaseSync(file))
    .filter((database) => hasTable(database) || database.close())
    .map((database) => ({
      /** @param {string} query @param {import("node:sqlite").SQLInputValue[]} values */
      all: (query, ...values) => database.prepare(query).all(...values),
      run: (query, ...values) => database.prepare(query).run(...values),
      close: () => database.close(),
    }));
}

/** @param {DatabaseSync} database */
function hasTable(database) {
  const query = "SELECT name FROM sqlite_master WHERE name = 'events'";
  return database.prepare(query).all().length > 0;
}

/**
 * Deletes the alarms of every object, as if the platform had lost them.
 * @param {string} disk the folder in which workerd keeps them
 */
export function deleteAlarms(disk) {
  const files = readdirSync(disk, { recursive: true, encoding: "utf8" });
  for (const file of files.filter((file) => file.endsWith("metadata.sqlite"))) {
    const database = new DatabaseSync(join(disk, file));
    database.exec("DELETE FROM _cf_ALARM");
    database.close();
  }
}
