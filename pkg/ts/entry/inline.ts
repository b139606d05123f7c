// The entry for Node, Deno, Bun and browsers. The core is part of the JavaScript, as base64 that is decoded on first use.

import base64 from "#core.wasm";
import { provideModule } from "../core.js";

provideModule(() => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));

export * from "../api.js";
