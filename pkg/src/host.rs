//! Hashing by JavaScript's host. `ts/host.ts` is the other side of this page.

use core::cell::Cell;
use core::fmt::{self, Debug, Formatter};
use core::ptr;

use countersign::{Hash, HostHash};

use crate::exchange::Margins;
use crate::wasm_bindgen;

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

/// The host of the JavaScript around this core. It hashes what stands in one place, so what is hashed with the body is put
/// around it first: there is room, and the body is not copied again.
pub(crate) struct JsHost<'e> {
    body: &'e [u8],
    margins: Margins<'e>,
}

impl<'e> JsHost<'e> {
    /// A host that hashes this body.
    pub(crate) const fn around(body: &'e [u8], margins: Margins<'e>) -> Self {
        Self { body, margins }
    }
}

impl HostHash for JsHost<'_> {
    fn digest(&self, hash: Hash, [before, body, after]: [&[u8]; 3], into: &mut [u8]) -> bool {
        let start = self.margins.before.len().wrapping_sub(before.len());
        let rooms = (self.margins.before.get(start..), self.margins.after.get(..after.len()));
        let (Some(head), Some(tail), true) = (rooms.0, rooms.1, ptr::eq(body, self.body)) else { return false };
        write(head, before);
        write(tail, after);
        let content = head.as_ptr().cast();
        let is_made =
            digest(number_of(hash), content, before.len(), body.len(), after.len(), into.as_mut_ptr(), into.len());
        // It may hold a secret.
        wipe(head);
        wipe(tail);
        is_made
    }
}

fn write(room: &[Cell<u8>], bytes: &[u8]) {
    for (place, byte) in room.iter().zip(bytes) {
        place.set(*byte);
    }
}

fn wipe(room: &[Cell<u8>]) {
    for place in room {
        place.set(0);
    }
}

const fn number_of(hash: Hash) -> u32 {
    match hash {
        Hash::Sha1 => 0,
        Hash::Sha256 => 1,
        Hash::Sha512 => 2,
    }
}

impl Debug for JsHost<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("JsHost")
    }
}
