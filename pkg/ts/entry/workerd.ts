// The entry for Cloudflare Workers, which do not compile WebAssembly at run time: wrangler deploys the core as a module.

import { provideModule } from "../core.js";
import wasm from "../core.wasm";

provideModule(() => wasm);

export * from "../api.js";
