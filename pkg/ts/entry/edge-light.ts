// The entry for Vercel's edge runtime, which compiles a module whose import has the query `?module`.

import { provideModule } from "../core.js";
import wasm from "../core.wasm?module";

provideModule(() => wasm);

export * from "../api.js";
