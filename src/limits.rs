//! Every bound of the core, with its reason. A larger input is rejected with an error that names the bound.

/// Most signatures that one delivery may carry. A sender signs with each of its active secrets, rarely more than two.
pub(crate) const MAX_SIGNATURES: usize = 32;

/// Longest signature header, in bytes. Thirty-two Ed25519 signatures take 3 KB.
pub(crate) const MAX_HEADER_BYTES: usize = 8 * 1024;

/// Longest event id that a header may carry, in bytes. Senders' ids have fewer than 64.
pub(crate) const MAX_ID_BYTES: usize = 256;

/// Largest body parsed before authentication, in bytes. Parsing may take twenty times the memory of the body.
pub(crate) const MAX_UNAUTHENTICATED_BODY_BYTES: usize = 1024 * 1024;

/// Longest JSON Web Token, in bytes. Senders' tokens have a few hundred.
pub(crate) const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// Last second that a claim about time may name: 9999-12-31T23:59:59Z. A larger number counts milliseconds or is an error.
pub(crate) const MAX_CLAIM_SECONDS: u64 = 253_402_300_799;

/// Most form fields that are sorted for a signature. The sender is not authenticated yet, and a field takes far more
/// memory than the one byte that it may have in the body.
pub(crate) const MAX_FORM_FIELDS: usize = 1024;

/// Deepest nesting of objects and arrays in JSON. No event comes near it, and deeper texts exhaust the stack of other
/// readers.
pub const MAX_DEPTH: usize = 64;

/// Most JSON pointers that one pass over a body follows: one bit each in the reader's state.
pub(crate) const MAX_POINTERS: usize = 32;

/// Highest array index that a JSON pointer may name: one digit. No sender's id or type is further back in a list.
pub(crate) const MAX_ARRAY_INDEX: usize = 9;

/// Most items in a list of a scheme's description, so that the pointers it names stay below [`MAX_POINTERS`].
pub(crate) const MAX_DESCRIPTION_ITEMS: usize = 16;

/// Largest body that may be a handshake, in bytes. Senders' handshakes have a few hundred.
pub(crate) const MAX_HANDSHAKE_BYTES: usize = 16 * 1024;

/// Longest challenge that is echoed, in bytes.
pub(crate) const MAX_ECHOED_CHALLENGE_BYTES: usize = 1024;

/// Longest challenge that is signed, in bytes.
pub(crate) const MAX_SIGNED_CHALLENGE_BYTES: usize = 256;

/// Shortest RSA modulus, in bytes: 2048 bits. Shorter keys are within reach of attackers.
pub(crate) const MIN_RSA_BYTES: usize = 256;

/// Longest RSA modulus, in bytes: 4096 bits. Verification time grows with the cube of the length, and no sender uses
/// longer keys.
pub(crate) const MAX_RSA_BYTES: usize = 512;

/// Largest body for which an explanation tries other forms, in bytes. Beyond it a person would have to wait.
pub(crate) const MAX_EXPLAINED_BODY_BYTES: usize = 256 * 1024;

/// Largest re-serialized body that an explanation tries, in bytes. Indenting a deeply nested body can make gigabytes.
pub(crate) const MAX_REPRINTED_BODY_BYTES: usize = 2 * MAX_EXPLAINED_BODY_BYTES;

/// Most senders that a hint names. Some headers are used by many senders.
pub(crate) const MAX_NAMED_SENDERS: usize = 3;

/// Most secrets that an explanation reads in other ways. A source rarely has more than two.
pub(crate) const MAX_EXPLAINED_SECRETS: usize = 16;
