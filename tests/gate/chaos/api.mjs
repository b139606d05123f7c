// The operator: asks the gate's API what is left, and has dead letters sent again.

import { API_KEY } from "./plan.mjs";

/** What an event is until the handler has acted on it. */
const UNFINISHED = ["pending", "queued", "parked", "dead"];

export class Api {
  /** @param {string} url the gate */
  constructor(url) {
    this.url = url;
  }

  /** @param {string} path @param {string} [method] */
  async ask(path, method = "GET") {
    const headers = { "x-api-key": API_KEY };
    const response = await fetch(`${this.url}/api/v1/${path}`, { method, headers });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
    return JSON.parse(answer);
  }

  /** Sends the dead letters to the queue again. */
  async redrive() {
    await this.ask("dead-letters/redrive", "POST");
  }

  /** Whether an event or a dead letter waits for anything. */
  async isAnyLeft() {
    const paths = [
      ...UNFINISHED.map((status) => `events?status=${status}&limit=1`),
      "dead-letters",
    ];
    const lists = await Promise.all(paths.map((path) => this.ask(path)));
    return lists.some(({ data }) => data.length > 0);
  }

  /** Everything on a list, from its first page to its last. @param {string} path */
  async list(path) {
    const items = [];
    let cursor = "";
    do {
      const page = await this.ask(`${path}?limit=200${cursor}`);
      items.push(...page.data);
      cursor = page.next_cursor ? `&cursor=${encodeURIComponent(page.next_cursor)}` : "";
    } while (cursor !== "");
    return items;
  }
}
