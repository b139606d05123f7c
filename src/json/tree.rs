//! A whole text as a tree: for small texts that are read member by member, such as the description of a sender.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::cursor::Cursor;
use super::read;
use crate::error::DecodeError;

/// A value with all that is in it. Names and strings are unescaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tree<'j> {
    Null,
    Bool,
    Number(&'j str),
    String(Cow<'j, str>),
    Array(Vec<Self>),
    Object(Vec<(Cow<'j, str>, Self)>),
}

/// Reads a whole text as strictly as [`read`] does.
pub(crate) fn tree(text: &str) -> Result<Tree<'_>, DecodeError> {
    // The strict pass comes first: after it, nothing below can fail but for strings that are no Unicode text.
    read(text.as_bytes(), &[])?;
    value(&mut Cursor::new(text.as_bytes()))
}

fn value<'j>(cursor: &mut Cursor<'j>) -> Result<Tree<'j>, DecodeError> {
    separators(cursor);
    match cursor.next() {
        Some(b'{') => {
            let mut members = Vec::new();
            cursor.advance(1);
            while !ends(cursor, b'}') {
                members.push((string(cursor)?, value(cursor)?));
            }
            Ok(Tree::Object(members))
        }
        Some(b'[') => {
            let mut items = Vec::new();
            cursor.advance(1);
            while !ends(cursor, b']') {
                items.push(value(cursor)?);
            }
            Ok(Tree::Array(items))
        }
        Some(b'"') => string(cursor).map(Tree::String),
        first => {
            let written = cursor.pass_over(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b',' | b']' | b'}'));
            Ok(match first {
                Some(b't' | b'f') => Tree::Bool,
                Some(b'n') => Tree::Null,
                _ => Tree::Number(written.as_str()),
            })
        }
    }
}

/// Takes the end of an object or array if nothing else is in it.
fn ends(cursor: &mut Cursor<'_>, end: u8) -> bool {
    separators(cursor);
    cursor.take(end)
}

/// Passes over what stands between values. That there is one comma, or colon, and where, is known.
#[inline(never)]
fn separators(cursor: &mut Cursor<'_>) {
    cursor.pass_over(|byte| byte.is_ascii_whitespace() || matches!(byte, b',' | b':'));
}

fn string<'j>(cursor: &mut Cursor<'j>) -> Result<Cow<'j, str>, DecodeError> {
    let text = cursor.string_with_escapes()?;
    text.unescaped().ok_or_else(|| cursor.not_json())
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn a_text_becomes_a_tree() {
        let read = tree(r#" {"a\n": [1, {"b": "c"}, null, [ ]], "d": true, "e": {} } "#).unwrap();
        let Tree::Object(members) = read else { panic!("it is an object") };
        assert_eq!(members[0].0, "a\n");
        let inner = Tree::Object(vec![("b".into(), Tree::String("c".into()))]);
        let items = vec![Tree::Number("1"), inner, Tree::Null, Tree::Array(Vec::new())];
        assert_eq!(members[0].1, Tree::Array(items));
        assert_eq!(members[1], ("d".into(), Tree::Bool));
        assert_eq!(members[2], ("e".into(), Tree::Object(Vec::new())));
    }

    #[test]
    fn what_is_refused_elsewhere_is_refused_here() {
        for text in ["", "{", r#"{"a":1,"a":2}"#, "[1,]", r#""\ud800""#] {
            assert!(tree(text).is_err(), "{text}");
        }
    }
}
