// Broken gates: a body in R2 is deleted too early or never. Each is an edit of the
// sources.

const LEASES = "worker/src/outbox/store/leases.rs";
const BODIES = "worker/src/outbox/store/bodies.rs";
const RETENTION = "worker/src/outbox/store/retention.rs";
const OBJECT = "worker/src/outbox/object.rs";
const LETTERS = "worker/src/outbox/store/dead_letters.rs";

/** @type {import("./edit.mjs").BrokenGate[]} */
export default [
  {
    name: "a body is stored while an older one of its name is deleted",
    noticedBy: "rows.test.mjs",
    file: BODIES,
    find: "BEING_DELETED.into()])?.is_none())",
    replace: "BEING_DELETED.into()])?.is_none() || true)",
  },
  {
    name: "a body that is being deleted is reserved again",
    noticedBy: "rows.test.mjs",
    file: BODIES,
    find: `WHERE delete_at > ?"`,
    replace: `WHERE delete_at >= ?"`,
  },
  {
    name: "a retry takes the body from its event",
    noticedBy: "rows.test.mjs",
    file: BODIES,
    find: `WHERE delete_at > ?"`,
    replace: `WHERE coalesce(delete_at, 1) > ?"`,
  },
  {
    name: "another attempt to store a body does not keep it longer",
    noticedBy: "rows.test.mjs",
    file: BODIES,
    find: "SET delete_at = excluded.delete_at",
    replace: "SET delete_at = delete_at",
  },
  {
    name: "a body that the outbox does not know is not recorded",
    noticedBy: "rows.test.mjs",
    file: LEASES,
    find: "self.record_body(object)?;",
    replace: "let _ = object;",
  },
  {
    name: "the body of an event that the handler acts on is not kept",
    noticedBy: "rows.test.mjs",
    file: BODIES,
    find: "ON CONFLICT DO NOTHING",
    replace: "ON CONFLICT DO UPDATE SET delete_at = excluded.delete_at",
  },
  {
    name: "a body that is being deleted is not marked",
    noticedBy: "retention.test.mjs",
    file: BODIES,
    find: "UPDATE objects SET delete_at = ? WHERE name IN",
    replace: "UPDATE objects SET delete_at = max(delete_at, ?) WHERE name IN",
  },
  {
    name: "bodies that were deleted stay on record",
    noticedBy: "rows.test.mjs",
    file: BODIES,
    find: "DELETE FROM objects WHERE delete_at",
    replace: "DELETE FROM objects WHERE 0 AND delete_at",
  },
  {
    name: "a body that R2 did not delete is forgotten",
    noticedBy: "rows.test.mjs",
    file: OBJECT,
    find: "bucket::delete(&self.env, objects.clone()).await?;",
    replace: "let _ = bucket::delete(&self.env, objects.clone()).await;",
  },
  {
    name: "a body that is about to be stored sets no alarm",
    noticedBy: "rows.test.mjs",
    file: OBJECT,
    find: `self.store.reserve_body(&object)?;
                self.wake().await?;`,
    replace: "self.store.reserve_body(&object)?;",
  },
  {
    name: "the purge leaves the bodies of purged events in R2",
    noticedBy: "retention.test.mjs",
    file: RETENTION,
    find: "UPDATE objects SET delete_at = ? WHERE name IN",
    replace: "UPDATE objects SET delete_at = ? WHERE 0 AND name IN",
  },
  {
    name: "the body of a discarded letter stays in R2",
    noticedBy: "rows.test.mjs",
    file: LETTERS,
    find: "UPDATE objects SET delete_at = ?1 WHERE name = (",
    replace: "UPDATE objects SET delete_at = ?1 WHERE 0 AND name = (",
  },
];
