// The one instance of the core in this program, started on first use. Each entry of the package knows how its runtime
// loads the WebAssembly module and passes that to `provideModule`.

import { __wbg_reset_state, Exchange, initSync } from "#bindings";
import { setMemory } from "./memory.js";

/** Returns the compiled module, or its bytes, which are few enough to be compiled synchronously. */
export type ModuleSource = () => WebAssembly.Module | BufferSource;

/**
 * A record that was written into the core: the lengths of the whole record and of its body, in bytes. While it is
 * `core.record`, the record is still in the core.
 */
export interface WrittenRecord {
  length: number;
  bodyLength: number;
}

/** The running core. */
export interface Core {
  readonly exchange: Exchange;
  /** Increases when the instance is replaced: objects of earlier instances are gone. */
  readonly generation: number;
  /** The memory that is reserved for records: its address and its length in bytes. */
  room: { readonly address: number; readonly length: number };
  /** The record that is in the core now. */
  record: WrittenRecord;
}

let moduleSource: ModuleSource | undefined;
let running: Core | undefined;

/**
 * Returns whether a value is of a class that the runtime defines, such as `WebAssembly.Module`. The value may come from
 * another realm, which `instanceof` does not recognize: Next.js runs edge functions in a context of their own, and compiles
 * modules outside of it.
 */
export function isOfClass(value: unknown, name: string): boolean {
  return Object.prototype.toString.call(value) === `[object ${name}]`;
}

/** Sets where the WebAssembly module comes from. */
export function provideModule(source: ModuleSource): void {
  moduleSource = source;
}

/** Returns the running core; starts it first if necessary. */
export function core(): Core {
  running ??= start(0);
  return running;
}

/**
 * Calls a function with the running core and returns its result. If the core traps, which no input should cause, its
 * state may be inconsistent, so the next call gets a new instance.
 */
export function withCore<Result>(run: (core: Core) => Result): Result {
  const current = core();
  try {
    return run(current);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
      __wbg_reset_state();
      running = start(current.generation + 1);
    }
    throw error;
  }
}

function start(generation: number): Core {
  if (moduleSource === undefined) {
    throw new Error(
      "countersign/slim has no core yet: call init with the module `countersign/core.wasm` first",
    );
  }
  // The first call compiles the module. After a reset the call returns the exports of the new instance.
  const { memory } = initSync({ module: ofThisRealm(moduleSource()) });
  setMemory(memory);
  return {
    exchange: new Exchange(),
    generation,
    room: { address: 0, length: 0 },
    record: { length: 0, bodyLength: 0 },
  };
}

/** Gives a module of another realm the prototype of this one, because wasm-bindgen recognizes modules by it. */
function ofThisRealm(source: WebAssembly.Module | BufferSource): WebAssembly.Module | BufferSource {
  if (isOfClass(source, "WebAssembly.Module") && !(source instanceof WebAssembly.Module)) {
    Object.setPrototypeOf(source, WebAssembly.Module.prototype);
  }
  return source;
}
