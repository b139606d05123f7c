// The judgement. In: the ledger, and what the gate's API lists at the end. Out: rows, each with how often a promise was
// broken and how often it could have been.
//
// The gate promises to act at least once, so a second call or a second copy on the queue is not a fault by itself. It must be
// explained: the answer before it was lost, or the process was killed or paused within a second.

import { hasActed, isAcknowledged } from "./ledger.mjs";

/** @typedef {import("./ledger.mjs").Story} Story */
/** @typedef {import("./ledger.mjs").Ledger} Ledger */
/** @typedef {{ name: string, found: unknown[], chances: number }} Row */
/** @typedef {{ id: string, source: string, event_type: string, status: string }} Listed */

/** A kill explains what follows from an answer that arrived at most this long before it. */
const KILL_WINDOW_MS = 1000;

/**
 * @param {Ledger} ledger
 * @param {{ events: Listed[], letters: unknown[] }} listed by the API at the end
 * @returns {Row[]}
 */
export function judge(ledger, listed) {
  const stories = [...ledger.stories.values()];
  const authentic = stories.filter(({ event }) => !event.isForged);
  const acknowledged = authentic.filter(isAcknowledged);
  const calls = stories.flatMap((story) => story.calls.map((call) => ({ story, call })));
  const offers = stories.flatMap((story) => story.offers.map((offer) => ({ story, offer })));
  const answered = offers.filter(({ offer }) => offer.status !== undefined);
  const forged = answered.filter(({ offer }) => offer.isForged);
  const byKey = new Map(listed.events.map((one) => [`${one.source} ${one.id}`, one]));
  const secondCalls = authentic.map((story) => judgeCalls(story, ledger));
  const copies = authentic.map((story) => judgeCopies(story, ledger));
  const repeats = authentic.map(judgeRepeats);
  const sum = (list, name) => list.reduce((total, one) => total + one[name], 0);
  return [
    {
      name: "lost",
      found: acknowledged.filter((story) => !hasActed(story)),
      chances: acknowledged.length,
    },
    {
      name: "forged",
      found: [
        ...forged.filter(({ offer }) => offer.status !== 401),
        ...stories.filter(
          ({ event, stored, calls }) => event.isForged && stored.length + calls.length > 0,
        ),
        ...ledger.strangers,
      ],
      chances: forged.length,
    },
    {
      name: "rejected though authentic",
      found: answered.filter(
        ({ offer }) => !offer.isForged && offer.status < 500 && offer.status !== 200,
      ),
      chances: answered.length - forged.length,
    },
    {
      name: "changed bodies",
      found: calls.filter(({ story, call }) => hasWrongBody(story, call)),
      chances: calls.length,
    },
    {
      name: "wrong source, type, id or time",
      found: calls.filter(({ call }) => call.wrong.length > 0),
      chances: calls.length,
    },
    {
      name: "accepted twice",
      found: authentic.filter((_, index) => repeats[index].isAcceptedTwice),
      chances: sum(repeats, "chances"),
    },
    {
      name: "unexplained second calls",
      found: authentic.filter((_, index) => secondCalls[index].isUnexplained),
      chances: sum(secondCalls, "chances"),
    },
    {
      name: "two calls at the same time",
      found: authentic.filter((story) => haveOverlap(story)),
      chances: authentic.flatMap(({ handed }) => handed.filter((one) => one.isConcurrent)).length,
    },
    {
      name: "unexplained copies on the queue",
      found: authentic.filter((_, index) => copies[index].isUnexplained),
      chances: sum(copies, "chances"),
    },
    {
      name: "redirects followed",
      found: Array.from({ length: ledger.redirects.followed }),
      chances: ledger.redirects.answered,
    },
    {
      name: "left behind",
      found: [...listed.events.filter(({ status }) => status !== "acted"), ...listed.letters],
      chances: listed.events.length,
    },
    {
      name: "not in the API, or wrong there",
      found: acknowledged.filter(({ event }) => byKey.get(event.key)?.event_type !== event.type),
      chances: acknowledged.length,
    },
  ];
}

/**
 * Counts what is not a fault, but shows what the run was like.
 * @param {Ledger} ledger
 */
export function count(ledger) {
  const stories = [...ledger.stories.values()];
  const total = (/** @type {(story: Story) => number} */ of) =>
    stories.reduce((sum, story) => sum + of(story), 0);
  return {
    "deliveries, with those that were not answered": total(({ offers }) => offers.length),
    "events acted on": total((story) => Number(hasActed(story))),
    "further calls, explained": total((story) =>
      hasActed(story) ? story.calls.filter(({ isComplete }) => isComplete).length - 1 : 0,
    ),
    "further copies on the queue, explained": total(({ stored }) => Math.max(0, stored.length - 1)),
    "events with a second body": total(({ offers }) =>
      Number(offers.some(({ variant }) => variant === "other")),
    ),
    "messages that bypassed the outbox": total(
      ({ stored }) => stored.filter(({ hasBypassed }) => hasBypassed).length,
    ),
    "accepted again while the outbox failed": total((story) =>
      Number(countAccepted(story) > 1 && hasBypassed(story)),
    ),
    "dead letters stored": total(({ letters }) => letters),
  };
}

/** Whether an event was accepted twice, and how many of its deliveries might have been accepted a second time. */
function judgeRepeats(/** @type {Story} */ story) {
  const answered = story.offers.filter(({ isForged, status }) => !isForged && status === 200);
  return {
    // While the outbox fails, the gate cannot know what it accepted before, and the consumer detects the duplicate.
    isAcceptedTwice: countAccepted(story) > 1 && !hasBypassed(story),
    chances: Math.max(0, answered.length - 1),
  };
}

const countAccepted = (/** @type {Story} */ { offers }) =>
  offers.filter(({ outcome }) => outcome === "accepted").length;

const hasBypassed = (/** @type {Story} */ { stored }) => stored.some((one) => one.hasBypassed);

/** The body that counts is the first. If one of two bypassed the outbox, it is the first that the consumer gets. */
function hasWrongBody(/** @type {Story} */ story, /** @type {import("./ledger.mjs").Call} */ call) {
  if (call.variant === "other") return !hasBypassed(story);
  return call.variant === undefined;
}

/**
 * Whether the handler was called again after it had acted, without a reason, and how often the consumer had the opportunity.
 * @param {Story} story
 * @param {Ledger} ledger
 */
function judgeCalls({ calls, handed }, ledger) {
  // After this call, the gate has had every opportunity to note that the handler has acted.
  const settled = calls.find(
    ({ at, until, isComplete }) => isComplete && !ledger.wasDisrupted(at, until + KILL_WINDOW_MS),
  );
  if (settled === undefined) return { isUnexplained: false, chances: 0 };
  const isAfter = (/** @type {{ at: number }} */ { at }) => at > settled.until;
  return { isUnexplained: calls.some(isAfter), chances: handed.filter(isAfter).length };
}

/** Whether a call began while another one was open. @param {Story} story */
function haveOverlap({ calls }) {
  const inOrder = [...calls].sort((one, other) => one.at - other.at);
  return inOrder.some(({ at }, index) => inOrder.slice(0, index).some(({ until }) => until > at));
}

/**
 * Whether the queue got an event more often than can be explained.
 * @param {Story} story
 * @param {Ledger} ledger
 */
function judgeCopies({ stored, letters }, ledger) {
  const settled = stored.filter(
    ({ at, isAnswered, hasBypassed }) =>
      isAnswered && !hasBypassed && !ledger.wasDisrupted(at, at + KILL_WINDOW_MS),
  );
  return { isUnexplained: settled.length > 1 + letters, chances: settled.length };
}
