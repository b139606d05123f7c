// The types of a scheme as data: how a sender signs, in the vocabulary of the core's `src/scheme`.

/** A JSON pointer (RFC 6901), such as `/data/id`. */
export type Pointer = string;

/** A header's name in lower case, or one name for each header family of a white-label sender. */
export type HeaderNames = string | readonly string[];

/** The algorithm of a signature. */
export type Algorithm =
  | "hmac-sha256"
  | "hmac-sha1"
  | "hmac-sha384"
  | "hmac-sha512"
  | "sha256"
  | "sha1"
  | "ed25519"
  | "ecdsa-p256"
  | "rsa-sha256"
  | "rsa-sha384"
  | "rsa-sha512"
  | "rsa-sha1";

/** The encoding of a signature as text. */
export type Encoding = "hex" | "base64" | "base64url" | "base64-der";

/**
 * A part of the signed content. A `member` of the body is rejected if it contains the text that separates it from the
 * next one; one `freeMember` may contain anything.
 * `payload` is the JSON that the body holds, if its format wraps it: in the field of a form,
 * or compressed.
 */
export type ContentPart =
  | "id"
  | "timestamp"
  | "body"
  | "payload"
  | "method"
  | "sorted-form"
  | "secret"
  | { readonly text: string }
  | { readonly url: "exact" | "any-port" | "partly-decoded" }
  | { readonly member: Pointer }
  | { readonly freeMember: Pointer }
  | { readonly members: readonly string[] };

/** One kind of signature value that the header or body may hold. */
export interface TagDescription {
  /** The text before the value: a prefix, or the label of its item. */
  readonly label?: string;
  readonly algorithm: Algorithm;
  readonly encoding: Encoding;
}

/** A signature over content. */
export interface SignatureDescription {
  /** The place of the signature values. */
  readonly place:
    | { readonly header: HeaderNames }
    | { readonly anyHeader: readonly string[] }
    /** A header that the sender sends once for each of its keys. */
    | { readonly repeatedHeader: HeaderNames }
    /** Headers that the sender numbers, one for each of its keys: `x-signature-*` is `x-signature-1` and so on, up to 100. */
    | { readonly numberedHeader: HeaderNames }
    /** A member of the body, or any of several. */
    | { readonly body: Pointer | readonly Pointer[] };
  /** How the text in that place is split into values. By default it is a label and one value. */
  readonly form?:
    | "whole"
    | { readonly items: { readonly between: string; readonly within: string } }
    | { readonly list: { readonly between: string } };
  readonly tags: readonly TagDescription[];
  /** The signed content: these parts, one after the other. */
  readonly content: readonly ContentPart[];
  /** The place of the signed timestamp, if there is one. */
  readonly timestamp?: {
    readonly place:
      | "first"
      | { readonly header: HeaderNames }
      | { readonly item: string }
      | { readonly body: Pointer };
    readonly unit: "seconds" | "milliseconds" | "rfc3339";
  };
}

/** A JSON Web Token in a header. */
export interface TokenDescription {
  readonly header: HeaderNames;
  readonly algorithms: readonly (
    | "hmac-sha256"
    | "hmac-sha384"
    | "hmac-sha512"
    | "rsa-sha256"
    | "rsa-sha384"
    | "rsa-sha512"
    | "ecdsa-p256"
    | "ed25519"
  )[];
  /**
   * The time in which the token is valid: until `exp`, which is at most `expiry` seconds ahead; while `iat` is within the tolerance;
   * or always.
   */
  readonly validity: "issued-at" | "unlimited" | { readonly expiry: number };
  /** The claim that holds the SHA-256 of the body, if the token binds the body. */
  readonly body?: { readonly claim: Pointer; readonly encoding: Encoding };
  /** The claim that holds the event's type. */
  readonly type?: Pointer;
  /** Claims that a field of the body must equal if the body has that field. */
  readonly agreement?: readonly { readonly claim: Pointer; readonly body: Pointer }[];
  /** The claims that `Signer` writes, as parts of the JSON text. */
  readonly claims?: readonly (
    | "expiry"
    | "issued-at"
    | "body-digest"
    | { readonly json: string }
    | { readonly fromBody: Pointer }
  )[];
}

/**
 * A request by which the sender checks that an address accepts its deliveries, and the answer that it expects.
 *
 * A place is written as text: `/challenge` is a JSON pointer into the body, `challenge` is a query parameter,
 * `header:x-challenge` is a header, and `form:challenge` is a field of a body that is a form.
 *
 * The answer is the challenge as plain text, 204 without a challenge, or as `json`, `headers` or `visit` says.
 */
export interface HandshakeDescription {
  /** The method of the request, such as `OPTIONS`. By default it may have any. */
  readonly method?: string;
  /** How a handshake differs from a delivery: places with the text at each, or `null` if nothing may be there. */
  readonly when?: Readonly<Record<string, string | null>>;
  /**
   * The proof that the request is the sender's: `signed` like a delivery; signed with a `testKey` that the sender
   * publishes; or `unsigned`. The challenge of a handshake for `set-up` is the key of later deliveries. The default is
   * `signed` if it reads the body, and else `unsigned`.
   */
  readonly proof?: "signed" | "unsigned" | "set-up" | { readonly testKey: string };
  /** The place that must hold the receiver's verify token. */
  readonly verifyToken?: string;
  /** The place of the challenge. */
  readonly token?: string;
  /** The answer as JSON. `$token` in it is replaced by the challenge, and `$tag` by the challenge's signature. */
  readonly json?: string;
  /**
   * The headers of an answer without a body. A value is a fixed text; or `$token`, which is replaced by the challenge; or
   * `$verify`, which is replaced by the receiver's verify token.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** The URLs that may be fetched to confirm, if the challenge is a URL. */
  readonly visit?: readonly UrlPattern[];
}

/** A response to a delivery. Without `contentType` and `body` it is empty. */
export interface ResponseDescription {
  /** The HTTP status: 200 to 299 for a success, 400 to 599 except 410 for a rejection. */
  readonly status?: number;
  readonly contentType?: string;
  /** The body. In a body of type `application/json`, `$id` is replaced by the event's id as a JSON string. */
  readonly body?: string;
}

/** The responses that the sender expects. The default is 200 with `{"id","status"}`, and 401 with `{"error"}`. */
export interface AnswersDescription {
  readonly accepted?: ResponseDescription;
  /** The response to an event that was accepted before. The default is `accepted`, if that is described. */
  readonly duplicate?: ResponseDescription;
  /** The response to an event that the receiver does not want. The default is `accepted`, if that is described. */
  readonly filtered?: ResponseDescription;
  /** The response to a delivery that is not genuine. */
  readonly rejected?: ResponseDescription;
}

/**
 * A URL in which `*` matches: in the host, a label that begins with two letters; in the path, letters, digits, `-` and
 * `_`; at the end of the query, any text. All other characters are compared exactly.
 */
export type UrlPattern = string;

interface CommonDescription {
  /** The name that events have as their source: lower-case letters, digits and hyphens. */
  readonly name: string;
  /** The sender's name as people write it. */
  readonly title?: string;
  /** The page of the sender's documentation that describes its signatures. */
  readonly docs?: string;
  /** How this description was checked: by a published vector, against the sender's library, or by its documentation. */
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
  /** The tolerance for the timestamp in seconds, in both directions or in each. The default is 300. */
  readonly tolerance?: number | { readonly past: number; readonly future: number };
  /**
   * The methods of the sender's requests. The default is `POST` alone. The parameters of a delivery by `GET` are in its
   * URL, so the URL and the form must be signed.
   */
  readonly methods?: readonly ["POST"] | readonly ["POST", "GET"];
  /**
   * The format of the body. In a `form`, urlencoded or `multipart/form-data`, a pointer such as `/token` leads to the field
   * `token`. `jsonOrField` is JSON or a form: a form whose only field has this
   * name holds JSON in it. `json-or-gzip` is JSON,
   * plain or compressed.
   */
  readonly payload?:
    | "json"
    | "form"
    | "json-or-form"
    | "json-or-gzip"
    | { readonly jsonOrField: string };
  /**
   * The source of the event's id, which is always signed content. `notice` is `digest` for a sender whose bodies only
   * say that something changed: two events may then have the same body, and the same id.
   */
  readonly id:
    | "digest"
    | "notice"
    | { readonly header: HeaderNames }
    | { readonly body: Pointer }
    | { readonly bodyOrDigest: Pointer };
  /** The places of the event's type in the body. The first pointer that leads to a text counts. */
  readonly type?: readonly Pointer[];
  /** Unsigned headers with an id and a type, which are shown but never used for a decision. */
  readonly unsigned?: { readonly id?: HeaderNames; readonly type?: HeaderNames };
  /** The responses that the sender expects to its deliveries. */
  readonly answers?: AnswersDescription;
  /** The sender's handshakes. */
  readonly handshakes?: readonly HandshakeDescription[];
  /** For `fetchKeys`: the place in the body that names the URL of the key, and the URLs that are allowed there. */
  readonly keyUrl?: { readonly at: Pointer; readonly like: readonly UrlPattern[] };
}

/**
 * A sender that is not in `schemes`, described as data. `Verifier` and `Signer` check the description, and reject one
 * that would accept unsigned content with a `SchemeError` that names the field.
 * @example
 * const scheme: SchemeDescription = {
 *   name: "acme",
 *   key: "text",
 *   signature: {
 *     place: { header: "acme-signature" },
 *     tags: [{ label: "sha256=", algorithm: "hmac-sha256", encoding: "hex" }],
 *     content: ["body"],
 *   },
 *   id: { body: "/id" },
 * };
 * const verifier = new Verifier(scheme, secret);
 */
export type SchemeDescription = CommonDescription &
  (
    | { readonly signature: SignatureDescription }
    | { readonly token: TokenDescription }
    | {
        readonly sharedToken:
          | "basic"
          | { readonly header: HeaderNames }
          /** A `*` in the pointer is every item of a list: each must have the secret. */
          | { readonly body: Pointer };
      }
  );
