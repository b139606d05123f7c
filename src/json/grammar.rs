//! Passes over one value: its grammar, and the strict rules if they apply to it.
//!
//! Most bytes of a body are passed over here. The loop is one function, so that its variables stay in registers. It does not
//! recurse: the stack of open objects and arrays is one bit each, of which the innermost are in a register.
//!
//! Without the strict rules, this is the part of [`find`](super::find) that a vectorized scan can replace. It would have to find
//! the same end of the value and the same big integers.
//!
//! All bytes at which the loop stops (brackets, quotation marks, commas, backslashes) are ASCII, so it never cuts a character in
//! two.

use alloc::vec::Vec;

use super::cursor::Cursor;
use super::rules::StrictRules;
use crate::error::DecodeError;

/// Moves past the value at the cursor. Returns whether it has an integer that a 64-bit floating-point number would round.
#[inline(never)]
pub(super) fn pass_value<'j>(
    start: &mut Cursor<'j>,
    mut rules: Option<&mut StrictRules<'j>>,
) -> Result<bool, DecodeError> {
    let mut cursor = *start;
    let mut has_big_integer = false;
    let mut open = OpenContainers { innermost: 0, count: 0, outer: Vec::new() };
    loop {
        match cursor.next() {
            Some(b'"') => {
                cursor.string()?;
            }
            // The remaining values begin with a letter or a bracket, all of which come after the digits in ASCII.
            Some(first @ b'A'..) => match first {
                b'{' | b'[' => {
                    if let Some(rules) = &mut rules {
                        rules.open(cursor)?;
                    }
                    let is_object = first == b'{';
                    open.push(is_object);
                    cursor.advance(1);
                    cursor.skip_space();
                    if cursor.next() != Some(closing(is_object)) {
                        if is_object {
                            pass_name(&mut cursor, &mut rules)?;
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
                    pass_name(&mut cursor, &mut rules)?;
                }
                break;
            }
            if !cursor.take(closing(is_object)) {
                return Err(cursor.not_json());
            }
            open.pop();
            if let Some(rules) = &mut rules {
                rules.close(cursor)?;
            }
        }
    }
}

/// The bracket that closes an object or an array.
const fn closing(is_object: bool) -> u8 {
    if is_object { b'}' } else { b']' }
}

/// Moves past the name of a member, its colon and the white space around it.
#[expect(clippy::inline_always, reason = "measured: a call for every member costs a tenth of the time")]
#[inline(always)]
fn pass_name<'j>(cursor: &mut Cursor<'j>, rules: &mut Option<&mut StrictRules<'j>>) -> Result<(), DecodeError> {
    let name = cursor.string()?;
    cursor.skip_space();
    if let Some(rules) = rules {
        rules.name(name, *cursor)?;
    }
    if !cursor.take(b':') {
        return Err(cursor.not_json());
    }
    cursor.skip_space();
    Ok(())
}

/// The open objects and arrays: one bit each, which is set for an object. The lowest bit is the innermost.
struct OpenContainers {
    innermost: u64,
    /// How many bits of `innermost` are in use. It is zero only if nothing is open.
    count: u32,
    outer: Vec<u64>,
}

impl OpenContainers {
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
            && let Some(innermost) = self.outer.pop()
        {
            self.innermost = innermost;
            self.count = u64::BITS;
        }
    }
}
