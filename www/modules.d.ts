// Imports that build.mjs resolves.

declare module "#samples" {
  /** What a sender would post. */
  export interface Sample {
    readonly body: string;
    /** The message id, for schemes that sign one in a header. */
    readonly id?: string;
    /** What the sender adds unsigned. */
    readonly headers?: Readonly<Record<string, string>>;
  }

  /** A realistic body per scheme, every time with a new identity. */
  export const samples: Readonly<Record<string, () => Sample>>;
}

declare module "#recorded" {
  /** A delivery that the core is tested with. */
  interface Recorded {
    readonly body: string;
    /** For schemes that sign it. */
    readonly url?: string;
    /** What the sender adds unsigned; with `proof` all of its headers. */
    readonly headers: Readonly<Record<string, string>>;
    /** Where the time in the body is signed: its text there. */
    readonly time?: { readonly text: string; readonly unit: "seconds" | "milliseconds" };
    /** The name before the password, for HTTP Basic authentication. */
    readonly user?: string;
    /** Where the sender has a private key: what to check this delivery with, and when, in seconds since 1970. */
    readonly proof?: { readonly keys: readonly string[]; readonly now?: number };
  }

  const recorded: Readonly<Record<string, Recorded>>;
  export default recorded;
}
