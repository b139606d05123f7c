//! Skips a value of which nothing is needed. It must be JSON, however deeply it is nested; names may repeat in it.
//!
//! Most bytes of a body are skipped here, so the loop has nothing but the grammar. It does not recurse: the stack of open
//! objects and arrays is one bit each, of which the innermost are in a register.
//!
//! This is the part that a vectorized scan can replace. It would have to find the same end of the value and the same big integers.

use alloc::vec::Vec;

use super::cursor::Cursor;
use crate::error::DecodeError;

/// Skips the value at the cursor. Returns whether it has an integer that a 64-bit floating-point number would round.
#[inline(never)]
pub(super) fn skip_value(start: &mut Cursor<'_>) -> Result<bool, DecodeError> {
    let mut cursor = *start;
    let mut has_big_integer = false;
    let mut open = OpenContainers::new();
    loop {
        match cursor.next() {
            Some(b'"') => {
                cursor.string()?;
            }
            // The remaining values begin with a letter or a bracket, all of which come after the digits in ASCII.
            Some(first @ b'A'..) => match first {
                b'{' | b'[' => {
                    let is_object = first == b'{';
                    cursor.advance(1);
                    cursor.skip_space();
                    if !cursor.take(closing(is_object)) {
                        open.push(is_object);
                        if is_object {
                            skip_name(&mut cursor)?;
                        }
                        continue;
                    }
                }
                b't' => cursor.word(b"true")?,
                b'f' => cursor.word(b"false")?,
                b'n' => cursor.word(b"null")?,
                _ => return Err(cursor.not_json()),
            },
            _ => has_big_integer |= cursor.number()?.is_big_integer(),
        }
        // After a value: closing brackets, then a comma and the next value, or the end.
        loop {
            if open.is_empty() {
                *start = cursor;
                return Ok(has_big_integer);
            }
            cursor.skip_space();
            let is_object = open.innermost_is_object();
            if cursor.take(b',') {
                cursor.skip_space();
                if is_object {
                    skip_name(&mut cursor)?;
                }
                break;
            }
            if !cursor.take(closing(is_object)) {
                return Err(cursor.not_json());
            }
            open.pop();
        }
    }
}

/// The bracket that closes an object or an array.
const fn closing(is_object: bool) -> u8 {
    if is_object { b'}' } else { b']' }
}

/// Skips the name of a member, its colon and the white space around it.
#[expect(clippy::inline_always, reason = "measured: a call for every member costs a tenth of the time")]
#[inline(always)]
fn skip_name(cursor: &mut Cursor<'_>) -> Result<(), DecodeError> {
    cursor.string()?;
    cursor.skip_space();
    if !cursor.take(b':') {
        return Err(cursor.not_json());
    }
    cursor.skip_space();
    Ok(())
}

/// The open objects and arrays, innermost first: one bit each, which is set for an object.
struct OpenContainers {
    innermost: u64,
    /// How many bits of `innermost` are in use. It is zero only if nothing is open.
    count: u32,
    outer: Vec<u64>,
}

impl OpenContainers {
    const fn new() -> Self {
        Self { innermost: 0, count: 0, outer: Vec::new() }
    }

    const fn is_empty(&self) -> bool {
        self.count == 0
    }

    const fn innermost_is_object(&self) -> bool {
        self.innermost & 1 != 0
    }

    fn push(&mut self, is_object: bool) {
        if self.count == u64::BITS {
            self.outer.push(self.innermost);
            self.count = 0;
        }
        self.innermost = self.innermost << 1 | u64::from(is_object);
        self.count = self.count.wrapping_add(1);
    }

    fn pop(&mut self) {
        self.innermost >>= 1;
        self.count = self.count.wrapping_sub(1);
        if self.count == 0
            && let Some(outer) = self.outer.pop()
        {
            self.innermost = outer;
            self.count = u64::BITS;
        }
    }
}
