// The handler: a Worker that the gate calls once for each event. It is bound to the gate as HANDLER.

export default {
  async fetch(request, env) {
    const { headers } = request;
    const key = headers.get("idempotency-key");
    const type = decodeURIComponent(headers.get("ce-type"));
    const body = await request.text();
    // The key goes into the same transaction as the work, so that a redelivered event does nothing.
    const isNew = await env.ORDERS.apply(key, type, JSON.parse(body));
    // Only a 2xx acknowledges the event. After any other status the gate tries again later.
    return new Response(isNew ? "done" : "done before", { status: 200 });
  },
};
