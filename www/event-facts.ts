// Lists the facts of a verified event: type, id, time, key, and values from unsigned headers.

import type { Event } from "countersign";
import { make } from "./dom.js";
import { printDistance, printInstant } from "./time.js";
import type { DeliveryToVerify } from "./verify-delivery.js";

export function eventFacts(
  event: Event,
  checkedAt: Date,
  { scheme, secrets }: DeliveryToVerify,
): HTMLElement {
  const list = make("dl", { className: "facts-list" });
  const add = (name: string, value: Node | string, ...notes: (Node | string)[]) => {
    list.append(make("dt", {}, name), make("dd", {}, value, ...notes));
  };
  const data = (text: string) => make("span", { className: "data" }, text);
  const note = (text: string) => make("small", {}, text);

  add("Type", event.type === undefined ? "not in the signed content" : data(event.type));
  const isDigest = event.id.startsWith("sha256:");
  add(
    "Event id",
    data(event.id),
    ...(isDigest ? [note("Digest of the signed content, because no id is signed.")] : []),
  );
  if (event.signedAt !== undefined) {
    add("Signed at", printInstant(event.signedAt), note(printDistance(event.signedAt, checkedAt)));
  }
  add("Verified by", keyName(event.keyId, secrets.length));
  add("Authenticated", event.authenticated === "content" ? "content and sender" : "sender only");
  const unsigned = [
    ["Delivery id", event.unsigned.id],
    ["Event name", event.unsigned.type],
  ] as const;
  for (const [name, value] of unsigned) {
    if (value !== undefined) {
      const tag = make("span", { className: "tag" }, "unsigned");
      const text = `Not signed by ${scheme.title}: display it, never act on it.`;
      add(name, data(value), tag, note(text));
    }
  }
  return list;
}

function keyName(keyId: string | number, count: number): string {
  if (count === 1) {
    return "the only key";
  }
  return typeof keyId === "string" ? keyId : `key ${keyId + 1} of ${count}`;
}
