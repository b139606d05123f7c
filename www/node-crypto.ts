// What the samples use of `node:crypto`, made from what every browser has.

class RandomBytes extends Uint8Array {
  override toString(): string {
    return [...this].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  readUInt32BE(): number {
    return new DataView(this.buffer).getUint32(0);
  }
}

/** Random bytes that print as hexadecimal. */
export function randomBytes(length: number): RandomBytes {
  return crypto.getRandomValues(new RandomBytes(length));
}

/** `crypto.randomUUID` exists only where the page came by HTTPS or from this machine. */
export function randomUUID(): string {
  const digits = randomBytes(16).toString();
  const [a, b, c, d] = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(13, 16), "8"];
  return `${a}-${b}-4${c}-${d}${digits.slice(17, 20)}-${digits.slice(20)}`;
}
