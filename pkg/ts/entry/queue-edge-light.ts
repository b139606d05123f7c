// `countersign/queue` for Vercel's edge runtime.

export { type Message, type Received, readMessage } from "./edge-light.js";
