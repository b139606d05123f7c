// For Vercel's edge runtime, which marks the import of a compiled module with a query.

import { provide } from "../core.js";
import wasm from "../core.wasm?module";

provide(() => wasm);

export * from "../api.js";
