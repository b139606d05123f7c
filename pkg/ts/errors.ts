// The errors that callers meet. Each has a stable `code`, the same string as in the Rust core, in vectors and in logs; but
// for `not_text`, which Rust has no use for: there a body is bytes.

/** Why a delivery was not accepted as genuine and fresh. */
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

/** Why a genuine delivery cannot be read. */
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

/** What the errors of this package have in common. */
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
 * The delivery is not genuine, or not fresh. The message is for the people who run the receiver; answer the sender
 * with 401 and nothing else. It never holds a secret, an expected signature or the body.
 */
export class Rejection extends CountersignError<RejectionCode> {
  constructor(code: RejectionCode, message: string) {
    super("Rejection", code, message);
  }
}

/** The key cannot be used. The message tells what is wrong with it, and never holds it. */
export class KeyError extends CountersignError<KeyErrorCode> {
  constructor(code: KeyErrorCode, message: string) {
    super("KeyError", code, message);
  }
}

/** The delivery is genuine, but its body cannot be read as asked. The bytes stay available. */
export class DecodeError extends CountersignError<DecodeErrorCode> {
  constructor(code: DecodeErrorCode, message: string) {
    super("DecodeError", code, message);
  }
}

/** There is no such scheme, or its description would accept what nobody signed. */
export class SchemeError extends CountersignError<SchemeErrorCode> {
  constructor(code: SchemeErrorCode, message: string) {
    super("SchemeError", code, message);
  }
}
