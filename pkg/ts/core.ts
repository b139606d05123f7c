// The one instance of the core in this program, started when it is first needed. Each entry of the package knows how
// to get at the module in its runtime and says so with `provide`.

import { __wbg_reset_state, Exchange, initSync } from "#bindings";

/** Where the module comes from: compiled already, or its bytes, which are few enough to be compiled at once. */
export type ModuleSource = () => WebAssembly.Module | BufferSource;

/** A record that was put into the core: its length and that of its body, in bytes. Whether it is still there, identity tells. */
export interface Sent {
  length: number;
  bodyLength: number;
}

/** The running core. */
export interface Core {
  readonly exchange: Exchange;
  readonly memory: WebAssembly.Memory;
  /** Goes up when the instance is replaced: what was made in an earlier one is gone. */
  readonly generation: number;
  /** Where there is room for a record, and for how many bytes. */
  room: { readonly address: number; readonly length: number };
  /** The record that is there now. */
  sent: Sent;
  /** All of its memory, as long as it has not grown. */
  views: { readonly bytes: Uint8Array; readonly numbers: DataView };
}

let source: ModuleSource | undefined;
let running: Core | undefined;

/** Says where the core comes from. */
export function provide(moduleSource: ModuleSource): void {
  source = moduleSource;
}

/** The core, started if need be. */
export function core(): Core {
  running ??= start(0);
  return running;
}

/**
 * Runs something in the core. Should it trap, which no input ought to bring about, the instance may be left in the
 * middle of things: it is thrown away, and the next call gets a fresh one.
 */
export function guarded<Result>(run: (core: Core) => Result): Result {
  const { generation } = core();
  try {
    return run(core());
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
      __wbg_reset_state();
      running = start(generation + 1);
    }
    throw error;
  }
}

function start(generation: number): Core {
  if (source === undefined) {
    throw new Error(
      "countersign/slim has no core yet: call init with the module `countersign/core.wasm` first",
    );
  }
  // Compiles the first time; after a reset it hands out the exports of the new instance.
  const { memory } = initSync({ module: source() });
  return {
    exchange: new Exchange(),
    memory,
    generation,
    room: { address: 0, length: 0 },
    sent: { length: 0, bodyLength: 0 },
    views: viewsOf(memory),
  };
}

/** All of its memory. */
export function views(core: Core): Core["views"] {
  // Memory that has grown has left its views without a byte. Asking it for its buffer would take longer.
  if (core.views.bytes.length === 0) {
    core.views = viewsOf(core.memory);
  }
  return core.views;
}

function viewsOf({ buffer }: WebAssembly.Memory): Core["views"] {
  return { bytes: new Uint8Array(buffer), numbers: new DataView(buffer) };
}
