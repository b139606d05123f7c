// For Cloudflare Workers, which compile wasm only when they are deployed: the core is a module import.

import { provide } from "../core.js";
import wasm from "../core.wasm";

provide(() => wasm);

export * from "../api.js";
