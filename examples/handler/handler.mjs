// The handler: a Worker that the gate calls with each event. It acts once for each key, which it stores in the same
// transaction as its work, and answers 200.

import { DurableObject } from "cloudflare:workers";

export default {
  async fetch(request, env) {
    const { headers } = request;
    const key = headers.get("idempotency-key");
    const type = decodeURIComponent(headers.get("ce-type"));
    const isNew = await env.ORDERS.getByName("orders").apply(key, type, await request.json());
    console.log(`${type} ${key}: ${isNew ? "done" : "done before"}`);
    // Only a 2xx acknowledges the event. After any other status the gate tries again later.
    return new Response(isNew ? "done" : "done before", { status: 200 });
  },
};

export class Orders extends DurableObject {
  constructor(context, env) {
    super(context, env);
    this.sql = context.storage.sql;
    this.sql.exec("CREATE TABLE IF NOT EXISTS keys (key TEXT PRIMARY KEY)");
    this.sql.exec("CREATE TABLE IF NOT EXISTS events (type TEXT, body TEXT)");
  }

  /** Acts on an event, unless its key is known. Nothing is awaited, so both rows are one transaction. */
  apply(key, type, event) {
    const isNew = this.sql.exec("INSERT OR IGNORE INTO keys VALUES (?)", key).rowsWritten > 0;
    // The work of a real handler goes here.
    if (isNew) this.sql.exec("INSERT INTO events VALUES (?, ?)", type, JSON.stringify(event));
    return isNew;
  }
}
