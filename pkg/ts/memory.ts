// The memory of the running core, as views that stay valid when the memory grows. This file imports nothing, so that
// both the core and the host functions that the core calls can use it.

/** All of the core's memory, as bytes and as numbers. */
export interface Views {
  readonly bytes: Uint8Array;
  readonly numbers: DataView;
}

let memory: WebAssembly.Memory;
let current: Views;

/** Sets the memory of the core that was just started. */
export function setMemory(started: WebAssembly.Memory): void {
  memory = started;
  current = viewsOf(started);
}

/** Returns views of the whole memory. They are valid until the core runs again. */
export function views(): Views {
  // A memory that grows detaches its buffer, which leaves the old views empty. This check is cheaper than comparing
  // `memory.buffer`.
  if (current.bytes.length === 0) {
    current = viewsOf(memory);
  }
  return current;
}

function viewsOf({ buffer }: WebAssembly.Memory): Views {
  return { bytes: new Uint8Array(buffer), numbers: new DataView(buffer) };
}
