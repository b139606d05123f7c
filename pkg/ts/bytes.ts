// Binary values as callers pass them go in; plain `Uint8Array`s come out, whose length is the number of bytes they hold.
//
// An array can report another length than it has, if its class or the object itself overrides a property, and memory that is
// shared or resizable can change while it is read. So this file reads lengths with the runtime's own getters, which it takes
// when it is loaded, and copies memory that can change its size.

const { apply } = Reflect;

/** A property's getter as a function. It throws a TypeError for an object of another type, also for a proxy of the right one. */
function getterOf<Value>(prototype: object, name: PropertyKey): (object: unknown) => Value {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get as () => Value;
  return (object) => apply(get, object, []);
}

const typedArray = Object.getPrototypeOf(Uint8Array.prototype);
/** The name of a typed array's type; `undefined` for all other values. */
const typeOf = getterOf<string | undefined>(typedArray, Symbol.toStringTag);
const ofTypedArray = {
  buffer: getterOf<ArrayBufferLike>(typedArray, "buffer"),
  offset: getterOf<number>(typedArray, "byteOffset"),
  length: getterOf<number>(typedArray, "byteLength"),
};
const ofDataView = {
  buffer: getterOf<ArrayBufferLike>(DataView.prototype, "buffer"),
  offset: getterOf<number>(DataView.prototype, "byteOffset"),
  length: getterOf<number>(DataView.prototype, "byteLength"),
};
const valuesOf = typedArray.values as () => unknown;
const lengthOfBuffer = getterOf<number>(ArrayBuffer.prototype, "byteLength");
/** Older runtimes have no resizable buffers. */
const isResizable =
  "resizable" in ArrayBuffer.prototype
    ? getterOf<boolean>(ArrayBuffer.prototype, "resizable")
    : () => false;

/**
 * Whether this is a Uint8Array, of this realm or another.
 * @internal
 */
export function isBytes(value: unknown): value is Uint8Array {
  return typeOf(value) === "Uint8Array";
}

/**
 * Returns the bytes of a view or an ArrayBuffer, of this realm or another; `undefined` for other values. They are not copied,
 * unless the memory is shared or resizable.
 * @throws {TypeError} if the memory was transferred, or no longer has all of the bytes
 * @internal
 */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) {
    const { buffer, offset, length } = typeOf(value) === undefined ? ofDataView : ofTypedArray;
    const bytes = new Uint8Array(buffer(value), offset(value), length(value));
    if (bytes.length === 0 && typeOf(value) !== undefined) {
      // Throws if the array has no bytes because its buffer has shrunk.
      apply(valuesOf, value, []);
    }
    return fixed(bytes);
  }
  return isArrayBuffer(value) ? fixed(new Uint8Array(value, 0, lengthOfBuffer(value))) : undefined;
}

/**
 * Returns a copy of some bytes.
 * @internal
 */
export function copyOf(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy;
}

/** These bytes, or a copy if other code can change their number, or change them while they are read. */
function fixed(bytes: Uint8Array): Uint8Array {
  const { buffer } = bytes;
  return isArrayBuffer(buffer) && !isResizable(buffer) ? bytes : copyOf(bytes);
}

/** Whether this is an ArrayBuffer of any realm. A SharedArrayBuffer is not one. */
function isArrayBuffer(value: unknown): value is ArrayBuffer {
  try {
    lengthOfBuffer(value);
    return true;
  } catch {
    return false;
  }
}
