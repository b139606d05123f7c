// The entry without the core, for programs that load `countersign/core.wasm` themselves: pages that stream it, and
// browsers that compile a large module only asynchronously.

import { isOfClass, provideModule } from "../core.js";

export * from "../api.js";

/**
 * Provides the core: a compiled module, the bytes of `countersign/core.wasm`, or a response with them. Call it once,
 * before anything else.
 * @throws {TypeError} as a rejected promise, if it is none of these
 * @throws {WebAssembly.CompileError} as a rejected promise, if the bytes are not a WebAssembly module
 * @example
 * import { init, Verifier } from "countersign/slim";
 *
 * await init(WebAssembly.compileStreaming(request));
 * const verifier = new Verifier("stripe", secret);
 */
export async function init(
  core:
    | WebAssembly.Module
    | BufferSource
    | Response
    | PromiseLike<WebAssembly.Module | BufferSource | Response>,
): Promise<void> {
  const source = await core;
  const given = isOfClass(source, "Response") ? await (source as Response).arrayBuffer() : source;
  const module = isOfClass(given, "WebAssembly.Module")
    ? (given as WebAssembly.Module)
    : await WebAssembly.compile(given as BufferSource);
  provideModule(() => module);
}
