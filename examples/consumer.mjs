// Your own consumer of the gate's queue, in place of the gate's consumer and its handler.

import { readMessage } from "countersign/queue";

export default {
  async queue(batch, env) {
    for (const message of batch.messages) {
      // A body that is too long for the queue is in the bucket.
      const { dataref } = message.body;
      const stored = dataref && (await env.BODIES.get(dataref));
      const { event, key } = readMessage(message.body, stored && (await stored.arrayBuffer()));
      // Act once for each key: a queue delivers at least once.
      await env.ORDERS.getByName("orders").apply(key, event.type, event.json());
      message.ack();
    }
  },
};
