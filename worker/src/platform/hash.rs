//! Hashing by the runtime, which is several times faster than wasm for long bodies.

use countersign::{Hash, HostHash};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::limits::MIN_HOST_HASH_BYTES;

#[wasm_bindgen(module = "/src/platform/hash.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = digest)]
    fn digest_in_js(name: &str, before: &[u8], body: &[u8], after: &[u8], into: &mut [u8]) -> Result<bool, JsValue>;
}

/// Hashes with the runtime's own crypto module.
#[derive(Debug)]
pub(crate) struct RuntimeHash;

impl HostHash for RuntimeHash {
    fn digest(&self, hash: Hash, [before, body, after]: [&[u8]; 3], into: &mut [u8]) -> bool {
        if body.len() < MIN_HOST_HASH_BYTES {
            return false;
        }
        let name = match hash {
            Hash::Sha1 => "sha1",
            Hash::Sha256 => "sha256",
            Hash::Sha384 => "sha384",
            Hash::Sha512 => "sha512",
        };
        digest_in_js(name, before, body, after, into).unwrap_or(false)
    }
}
