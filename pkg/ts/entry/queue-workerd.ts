// `countersign/queue` for Cloudflare Workers.

export { type Message, type Received, readMessage } from "./workerd.js";
