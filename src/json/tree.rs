//! Reads a whole text into a tree: for small documents that are read member by member, such as the description of a scheme.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::cursor::Cursor;
use super::strict::read;
use crate::error::DecodeError;

/// A value with everything inside it. Names and strings are unescaped.
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
    // After this strict pass only strings that are not Unicode text can fail below, and the nesting is bounded.
    read(text.as_bytes(), &[])?;
    value(&mut Cursor::new(text.as_bytes()))
}

fn value<'j>(cursor: &mut Cursor<'j>) -> Result<Tree<'j>, DecodeError> {
    skip_separators(cursor);
    match cursor.next() {
        Some(b'{') => {
            let mut members = Vec::new();
            cursor.advance(1);
            while !take_closing(cursor, b'}') {
                members.push((string(cursor)?, value(cursor)?));
            }
            Ok(Tree::Object(members))
        }
        Some(b'[') => {
            let mut items = Vec::new();
            cursor.advance(1);
            while !take_closing(cursor, b']') {
                items.push(value(cursor)?);
            }
            Ok(Tree::Array(items))
        }
        Some(b'"') => string(cursor).map(Tree::String),
        first => {
            let span = cursor.skip_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b',' | b']' | b'}'));
            Ok(match first {
                Some(b't' | b'f') => Tree::Bool,
                Some(b'n') => Tree::Null,
                _ => Tree::Number(span.as_str()),
            })
        }
    }
}

/// Consumes the closing bracket of an object or array if it is next.
fn take_closing(cursor: &mut Cursor<'_>, end: u8) -> bool {
    skip_separators(cursor);
    cursor.take(end)
}

/// Skips commas, colons and white space. The strict pass has checked where they are.
#[inline(never)]
fn skip_separators(cursor: &mut Cursor<'_>) {
    cursor.skip_while(|byte| byte.is_ascii_whitespace() || matches!(byte, b',' | b':'));
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
    fn a_document_is_read_into_a_tree() {
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
    fn a_text_that_is_not_strict_json_is_rejected() {
        for text in ["", "{", r#"{"a":1,"a":2}"#, "[1,]", r#""\ud800""#] {
            assert!(tree(text).is_err(), "{text}");
        }
    }
}
