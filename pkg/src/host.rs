//! Hashing by the JavaScript host, for [`HostHash`]: the parts of a message go in, a digest comes out. `ts/host.ts` does
//! the hashing.

use std::cell::Cell;
use std::fmt::{self, Debug, Formatter};
use std::ptr;

use countersign::{Hash, HostHash};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::exchange::Margins;

#[wasm_bindgen(raw_module = "#host")]
extern "C" {
    #[wasm_bindgen(js_name = digest)]
    fn digest(
        hash: u32,
        content: *const u8,
        before: usize,
        body: usize,
        after: usize,
        into: *mut u8,
        length: usize,
    ) -> bool;
}

/// A host that hashes one body. A host hashes contiguous memory, so the content that belongs before and after the body
/// is first written into the margins around it; the body itself is not copied.
pub(crate) struct JsHost<'e> {
    body: &'e [u8],
    margins: Margins<'e>,
}

impl<'e> JsHost<'e> {
    /// A host for this body, which has these margins.
    pub(crate) const fn new(body: &'e [u8], margins: Margins<'e>) -> Self {
        Self { body, margins }
    }
}

impl HostHash for JsHost<'_> {
    fn digest(&self, hash: Hash, [before, body, after]: [&[u8]; 3], into: &mut [u8]) -> bool {
        let start = self.margins.before.len().wrapping_sub(before.len());
        let (Some(head), Some(tail)) = (self.margins.before.get(start..), self.margins.after.get(..after.len())) else {
            return false;
        };
        if !ptr::eq(body, self.body) {
            return false;
        }
        write(head, before);
        write(tail, after);
        let content = head.as_ptr().cast();
        let is_written =
            digest(number_of(hash), content, before.len(), body.len(), after.len(), into.as_mut_ptr(), into.len());
        // The margins may hold a secret.
        wipe(head);
        wipe(tail);
        is_written
    }
}

fn write(margin: &[Cell<u8>], bytes: &[u8]) {
    for (place, byte) in margin.iter().zip(bytes) {
        place.set(*byte);
    }
}

fn wipe(margin: &[Cell<u8>]) {
    for place in margin {
        place.set(0);
    }
}

/// The number of a hash function in `ts/host.ts`.
const fn number_of(hash: Hash) -> u32 {
    match hash {
        Hash::Sha1 => 0,
        Hash::Sha256 => 1,
        Hash::Sha512 => 2,
        Hash::Sha384 => 3,
    }
}

impl Debug for JsHost<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("JsHost")
    }
}
