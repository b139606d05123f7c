//! Every bound and time limit of the gate, with its reason. Settings that operators choose are in [`crate::settings`].

use std::time::Duration;

// Receiving a delivery.

/// The longest header value that the gate reads: the longest that any scheme accepts.
pub(crate) const MAX_HEADER_BYTES: usize = 8 * 1024;
/// The longest body that the gate reads when no bucket is bound. It is verified first and then rejected, so that the log
/// can say whose body was too long.
pub(crate) const MAX_BODY_BYTES_WITHOUT_BUCKET: usize = 1 << 20;
/// The longest body that JavaScript reads in one call, without counting bytes as they arrive. Nearly all bodies are
/// shorter: a queue message holds no more.
pub(crate) const MAX_SHORT_BODY_BYTES: usize = 128 * 1024;
/// The longest body of a request to a source that lacks its secret: no handshake is longer.
pub(crate) const MAX_SET_UP_BODY_BYTES: usize = 16 * 1024;
/// The number of short bodies that may arrive at the same time. The gate counts the bytes of further ones as they arrive.
pub(crate) const MAX_PENDING_BODIES: usize = 64;
/// The part of the isolate's budget that long bodies must leave to short ones, so that a few slow long bodies cannot stop
/// all other deliveries.
pub(crate) const RESERVED_FOR_SHORT_BODIES_BYTES: usize = MAX_PENDING_BODIES * MAX_SHORT_BODY_BYTES;
/// The time in milliseconds that a pending body is kept after its own time limit: a timer fires late in a busy isolate.
pub(crate) const PENDING_BODY_GRACE_MILLIS: f64 = 1000.0;
/// From about this length on, hashing by the runtime saves more than the call costs, which is some 20 microseconds.
pub(crate) const MIN_HOST_HASH_BYTES: usize = 8192;
/// The time that a sender has to answer when the gate visits the URL that confirms a subscription. The sender waits for
/// the gate's answer meanwhile.
pub(crate) const VISIT_TIMEOUT: Duration = Duration::from_secs(8);
/// The longest body that the gate reads of an answer to its own requests. It needs the status only, and a short body is read
/// so that the connection can be used again.
pub(crate) const MAX_ANSWER_BYTES: usize = 64 * 1024;
/// The range of `Retry-After`. Each answer gets a random value from it, so that senders do not return all at once.
pub(crate) const MIN_RETRY_AFTER: Duration = Duration::from_secs(5);
/// See [`MIN_RETRY_AFTER`].
pub(crate) const MAX_RETRY_AFTER: Duration = Duration::from_secs(30);

// Messages and their bodies.

/// The largest message that holds its body. The body of a larger one goes to R2, if a bucket is bound. In base64, this is
/// a body of about 89,000 bytes.
pub(crate) const MAX_INLINE_MESSAGE_BYTES: usize = 120_000;
/// The largest message that the gate sends. A queue accepts 128,000 bytes and needs some hundred of them for itself.
pub(crate) const MAX_MESSAGE_BYTES: usize = 127_000;
/// The longest id or type of an event that the gate stores, in bytes. A handler gets both in headers, percent-encoded, and
/// web servers accept 8 to 16 KiB of headers.
pub(crate) const MAX_ID_OR_TYPE_BYTES: usize = 1024;
/// The longest id or type that a message repeats from an unsigned header, in characters. Such a header can have any length.
pub(crate) const MAX_UNSIGNED_TEXT_CHARS: usize = 256;
/// The longest text from outside that a log line repeats, in characters.
pub(crate) const MAX_LOG_TEXT_CHARS: usize = 256;
/// The time that R2 has to store, return or delete bodies. Senders wait ten seconds and a little more.
pub(crate) const BUCKET_TIMEOUT: Duration = Duration::from_secs(8);

// The outbox, as the Worker calls it.

/// The time that an object has to answer, all attempts included. Some senders wait no longer than five seconds, and the
/// gate sends to the queue directly if the outbox fails.
pub(crate) const OUTBOX_TIMEOUT: Duration = Duration::from_secs(2);
/// The pauses before the second and the third attempt to call an object.
pub(crate) const OUTBOX_RETRY_PAUSES: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(250)];
/// The time that the queue has to accept an event if the outbox fails.
pub(crate) const DIRECT_SEND_TIMEOUT: Duration = Duration::from_secs(2);

// The outbox, as it sends to the queue.

/// How long an event waits for others before it is sent. An alarm costs as much as storing an event, so several events
/// share one. The consumer of a queue waits longer than this for a batch.
pub(crate) const SEND_DELAY: Duration = Duration::from_millis(100);
/// The time that a request to an object spends on sending when the object's alarm may be stuck. The Worker waits for the
/// answer meanwhile.
pub(crate) const MAX_SEND_DURING_REQUEST: Duration = Duration::from_millis(500);
/// The most messages in one batch. Cloudflare Queues accepts 100.
pub(crate) const MAX_BATCH_MESSAGES: i32 = 100;
/// The most bytes in one batch. Cloudflare Queues accepts 256,000 and needs some of them for itself.
pub(crate) const MAX_BATCH_BYTES: usize = 240_000;
/// The most batches that one alarm sends: the platform limits the work of an invocation, and old rows must be purged too.
pub(crate) const MAX_BATCHES_PER_ALARM: u32 = 50;
/// The time that the queue has to accept a batch. A healthy queue needs milliseconds.
pub(crate) const BATCH_TIMEOUT: Duration = Duration::from_secs(10);
/// The number of times that a row fails, while others of its batch succeed, before it is parked. With the pauses below this
/// takes more than two hours. By then a queue that rejects rows at random has recovered.
pub(crate) const MAX_ROW_FAILURES: u32 = 14;
/// The pause after the first failure of a row. It doubles with each further failure.
pub(crate) const MIN_ROW_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause of a row: the one before its last attempt. A row that waits longer was written before the clock was set
/// back.
pub(crate) const MAX_ROW_PAUSE: Duration = Duration::from_secs(1 << (MAX_ROW_FAILURES - 2));
/// The longest pause of a row that was rejected without others in its batch.
pub(crate) const MAX_LONE_ROW_PAUSE: Duration = Duration::from_mins(1);
/// If the queue rejects this many rows in succession and accepts none, the queue has a problem and not the rows.
pub(crate) const REJECTIONS_THAT_BLAME_QUEUE: usize = 3;
/// The pause after the queue rejected a batch for the first time. It doubles each time.
pub(crate) const MIN_QUEUE_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause after a rejection by the queue, so that a queue that works again is noticed soon.
pub(crate) const MAX_QUEUE_PAUSE: Duration = Duration::from_mins(1);
/// An alarm this late is considered lost and is set again. A Cron Trigger in `wrangler.toml` looks for such objects every
/// five minutes.
pub(crate) const MAX_ALARM_DELAY_MILLIS: u64 = 60_000;

// The outbox, as it forgets.

/// How often an idle object looks for rows to purge.
pub(crate) const IDLE_PURGE_INTERVAL: Duration = Duration::from_hours(1);
/// How often a busy object looks for rows to purge.
pub(crate) const BUSY_PURGE_INTERVAL_MILLIS: u64 = 60_000;
/// The pause between two rounds of purging while old rows remain.
pub(crate) const PURGE_PAUSE: Duration = Duration::from_secs(1);
/// The most rows of each kind that one round purges, so that no alarm takes long.
pub(crate) const MAX_PURGED_ROWS: i64 = 1000;
/// The most history entries of one event: a sender may repeat a delivery as often as it likes.
pub(crate) const MAX_HISTORY_ROWS: i64 = 100;
/// How long a body in R2 waits for its event. An event that the outbox could not store is only on the queue, for up to 14
/// days, and then on the dead-letter queue for up to 14 more.
pub(crate) const BODY_RESERVATION: Duration = Duration::from_hours(31 * 24);
/// The range of the setting `retention_days`.
pub(crate) const MIN_RETENTION_DAYS: u32 = 1;
/// See [`MIN_RETENTION_DAYS`].
pub(crate) const MAX_RETENTION_DAYS: u32 = 30;

// Secrets that senders hand over.

/// How long a secret waits for the operator who set up the webhook.
pub(crate) const HANDED_OVER_SECRETS: Duration = Duration::from_hours(24);
/// The most secrets of one source that wait. Anyone can send more, and each replaces the oldest.
pub(crate) const MAX_HANDED_OVER_SECRETS: i64 = 5;

// The consumer.

/// The time that the handler has to act on an event. It is shorter than [`LEASE`], so that two attempts never overlap.
pub(crate) const HANDLER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long the consumer may act on an event before another invocation may try.
pub(crate) const LEASE: Duration = Duration::from_mins(1);
/// The pause before a message is redelivered for the first time. It doubles with each failure.
pub(crate) const MIN_REDELIVERY_PAUSE: Duration = Duration::from_secs(5);
/// The longest pause before a redelivery that Cloudflare Queues accepts.
pub(crate) const MAX_REDELIVERY_PAUSE: Duration = Duration::from_hours(12);

// The API and the metrics.

/// The number of items on a page of a list, unless the request says otherwise.
pub(crate) const DEFAULT_PAGE_LENGTH: u32 = 50;
/// The most items on a page of a list.
pub(crate) const MAX_PAGE_LENGTH: u32 = 200;
/// How long the gate repeats the outbox's counts, or its failure, before it asks again. Metrics are public, and counting asks
/// every object. It is longer than [`OUTBOX_TIMEOUT`], so a question that lasts longer was cut off.
pub(crate) const MAX_COUNTS_AGE_MILLIS: u64 = 5000;
/// How often a request looks whether the question of another one has been answered.
pub(crate) const COUNTS_POLL_PAUSE: Duration = Duration::from_millis(50);
