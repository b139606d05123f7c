// Types of the imports that build.mjs resolves.

declare module "#samples" {
  /** A delivery before it is signed. */
  export interface Sample {
    readonly body: string;
    /** The message id, for schemes that sign one in a header. */
    readonly id?: string;
    /** Headers that the sender adds but does not sign. */
    readonly headers?: Readonly<Record<string, string>>;
  }

  /** Functions that return a realistic body with new ids at each call, by scheme. */
  export const samples: Readonly<Record<string, () => Sample>>;
}

declare module "#recorded-samples" {
  /** A delivery from the test vectors. */
  interface RecordedSample {
    readonly body: string;
    /** For schemes that sign the URL. */
    readonly url?: string;
    /** All headers if the sender has a private key, otherwise the headers that it does not sign. */
    readonly headers: Readonly<Record<string, string>>;
    /** The timestamp as it occurs in the body, for schemes that sign one there. */
    readonly time?: { readonly text: string; readonly unit: "seconds" | "milliseconds" };
    /** The user name, for HTTP Basic authentication. */
    readonly user?: string;
    /** For senders with a private key: the keys that verify this delivery, and when, in seconds since 1970. */
    readonly publicKeys?: { readonly keys: readonly string[]; readonly now?: number };
  }

  /** By scheme. */
  const recordedSamples: Readonly<Record<string, RecordedSample>>;
  export default recordedSamples;
}
