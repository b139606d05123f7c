// Locks between processes: two commands started at once in one checkout must not build into the same folder.
// A lock is a file with the id of the process that holds it. The lock of a dead process is taken over.

import { linkSync, mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const RETRY_MS = 200;

/** @type {Set<string>} the files of the locks that this process holds */
const held = new Set();

process.on("exit", () => {
  for (const file of held) release(file);
});

/**
 * Does the work while this process holds the lock; waits for the lock first if another process holds it.
 * @template T
 * @param {string} file
 * @param {string} activity what the holder does, for the message to those who wait: "set-up"
 * @param {() => T | Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, activity, work) {
  await acquire(file, activity);
  try {
    return await work();
  } finally {
    release(file);
  }
}

/**
 * @param {string} file
 * @param {string} activity
 */
async function acquire(file, activity) {
  mkdirSync(dirname(file), { recursive: true });
  let hasReported = false;
  while (!tryToAcquire(file)) {
    const holder = readHolder(file);
    if (holder === undefined) continue;
    if (isRunning(holder)) {
      if (!hasReported) {
        console.log(`    Waiting for another ${activity} to finish (process ${holder}, ${file}).`);
      }
      hasReported = true;
      await sleep(RETRY_MS);
    } else {
      removeStale(file, holder);
    }
  }
  held.add(file);
}

/**
 * Creates the file together with its content, so that no reader sees a lock without a holder.
 * @param {string} file
 */
function tryToAcquire(file) {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    unlinkSync(own);
  }
}

/** @param {string} file */
function readHolder(file) {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, "EPERM");
  }
}

/**
 * Moves the lock away before deleting it: another process may have replaced it since it was read.
 * @param {string} file
 * @param {number} holder the dead process
 */
function removeStale(file, holder) {
  const moved = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, moved);
    if (readHolder(moved) !== holder) linkSync(moved, file);
    unlinkSync(moved);
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
  }
}

/** @param {string} file */
function release(file) {
  held.delete(file);
  try {
    unlinkSync(file);
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
  }
}

/**
 * @param {unknown} error
 * @param {string} code
 */
const isCode = (error, code) => error instanceof Error && "code" in error && error.code === code;
