//! A whole text as a tree: for small texts that are read member by member, such as the description of a sender.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::{Reader, Value, read};
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
    let mut reader = Reader::new(text, &[]);
    reader.space();
    reader.tree()
}

impl<'j> Reader<'j, '_> {
    fn tree(&mut self) -> Result<Tree<'j>, DecodeError> {
        match self.next() {
            Some(b'{') => self.members().map(Tree::Object),
            Some(b'[') => self.items().map(Tree::Array),
            Some(b'"') => self.plain_string().map(Tree::String),
            _ => Ok(match self.value(super::Alive::NONE)? {
                Value::Number(number) => Tree::Number(number),
                Value::Bool(_) => Tree::Bool,
                _ => Tree::Null,
            }),
        }
    }

    fn items(&mut self) -> Result<Vec<Tree<'j>>, DecodeError> {
        let mut items = Vec::new();
        self.take(b'[');
        self.space();
        while !self.take(b']') {
            self.space();
            items.push(self.tree()?);
            self.space();
            self.take(b',');
        }
        Ok(items)
    }

    fn members(&mut self) -> Result<Vec<(Cow<'j, str>, Tree<'j>)>, DecodeError> {
        let mut members = Vec::new();
        self.take(b'{');
        self.space();
        while !self.take(b'}') {
            self.space();
            let name = self.plain_string()?;
            self.space();
            self.take(b':');
            self.space();
            members.push((name, self.tree()?));
            self.space();
            self.take(b',');
            self.space();
        }
        Ok(members)
    }

    fn plain_string(&mut self) -> Result<Cow<'j, str>, DecodeError> {
        self.string()?.unescaped().ok_or_else(|| self.not_json())
    }
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
