// The errors that callers of the package catch. Each has a stable `code`, which is the same string in the Rust core, in
// the test vectors and in logs. Only `not_text` has no counterpart in Rust, where a body is bytes.

/** Why a delivery was rejected. */
export type RejectionCode =
  | "missing_header"
  | "malformed_header"
  | "malformed_timestamp"
  | "malformed_token"
  | "unsupported_signature"
  | "too_many_signatures"
  | "signature_mismatch"
  | "stale"
  | "premature"
  | "body_mismatch";

/** Why a secret or public key cannot be used. */
export type KeyErrorCode = "empty" | "encoding" | "wrong_type";

/** Why the body of an authentic delivery cannot be read. */
export type DecodeErrorCode =
  | "not_json"
  | "not_form"
  | "not_text"
  | "duplicate_key"
  | "too_deep"
  | "missing_id"
  | "missing_type";

/** Why a scheme cannot be used. */
export type SchemeErrorCode = "unsound" | "unknown";

/** The base of the errors that have a code. */
abstract class CountersignError<Code extends string> extends Error {
  /** The stable name of the reason. */
  readonly code: Code;

  constructor(name: string, code: Code, message: string) {
    super(message);
    this.name = name;
    this.code = code;
  }
}

/**
 * The delivery is not authentic, or its timestamp is outside the tolerance. The message is for the operators of the
 * receiver: answer the sender with 401 and nothing else. It never holds a secret, an expected signature or the body.
 * @example
 * try {
 *   verifier.verify({ headers, body });
 * } catch (error) {
 *   if (!(error instanceof Rejection)) throw error;
 *   console.warn(error.code, error.message); // "signature_mismatch", ...
 *   response.writeHead(401).end();
 * }
 */
export class Rejection extends CountersignError<RejectionCode> {
  constructor(code: RejectionCode, message: string) {
    super("Rejection", code, message);
  }
}

/**
 * A secret or public key cannot be used. The message says what is wrong with the key and never holds it.
 * @example
 * try {
 *   new Verifier("stripe", env.STRIPE_WEBHOOK_SECRET);
 * } catch (error) {
 *   if (error instanceof KeyError) console.error(error.code); // "empty", if the secret is not configured
 * }
 */
export class KeyError extends CountersignError<KeyErrorCode> {
  constructor(code: KeyErrorCode, message: string) {
    super("KeyError", code, message);
  }
}

/**
 * The delivery is authentic, but its body cannot be read as the caller or the scheme requires. The bytes stay available
 * as `event.body`.
 * @example
 * try {
 *   event.json();
 * } catch (error) {
 *   if (error instanceof DecodeError) console.error(error.code); // "not_json", "duplicate_key", ...
 * }
 */
export class DecodeError extends CountersignError<DecodeErrorCode> {
  constructor(code: DecodeErrorCode, message: string) {
    super("DecodeError", code, message);
  }
}

/**
 * No scheme has the given name, or a description is unsound: it would accept content that is not signed.
 * @example
 * try {
 *   new Verifier(settings.scheme, settings.secret);
 * } catch (error) {
 *   if (error instanceof SchemeError) console.error(error.code); // "unknown"
 * }
 */
export class SchemeError extends CountersignError<SchemeErrorCode> {
  constructor(code: SchemeErrorCode, message: string) {
    super("SchemeError", code, message);
  }
}
