// A sender in the caller's own words: the vocabulary of the core's `src/scheme`, as data.

/** A JSON pointer (RFC 6901), like `/data/id`. */
export type Pointer = string;

/** A header in lower case: its name, or one for each family of a white-label sender. */
export type HeaderNames = string | readonly string[];

/** How a tag is made. */
export type Algorithm =
  | "hmac-sha256"
  | "hmac-sha1"
  | "hmac-sha512"
  | "sha256"
  | "sha1"
  | "ed25519"
  | "ecdsa-p256"
  | "rsa-sha256"
  | "rsa-sha1";

/** How a tag is written. */
export type Encoding = "hex" | "base64" | "base64url" | "base64-der";

/** A piece of the signed content. */
export type ContentPart =
  | "id"
  | "timestamp"
  | "body"
  | "method"
  | "sorted-form"
  | "secret"
  | { readonly text: string }
  | { readonly url: "exact" | "any-port" | "partly-decoded" }
  | { readonly member: Pointer }
  | { readonly members: readonly string[] };

/** One kind of tag that the signature may hold. */
export interface TagDescription {
  /** What stands before it: a prefix, or the label of its item. */
  readonly label?: string;
  readonly algorithm: Algorithm;
  readonly encoding: Encoding;
}

/** A tag over the signed content. */
export interface SignatureDescription {
  /** Where the tags stand. */
  readonly place:
    | { readonly header: HeaderNames }
    | { readonly anyHeader: readonly string[] }
    | { readonly body: Pointer };
  /** How the text there is laid out; a label and the tag where it is left out. */
  readonly form?:
    | "whole"
    | { readonly items: { readonly between: string; readonly within: string } }
    | { readonly list: { readonly between: string } };
  readonly tags: readonly TagDescription[];
  /** What is signed, in order. */
  readonly content: readonly ContentPart[];
  /** Where the signed time is, where one is signed. */
  readonly timestamp?: {
    readonly place:
      | "first"
      | { readonly header: HeaderNames }
      | { readonly item: string }
      | { readonly body: Pointer };
    readonly unit: "seconds" | "milliseconds" | "rfc3339";
  };
}

/** A JSON Web Token beside the body. */
export interface TokenDescription {
  readonly header: HeaderNames;
  readonly algorithms: readonly ("hmac-sha256" | "rsa-sha256" | "ecdsa-p256" | "ed25519")[];
  /** When it is good: until `exp`, at most so many seconds ahead; while `iat` is in the window; or always. */
  readonly validity: "issued-at" | "unlimited" | { readonly expiry: number };
  /** The claim that holds the body's SHA-256, where the token binds the body. */
  readonly body?: { readonly claim: Pointer; readonly encoding: Encoding };
  /** The claim that holds the event's type. */
  readonly type?: Pointer;
  /** Claims that the body must repeat wherever it has the field. */
  readonly agreement?: readonly { readonly claim: Pointer; readonly body: Pointer }[];
  /** The claims that `Signer` writes, in pieces. */
  readonly claims?: readonly (
    | "expiry"
    | "issued-at"
    | "body-digest"
    | { readonly json: string }
    | { readonly fromBody: Pointer }
  )[];
}

/**
 * A question by which the sender makes sure that somebody listens, and what it wants to hear. A place is a JSON pointer
 * into the body of a signed delivery, or the name of a parameter in the query of a request that nobody signed.
 *
 * The answer is the token as plain text; 204 where there is no token; or what `json` or `visit` says.
 */
export interface HandshakeDescription {
  /** What tells it from a delivery: places and the text at each; `null`, where nothing may be there. */
  readonly when?: Readonly<Record<string, string | null>>;
  /** The parameter that must equal the receiver's verify token. */
  readonly verifyToken?: string;
  /** The place of the text that is to be answered. */
  readonly token?: string;
  /** The answer as JSON, in which `$token` stands for the token and `$tag` for the tag over it. */
  readonly json?: string;
  /** What the URL that the token is must be like, to be visited. */
  readonly visit?: readonly UrlPattern[];
}

/**
 * A URL with `*` in some places: in the host for a label that begins with two letters, in the path for letters, digits,
 * `-` and `_`, at the end of the query for anything. The rest is compared exactly.
 */
export type UrlPattern = string;

interface CommonDescription {
  /** The name that events carry as their source: lower-case letters, digits and hyphens. */
  readonly name: string;
  readonly title?: string;
  /** The page that the description was made from. */
  readonly docs?: string;
  readonly confirmed?: "vector" | "oracle" | "documented";
  /** How the text of a secret becomes a key. */
  readonly key:
    | "text"
    | "standard"
    | "standard-or-text"
    | "hex"
    | "base64"
    | "public"
    | "public-or-text";
  /** The window for the signed time in seconds; 300 either way where it is left out. */
  readonly tolerance?: number | { readonly past: number; readonly future: number };
  readonly payload?: "json" | "form" | "json-or-form";
  /**
   * Where the event's id comes from: always from something signed. `notice` is `digest`, of a sender whose bodies say the
   * same again the next time that something happens: what has the same id may be another event.
   */
  readonly id:
    | "digest"
    | "notice"
    | { readonly header: HeaderNames }
    | { readonly body: Pointer }
    | { readonly bodyOrDigest: Pointer };
  /** Where the event's type is in the body; the first pointer that leads to a text counts. */
  readonly type?: readonly Pointer[];
  /** Headers that nobody signed but people like to see. */
  readonly unsigned?: { readonly id?: string; readonly type?: string };
  /** The questions by which the sender makes sure that somebody listens. */
  readonly handshakes?: readonly HandshakeDescription[];
  /** Where a delivery names the address of its key, for `fetchKeys`: a member of the body, and what it must be like. */
  readonly keyUrl?: { readonly at: Pointer; readonly like: readonly UrlPattern[] };
}

/**
 * A sender that is not among `schemes`, described. It is checked when a verifier or signer is made with it: one that
 * would let through what nobody signed is refused, with the field that is wrong.
 */
export type SchemeDescription = CommonDescription &
  (
    | { readonly signature: SignatureDescription }
    | { readonly token: TokenDescription }
    | {
        readonly sharedToken:
          | "basic"
          | { readonly header: HeaderNames }
          | { readonly body: Pointer };
      }
  );
