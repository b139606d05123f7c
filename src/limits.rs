//! Every limit of the core and its reason. Input beyond a limit is rejected, or is not tried in an explanation.

/// Maximum number of signatures in one header. A sender signs with each of its active secrets, rarely more than two.
pub(crate) const MAX_SIGNATURES: usize = 32;

/// Maximum number of headers that a sender numbers, one for each of its keys. Docusign has up to 100 keys.
pub(crate) const MAX_NUMBERED_HEADERS: usize = 100;

/// Maximum number of signatures in one delivery that public keys check. Each check takes far longer than the HMAC of a small
/// body, and senders send one signature for each active key.
pub(crate) const MAX_PUBLIC_KEY_SIGNATURES: usize = 4;

/// Number of Ed25519 signatures that are checked over a body of any size: those of a rotation, by the old and the new key.
pub(crate) const ROTATION_SIGNATURES: usize = 2;

/// Maximum number of bytes that more Ed25519 signatures may have hashed: the signatures times the keys times the message.
/// Each check of a signature hashes the whole message again. In WebAssembly, 16 MiB take about an eighth of a second.
pub(crate) const MAX_ED25519_BYTES: usize = 16 * 1024 * 1024;

/// Maximum length of a signature header, in bytes. Thirty-two Ed25519 signatures take 3 KB.
pub(crate) const MAX_HEADER_BYTES: usize = 8 * 1024;

/// Maximum length of an id in a header, in bytes. Senders' ids have fewer than 64.
pub(crate) const MAX_ID_BYTES: usize = 256;

/// Maximum size of a body that is parsed before authentication, in bytes. Parsing may take twenty times the memory of the body.
pub(crate) const MAX_UNAUTHENTICATED_BODY_BYTES: usize = 1024 * 1024;

/// Maximum size of a form that contains its own proof, in bytes. Nothing of it is copied, and a forwarded message of 25 MB is
/// longer as a form.
pub(crate) const MAX_UNAUTHENTICATED_FORM_BYTES: usize = 32 * 1024 * 1024;

/// Maximum size of the text in a compressed body, in bytes. It is inflated before authentication, and it is held in memory
/// together with the body.
pub(crate) const MAX_INFLATED_BYTES: usize = 10 * 1024 * 1024;

/// Maximum size of the text in a compressed body, as a multiple of the body. JSON of events shrinks to a tenth. Deflate can
/// expand a body a thousand times, which would let a small request cost as much as a large one.
pub(crate) const MAX_INFLATED_RATIO: usize = 100;

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

/// Maximum number of members that a signature inside the body names one by one. Together with the pointers that lead to
/// the signature they stay below [`MAX_POINTERS`].
pub(crate) const MAX_SIGNED_MEMBERS: usize = 24;

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

/// Maximum length of a challenge that is echoed in a header, or of a secret that a handshake hands over, in bytes.
pub(crate) const MAX_HEADER_CHALLENGE_BYTES: usize = 256;

/// Maximum length of an id in an answer, in bytes. Ids in bodies may be as long as the body.
pub(crate) const MAX_ANSWERED_ID_BYTES: usize = 1024;

/// Maximum size of a body or a content type in a scheme's answers, in bytes. Senders' answers have a few dozen.
pub(crate) const MAX_ANSWER_BYTES: usize = 1024;

/// Minimum length of an RSA modulus, in bytes: 2048 bits. Shorter keys are within reach of attackers.
pub(crate) const MIN_RSA_BYTES: usize = 256;

/// Maximum length of an RSA modulus, in bytes: 4096 bits. Verification time grows with the cube of the length, and no sender
/// uses longer keys.
pub(crate) const MAX_RSA_BYTES: usize = 512;

/// Maximum work of an explanation, in bytes that are hashed, written or parsed. In WebAssembly this takes half a second, which a
/// person waits without wondering.
pub(crate) const MAX_EXPLAIN_WORK: usize = 64 * 1024 * 1024;

/// Work of an attempt in an explanation besides the bytes of the body, in bytes that could be hashed in the same time: parsing the
/// headers and comparing the signatures.
pub(crate) const ATTEMPT_WORK: usize = 8 * 1024;

/// Work of one public-key verification in an explanation, in bytes that could be hashed in the same time.
pub(crate) const PUBLIC_KEY_WORK: usize = 512 * 1024;

/// Work of writing a byte of JSON in an explanation, in bytes that could be hashed in the same time.
pub(crate) const WRITING_WORK: usize = 4;

/// Maximum size of a body that an explanation parses, and of a re-serialized one, in bytes. A tree of the body takes many times its
/// memory, and indenting a deeply nested body can make gigabytes.
pub(crate) const MAX_REPRINTED_BODY_BYTES: usize = 512 * 1024;

/// Maximum number of orders of its members in which an explanation tries a body. Six members have 720.
pub(crate) const MAX_EXPLAINED_ORDERS: usize = 720;

/// Maximum number of members of an object that an explanation sorts. The time grows with the square of the number.
pub(crate) const MAX_SORTED_MEMBERS: usize = 512;

/// Maximum number of numbers or empty arrays of which an explanation tries every combination. Six have 63.
pub(crate) const MAX_COMBINED_CHANGES: usize = 6;

/// Maximum number of members' names whose numbers an explanation changes in pairs: twelve have 66. Of more it changes those of
/// one name, or all.
pub(crate) const MAX_PAIRED_CHANGES: usize = 12;

/// Maximum number of encodings inside each other that an explanation undoes: base64 of gzip in an event are three.
pub(crate) const MAX_ENCODINGS: usize = 3;

/// Maximum number of words in the text of a secret that an explanation tries. The line of the Stripe CLI has fewer than 20.
pub(crate) const MAX_SECRET_WORDS: usize = 32;

/// Minimum length of a word in the text of a secret that may be the secret itself, in bytes. Senders' secrets have at least 16.
pub(crate) const MIN_SECRET_WORD_BYTES: usize = 8;

/// Maximum number of senders that a hint names. Some headers are used by many senders.
pub(crate) const MAX_NAMED_SENDERS: usize = 3;

/// Maximum number of secrets that an explanation decodes in other ways. A source rarely has more than two.
pub(crate) const MAX_EXPLAINED_SECRETS: usize = 16;
