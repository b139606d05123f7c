//! Hashing by JavaScript's host. `ts/host.ts` is the other side of this page.

use countersign::{Hash, HostHash};

use crate::wasm_bindgen;

#[wasm_bindgen(raw_module = "#host")]
extern "C" {
    #[wasm_bindgen(js_name = digest)]
    fn digest(hash: u32, before: &[u8], body: &[u8], after: &[u8], into: &mut [u8]) -> bool;
}

/// The host of the JavaScript around this core.
#[derive(Debug)]
pub(crate) struct JsHost;

impl HostHash for JsHost {
    fn digest(&self, hash: Hash, [before, body, after]: [&[u8]; 3], into: &mut [u8]) -> bool {
        let hash = match hash {
            Hash::Sha1 => 0,
            Hash::Sha256 => 1,
            Hash::Sha512 => 2,
        };
        digest(hash, before, body, after, into)
    }
}
