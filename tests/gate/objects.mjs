// Opens the Durable Objects of a stopped gate on its disk, so that a test can read their tables or change them to what
// another version or a later time would have left.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

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

/**
 * The rows that a query finds in all objects together. The gate may run meanwhile.
 * @param {string} disk
 * @param {string} query
 * @param {import("node:sqlite").SQLInputValue[]} values
 */
export function allRows(disk, query, ...values) {
  return openObjects(disk).flatMap((object) => {
    const rows = object.all(query, ...values).map((row) => ({ ...row }));
    object.close();
    return rows;
  });
}

/**
 * Runs a statement in every object of a stopped gate.
 * @param {string} disk
 * @param {string} statement
 * @param {import("node:sqlite").SQLInputValue[]} values
 */
export function runInAll(disk, statement, ...values) {
  for (const object of openObjects(disk)) {
    object.run(statement, ...values);
    object.close();
  }
}

/** @param {DatabaseSync} database */
function hasTable(database) {
  const query = "SELECT name FROM sqlite_master WHERE name = 'events'";
  return database.prepare(query).all().length > 0;
}

/**
 * Deletes the alarms of every object, as if the platform had lost them. Returns how many there were.
 * @param {string} disk the folder in which workerd keeps them
 */
export function deleteAlarms(disk) {
  const files = readdirSync(disk, { recursive: true, encoding: "utf8" });
  let alarms = 0;
  for (const file of files.filter((file) => file.endsWith("metadata.sqlite"))) {
    const database = new DatabaseSync(join(disk, file));
    alarms += Number(database.prepare("DELETE FROM _cf_ALARM").run().changes);
    database.close();
  }
  return alarms;
}
