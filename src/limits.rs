//! Every limit of the core and its reason. Input beyond a limit is rejected, or is not tried in an explanation.

/// Maximum number of signatures in one header. A sender signs with each of its active secrets, rarely more than two.
pub(crate) const MAX_SIGNATURES: usize = 32;

/// Maximum length of a signature header, in bytes. Thirty-two Ed25519 signatures take 3 KB.
pub(crate) const MAX_HEADER_BYTES: usize = 8 * 1024;

/// Maximum length of an id in a header, in bytes. Senders' ids have fewer than 64.
pub(crate) const MAX_ID_BYTES: usize = 256;

/// Maximum size of a body that is parsed before authentication, in bytes. Parsing may take twenty times the memory of the body.
pub(crate) const MAX_UNAUTHENTICATED_BODY_BYTES: usize = 1024 * 1024;

/// Maximum length of a JSON Web Token, in bytes. Senders' tokens have a few hundred.
pub(crate) const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// Maximum value of a claim about time, in seconds since 1970: 9999-12-31T23:59:59Z. A larger number is in milliseconds, or
/// an error.
pub(crate) const MAX_CLAIM_SECONDS: u64 = 253_402_300_799;

/// Maximum number of form fields that are sorted for a signature. The sender is not authenticated yet, and a decoded field
/// takes far more memory than its bytes in the body.
pub(crate) const MAX_FORM_FIELDS: usize = 1024;

/// Maximum nesting depth of objects and arrays in JSON that is read strictly. Events are far below it, and deeper texts exhaust
/// the stack of other parsers.
pub const MAX_DEPTH: usize = 64;

/// Maximum number of JSON pointers in one pass over a body. Each takes one bit of the reader's state.
pub(crate) const MAX_POINTERS: usize = 32;

/// Maximum array index in a JSON pointer: one digit. No sender's id or type is further back in a list.
pub(crate) const MAX_ARRAY_INDEX: usize = 9;

/// Maximum number of items in a list of a description. It keeps a scheme's pointers below [`MAX_POINTERS`].
pub(crate) const MAX_DESCRIPTION_ITEMS: usize = 16;

/// Maximum size of a handshake's body, in bytes. Senders' handshakes have a few hundred.
pub(crate) const MAX_HANDSHAKE_BYTES: usize = 16 * 1024;

/// Maximum length of a challenge that is echoed, in bytes. An attacker can have no more than this echoed.
pub(crate) const MAX_ECHOED_CHALLENGE_BYTES: usize = 1024;

/// Maximum length of a challenge that is signed, in bytes. It is long enough for a UUID or a digest in any encoding.
pub(crate) const MAX_SIGNED_CHALLENGE_BYTES: usize = 256;

/// Minimum length of an RSA modulus, in bytes: 2048 bits. Shorter keys are within reach of attackers.
pub(crate) const MIN_RSA_BYTES: usize = 256;

/// Maximum length of an RSA modulus, in bytes: 4096 bits. Verification time grows with the cube of the length, and no sender
/// uses longer keys.
pub(crate) const MAX_RSA_BYTES: usize = 512;

/// Maximum size of a body that an explanation tries in other forms, in bytes. Beyond it a person would have to wait.
pub(crate) const MAX_EXPLAINED_BODY_BYTES: usize = 256 * 1024;

/// Maximum size of a re-serialized body that an explanation tries, in bytes. Indenting a deeply nested body can make gigabytes.
pub(crate) const MAX_REPRINTED_BODY_BYTES: usize = 2 * MAX_EXPLAINED_BODY_BYTES;

/// Maximum number of senders that a hint names. Some headers are used by many senders.
pub(crate) const MAX_NAMED_SENDERS: usize = 3;

/// Maximum number of secrets that an explanation decodes in other ways. A source rarely has more than two.
pub(crate) const MAX_EXPLAINED_SECRETS: usize = 16;
