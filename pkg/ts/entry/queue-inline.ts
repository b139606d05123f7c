// `countersign/queue` for Node, Deno, Bun and browsers.

export { type Message, type Received, readMessage } from "./inline.js";
