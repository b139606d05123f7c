// Broken gates: the object sends events to the queue wrongly, or its alarm does not fire. Each is an edit of the sources.

const OBJECT = "worker/src/outbox/object.rs";
const DRAIN = "worker/src/outbox/drain.rs";
const SENDING = "worker/src/outbox/store/sending.rs";
const QUEUE = "worker/src/event_queue.rs";

const ACCEPTED = `self.wake().await?;
                pause_at(CrashPoint::AfterRowWritten`;

/** Without it, the request that stores an event would notice that the event has no alarm. */
const NOT_RECOVERED = {
  file: OBJECT,
  find: "if let Err(error) = self.recover_alarm().await {",
  replace: "if let Err(error) = { let _ = Self::recover_alarm; Ok::<(), worker::Error>(()) } {",
};

/** @type {import("./edit.mjs").BrokenGate[]} */
export default [
  {
    name: "1 % of events set no alarm",
    noticedBy: "alarms.test.mjs",
    edits: [
      {
        file: OBJECT,
        find: ACCEPTED,
        replace: ACCEPTED.replace("self", "if js_sys::Math::random() > 0.01 { self").replace(
          ";",
          "; }",
        ),
      },
      NOT_RECOVERED,
    ],
  },
  {
    name: "no event sets an alarm",
    noticedBy: "gate.test.mjs",
    edits: [
      { file: OBJECT, find: ACCEPTED, replace: ACCEPTED.replace("self.wake().await?;", "") },
      NOT_RECOVERED,
    ],
  },
  {
    name: "no alarm is set after the queue failed",
    noticedBy: "gate.test.mjs",
    file: OBJECT,
    find: `Err(error) => {
                let pause = self.pause_after_rejection();`,
    replace: `Err(_) if true => return Response::empty(),
            Err(error) => {
                let pause = self.pause_after_rejection();`,
  },
  {
    name: "no alarm is set after everything was sent",
    noticedBy: "retention.test.mjs",
    file: OBJECT,
    find: "Drained::All => next_purge,",
    replace: "Drained::All => return { let _ = next_purge; Response::empty() },",
  },
  {
    name: "a replay sets no alarm",
    noticedBy: "api.test.mjs",
    edits: [
      {
        file: OBJECT,
        find: `self.store.replay(&key)?;
                self.wake().await?;`,
        replace: "self.store.replay(&key)?;",
      },
      NOT_RECOVERED,
    ],
  },
  {
    name: "a redrive of one letter sets no alarm",
    noticedBy: "api.test.mjs",
    edits: [
      {
        file: OBJECT,
        find: `self.store.redrive(&id)?;
                self.wake().await?;`,
        replace: "self.store.redrive(&id)?;",
      },
      NOT_RECOVERED,
    ],
  },
  {
    name: "a redrive of all letters sets no alarm",
    noticedBy: "api.test.mjs",
    edits: [
      {
        file: OBJECT,
        find: `self.store.redrive_all(source.as_deref())?;
                self.wake().await?;`,
        replace: "self.store.redrive_all(source.as_deref())?;",
      },
      NOT_RECOVERED,
    ],
  },
  {
    name: "every batch is sent twice",
    noticedBy: "gate.test.mjs",
    file: DRAIN,
    find: "pause_at(CrashPoint::BeforeBatchSent, env).await;",
    replace: "pause_at(CrashPoint::BeforeBatchSent, env).await; let _ = send(env, &batch).await;",
  },
  {
    name: "an answer of the queue that does not come in 10 s is taken as sent",
    noticedBy: "gate.test.mjs",
    file: QUEUE,
    find: "Err(timed_out) => Err(SendError::NoAnswer(timed_out)),",
    replace: "Err(_) => Ok(()),",
  },
  {
    name: "a rejection by the queue is taken as sent",
    noticedBy: "gate.test.mjs",
    file: QUEUE,
    find: "Ok(sent) => sent.map_err(SendError::Rejected),",
    replace: "Ok(_) => Ok(()),",
  },
  {
    name: "events that were sent stay pending",
    noticedBy: "gate.test.mjs",
    file: SENDING,
    find: "SET state = 'queued', sent_at = ?",
    replace: "SET sent_at = ?",
  },
  {
    name: "an event that was replayed while it was sent counts as sent",
    noticedBy: "replay-races.test.mjs",
    file: SENDING,
    find: "AND (key, replay) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))",
    replace: "AND key IN (SELECT value ->> 0 FROM json_each(?))",
  },
  {
    name: "rows are sent before their pause is over",
    noticedBy: "alarms.test.mjs",
    file: SENDING,
    find: "AND retry_at <= ? ORDER BY",
    replace: "AND ? > 0 ORDER BY",
  },
  {
    name: "rows that the queue rejects are never parked",
    noticedBy: "queue-faults.test.mjs",
    file: SENDING,
    find: `let state = if pause.is_some() { "pending" } else { "parked" };`,
    replace: `let state = "pending";`,
  },
  {
    name: "the failures of a row are not counted",
    noticedBy: "queue-faults.test.mjs",
    file: SENDING,
    find: "SET state = ?, failures = failures + 1,",
    replace: "SET state = ?,",
  },
  {
    name: "a rejection of a lone row counts towards parking",
    noticedBy: "queue-faults.test.mjs",
    file: SENDING,
    find: "SET lone_failures = lone_failures + 1,",
    replace: "SET failures = failures + 1,",
  },
  {
    name: "a single rejected row keeps the others waiting",
    noticedBy: "queue-faults.test.mjs",
    file: DRAIN,
    find: "send_one_by_one(store, env, batch).await?,",
    replace: `{ let _ = send_one_by_one; return Err("the queue rejected a batch".into()); }`,
  },
  {
    name: "an alarm is not set for rows that wait",
    noticedBy: "queue-faults.test.mjs",
    file: DRAIN,
    find: "Ok(store.time_to_next_retry()?.map_or(",
    replace: "Ok(store.time_to_next_retry()?.filter(|_| false).map_or(",
  },
  {
    name: "the newest events are sent first",
    noticedBy: "rows.test.mjs",
    file: SENDING,
    find: "ORDER BY retry_at, accepted_at LIMIT",
    replace: "ORDER BY retry_at DESC, accepted_at DESC LIMIT",
  },
  {
    name: "an event that was sent keeps its rejections",
    noticedBy: "rows.test.mjs",
    file: SENDING,
    find: "SET state = 'queued', sent_at = ?, problem = NULL, failures = 0, lone_failures = 0",
    replace: "SET state = 'queued', sent_at = ?",
  },
  {
    name: "the history of an event does not say that it is parked",
    noticedBy: "queue-faults.test.mjs",
    file: SENDING,
    find: `self.add_history(&row.key, "parked", Some(problem))?;`,
    replace: "",
  },
  {
    name: "rows that may be the cause of a rejection stay in front",
    noticedBy: "queue-faults.test.mjs",
    file: SENDING,
    find: "UPDATE events SET retry_at = ? WHERE key = ? AND",
    replace: "UPDATE events SET retry_at = ? WHERE 0 AND key = ? AND",
  },
  {
    name: "a row that was rejected alone is sent again at once",
    noticedBy: "rows.test.mjs",
    file: SENDING,
    find: "lone_failures = lone_failures + 1, retry_at = ?",
    replace: "lone_failures = lone_failures + 1, retry_at = min(?, 0)",
  },
  {
    name: "rows that were sent one by one stay pending",
    noticedBy: "queue-faults.test.mjs",
    file: DRAIN,
    find: `queue_works = true;
                store.mark_sent(&batch)?;`,
    replace: "queue_works = true;",
  },
  {
    name: "a queue that rejects everything is asked for each row",
    noticedBy: "queue-faults.test.mjs",
    file: DRAIN,
    find: "failed.len() >= REJECTIONS_THAT_BLAME_QUEUE {",
    replace: "failed.len() >= REJECTIONS_THAT_BLAME_QUEUE.saturating_mul(1000) {",
  },
  {
    name: "rows are blamed for an outage",
    noticedBy: "queue-faults.test.mjs",
    file: DRAIN,
    find: `if !queue_works {
`,
    replace: `if !queue_works && false {
`,
  },
  {
    name: "batches have more bytes than the queue accepts",
    noticedBy: "queue-faults.test.mjs",
    file: DRAIN,
    find: "is_first || bytes <= MAX_BATCH_BYTES",
    replace: "is_first || bytes <= MAX_BATCH_BYTES.saturating_mul(100)",
  },
];
