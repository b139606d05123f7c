// Broken gates: the consumer acknowledges what was not acted on, acts again, or tells the handler something wrong. Each is
// an edit of the sources.

const LIB = "worker/src/lib.rs";
const CONSUMER = "worker/src/consumer/mod.rs";
const HANDLER = "worker/src/consumer/handler.rs";
const DEAD_LETTERS = "worker/src/consumer/dead_letters.rs";
const BUCKET = "worker/src/bucket.rs";
const HTTP = "worker/src/platform/http.rs";
const MESSAGE = "worker/src/message.rs";

/** @type {import("./edit.mjs").BrokenGate[]} */
export default [
  {
    name: "redirects of the handler are followed",
    noticedBy: "consumer.test.mjs",
    file: HTTP,
    find: ".with_redirect(RequestRedirect::Manual)",
    replace: ".with_redirect(RequestRedirect::Follow)",
  },
  {
    name: "a redirect of the handler acknowledges the event",
    noticedBy: "consumer.test.mjs",
    file: HANDLER,
    find: "Ok(200..=299) => Ok(()),",
    replace: "Ok(200..=399) => Ok(()),",
  },
  {
    name: "an error of the handler acknowledges the event",
    noticedBy: "consumer.test.mjs",
    file: HANDLER,
    find: `Ok(status) => Err(HandlerError::Failed(format!("the handler answered {status}"))),`,
    replace: "Ok(_) => Ok(()),",
  },
  {
    name: "a handler that does not answer in time acknowledges the event",
    noticedBy: "consumer.test.mjs",
    file: HANDLER,
    find: `Err(HttpError::NoAnswer(timed_out)) => Err(HandlerError::NoAnswer(timed_out.message("the handler"))),`,
    replace: `Err(HttpError::NoAnswer(timed_out)) => { let _ = HandlerError::NoAnswer(timed_out.message("")); Ok(()) }`,
  },
  {
    name: "a handler that hangs up acknowledges the event",
    noticedBy: "consumer.test.mjs",
    file: HANDLER,
    find: `Err(HttpError::Failed(error)) => Err(HandlerError::Failed(format!("the handler failed: {error}"))),`,
    replace: "Err(HttpError::Failed(_)) => Ok(()),",
  },
  {
    name: "the answer of the handler is not read to its end",
    noticedBy: "consumer.test.mjs",
    file: HTTP,
    find: "read_to_end(stream).await?;",
    replace: "let _ = (read_to_end, stream);",
  },
  {
    name: "a message that failed is acknowledged",
    noticedBy: "consumer.test.mjs",
    file: CONSUMER,
    find: "redelivery::retry_after(&raw, pause.unwrap_or_else(|| redelivery::pause_by_age(&raw)));",
    replace: "let _ = (redelivery::retry_after, redelivery::pause_by_age, pause); raw.ack();",
  },
  {
    name: "a message is acknowledged before it is acted on",
    noticedBy: "consumer.test.mjs",
    file: CONSUMER,
    find: "match process(json.as_deref(), env).await {",
    replace: "raw.ack();\n        match process(json.as_deref(), env).await {",
  },
  {
    name: "a message that was acted on is not acknowledged",
    noticedBy: "consumer.test.mjs",
    file: CONSUMER,
    find: "raw.ack();",
    replace: "",
  },
  {
    name: "the consumer does not report that it acted",
    noticedBy: "consumer.test.mjs",
    file: CONSUMER,
    find: "Ok(outbox::mark_done(env, &effect).await?)",
    replace: "{ let _ = outbox::mark_done; Ok(()) }",
  },
  {
    name: "a message is acknowledged although the outbox did not note that it was acted on",
    noticedBy: "outbox-faults.test.mjs",
    file: CONSUMER,
    find: "Ok(outbox::mark_done(env, &effect).await?)",
    replace: "{ let _ = outbox::mark_done(env, &effect).await; Ok(()) }",
  },
  {
    name: "the lease of a handler that may still be acting is released",
    noticedBy: "consumer.test.mjs",
    file: CONSUMER,
    find: "HandlerError::NoAnswer(problem) => problem,",
    replace:
      "HandlerError::NoAnswer(problem) => { let _ = outbox::release_lease(env, &effect).await; problem }",
  },
  {
    name: "a dead letter that the outbox did not store is acknowledged",
    noticedBy: "outbox-faults.test.mjs",
    file: DEAD_LETTERS,
    find: "redelivery::retry_after(&raw, redelivery::pause_by_age(&raw));",
    replace: "let _ = (redelivery::retry_after, redelivery::pause_by_age); raw.ack();",
  },
  {
    name: "5 % of the calls name a wrong type",
    noticedBy: "consumer.test.mjs",
    file: HANDLER,
    find: `("ce-type", Some(&message.kind)),`,
    replace: `("ce-type", Some(if js_sys::Math::random() < 0.05 { &message.id } else { &message.kind })),`,
  },
  {
    name: "5 % of the calls name a wrong source",
    noticedBy: "consumer.test.mjs",
    file: HANDLER,
    find: `("ce-source", Some(&message.source)),`,
    replace: `("ce-source", Some(if js_sys::Math::random() < 0.05 { &message.scheme } else { &message.source })),`,
  },
  {
    name: "each call has an idempotency key of its own",
    noticedBy: "consumer.test.mjs",
    file: HANDLER,
    find: "&percent_encode(&effect.idempotency_key())",
    replace: `&format!("{}{}", percent_encode(&effect.idempotency_key()), js_sys::Math::random())`,
  },
  {
    name: "the consumer takes a replay for the original event",
    noticedBy: "api.test.mjs",
    file: MESSAGE,
    find: "key: self.key(), replay: self.replay,",
    replace: "key: self.key(), replay: 0,",
  },
  {
    name: "the digest of a body from R2 is not compared",
    noticedBy: "large.test.mjs",
    file: BUCKET,
    find: "if sha256_hex(&body) == expected {",
    replace: "if sha256_hex(&body) == expected || true {",
  },
  {
    name: "the lease of a handler that failed is not released",
    noticedBy: "consumer.test.mjs",
    file: CONSUMER,
    find: "let _ = outbox::release_lease(env, &effect).await;",
    replace: "let _ = outbox::release_lease;",
  },
  {
    name: "the consumer acts although the outbox says that it has acted",
    noticedBy: "consumer.test.mjs",
    file: CONSUMER,
    find: "Lease::Done => return Ok(()),",
    replace: "Lease::Done => 1,",
  },
  {
    name: "the consumer acts while another holds the lease",
    noticedBy: "consumer.test.mjs",
    file: CONSUMER,
    find: "return Err(Failure { problem, pause: Some(pause) });",
    replace: `let _ = Failure { problem, pause: Some(pause) };
            1`,
  },
  {
    name: "messages are acknowledged while a setting is wrong",
    noticedBy: "configuration.test.mjs",
    file: LIB,
    find: "batch.raw_iter().for_each(|raw| redelivery::retry_after(&raw, redelivery::pause_by_age(&raw)));",
    replace: "let _ = (redelivery::retry_after, redelivery::pause_by_age);",
  },
  {
    name: "an endless answer of the handler is read on and on",
    noticedBy: "consumer.test.mjs",
    file: HTTP,
    find: "while read <= MAX_ANSWER_BYTES {",
    replace: "while read <= MAX_ANSWER_BYTES || true {",
  },
];
