// Without the core, for programs that load `countersign/core.wasm` themselves: old browsers that compile large
// modules only asynchronously, and pages that want to stream it.

import { provide } from "../core.js";

export * from "../api.js";

/**
 * Hands over the core: a compiled module, the bytes of `countersign/core.wasm`, or a response that delivers them.
 * @throws {TypeError} if it is none of these
 */
export async function init(
  core:
    | WebAssembly.Module
    | BufferSource
    | Response
    | PromiseLike<WebAssembly.Module | BufferSource | Response>,
): Promise<void> {
  const given = await core;
  const module =
    given instanceof WebAssembly.Module
      ? given
      : await WebAssembly.compile(given instanceof Response ? await given.arrayBuffer() : given);
  provide(() => module);
}
