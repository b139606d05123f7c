// Replaces `node:crypto` in the bundle: the two functions that scripts/samples.mjs uses, on top of the browser's `crypto`.

class RandomBytes extends Uint8Array {
  /** In hexadecimal, as a `Buffer` prints it with `toString("hex")`. */
  override toString(): string {
    return [...this].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  readUInt32BE(): number {
    return new DataView(this.buffer).getUint32(0);
  }
}

/** Returns random bytes that print as hexadecimal. */
export function randomBytes(length: number): RandomBytes {
  return crypto.getRandomValues(new RandomBytes(length));
}

/** Returns a random UUID. Browsers provide `crypto.randomUUID` only on HTTPS and localhost. */
export function randomUUID(): string {
  const digits = randomBytes(16).toString();
  const [a, b, c, d] = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(13, 16), "8"];
  return `${a}-${b}-4${c}-${d}${digits.slice(17, 20)}-${digits.slice(20)}`;
}
