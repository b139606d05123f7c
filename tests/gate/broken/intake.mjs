// Broken gates: the gate answers a sender wrongly, or before the event is stored. Each is an edit of the sources.

const HANDSHAKE = "worker/src/intake/handshake.rs";
const STORAGE = "worker/src/intake/storage.rs";
const VERIFICATION = "worker/src/intake/verification.rs";
const MESSAGE = "worker/src/message.rs";

const ACCEPT = "match outbox::accept(env, &message, digest).await {";

/** @type {import("./edit.mjs").BrokenGate[]} */
export default [
  {
    name: "the gate answers before the object accepts",
    noticedBy: "gate.test.mjs",
    file: STORAGE,
    find: ACCEPT,
    replace: `match Ok::<_, worker::Error>({
        let (env, message, digest) = (env.clone(), message.clone(), digest.to_owned());
        wasm_bindgen_futures::spawn_local(async move { let _ = outbox::accept(&env, &message, &digest).await; });
        StoreOutcome::New
    }) {`,
  },
  {
    name: "a forged delivery is answered 200",
    noticedBy: "gate.test.mjs",
    file: VERIFICATION,
    find: `Ok(verified) => verified,
        Err(rejection) => return Decision::Answer(reject(received, &rejection, line)),`,
    replace: `Ok(verified) => verified,
        Err(rejection) => {
            let _ = reject(received, &rejection, line);
            return Decision::Answer(source.answer(Outcome::Duplicate, ""));
        }`,
  },
  {
    name: "an event that neither the outbox nor the queue has is answered `accepted`",
    noticedBy: "outbox-faults.test.mjs",
    file: STORAGE,
    find: "event_queue::send(env, message).await.map(|()| StoreOutcome::New)",
    replace:
      "event_queue::send(env, message).await.map(|()| StoreOutcome::New).or(Ok::<_, worker::Error>(StoreOutcome::New))",
  },
  {
    name: "an event is not sent around the outbox that fails",
    noticedBy: "outbox-faults.test.mjs",
    file: STORAGE,
    find: "event_queue::send(env, message).await.map(|()| StoreOutcome::New)",
    replace: "{ let _ = (event_queue::send, message); Err(error) }",
  },
  {
    name: "an event that went around the outbox does not say so",
    noticedBy: "outbox-faults.test.mjs",
    file: STORAGE,
    find: "dedupe: Some(DEDUPE_BY_CONSUMER.into()), ..message",
    replace: "dedupe: Some(DEDUPE_BY_CONSUMER.into()).filter(|_| false), ..message",
  },
  {
    name: "a duplicate is answered `accepted`",
    noticedBy: "gate.test.mjs",
    file: STORAGE,
    find: `line.outcome = "duplicate";
            source.answer(Outcome::Duplicate`,
    replace: `line.outcome = "duplicate";
            source.answer(Outcome::Accepted`,
  },
  {
    name: "a second body under a known id is answered `accepted`",
    noticedBy: "gate.test.mjs",
    file: STORAGE,
    find: `that one".into());
            source.answer(Outcome::Duplicate`,
    replace: `that one".into());
            source.answer(Outcome::Accepted`,
  },
  {
    name: "an event whose body R2 refused is accepted",
    noticedBy: "large.test.mjs",
    file: STORAGE,
    find: `Err(error) => error.to_string(),
        }
    };`,
    replace: `Err(_) if true => return Ok(message.with_body_in_bucket(object, length)),
            Err(error) => error.to_string(),
        }
    };`,
  },
  {
    name: "the outbox does not know of a body before R2 has it",
    noticedBy: "crash.test.mjs",
    file: STORAGE,
    find: "matches!(outbox::reserve_body(env, &key, &object).await, Ok(false))",
    replace: "{ let _ = outbox::reserve_body; false }",
  },
  {
    name: "two sources share their ids",
    noticedBy: "gate.test.mjs",
    file: MESSAGE,
    find: `format!("{} {}", self.source, self.id)`,
    replace: `format!("/in/any {}", self.id)`,
  },
  {
    name: "the type of an unwanted event is not looked at",
    noticedBy: "api.test.mjs",
    file: VERIFICATION,
    find: "if !source.wants_type(event.kind.as_deref()) {",
    replace: "if !source.wants_type(event.kind.as_deref()) && false {",
  },
  {
    name: "deliveries that only announce a change are taken for duplicates",
    noticedBy: "api.test.mjs",
    file: VERIFICATION,
    find: "if source.is_distinct {",
    replace: "if source.is_distinct && false {",
  },
  {
    name: "1 % of the bodies lose their last byte",
    noticedBy: "chaos",
    file: MESSAGE,
    find: "Some(BASE64_STANDARD.encode(body))",
    replace:
      "Some(BASE64_STANDARD.encode(if js_sys::Math::random() < 0.01 { body.split_last().map_or(body, |(_, rest)| rest) } else { body }))",
  },
  {
    name: "ids and types of any length are accepted",
    noticedBy: "api.test.mjs",
    file: STORAGE,
    find: "> MAX_ID_OR_TYPE_BYTES {",
    replace: "> MAX_ID_OR_TYPE_BYTES.saturating_mul(1000) {",
  },
  {
    name: "a handshake is confirmed although the visit failed",
    noticedBy: "handshake.test.mjs",
    file: HANDSHAKE,
    find: `Ok(status) => Err(format!("the visited URL answered {status}")),`,
    replace: "Ok(_) => Ok(()),",
  },
];
