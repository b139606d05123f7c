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
