//! Reading one value of a description. In: a place in a parsed JSON document. Out: the value, or an error that names the
//! field and the rule, like `signature.tags[0].encoding` and "it must be one of hex, base64".
//!
//! Every read returns a value, even if the field is wrong: then it notes the error and returns a placeholder. The first
//! error is what [`Scheme::from_json`](crate::Scheme::from_json) returns, and the placeholders are discarded. So the code
//! that reads a scheme checks for errors once, at the end, and not after every field.
//!
//! This is written by hand and not derived with serde, for two reasons. Serde's errors have a line and a column but not
//! the field's path, and the path is what a person who writes a description needs. And a scheme consists of
//! `&'static` texts and lists, as the constants of the built-in senders do; serde cannot make those.

use alloc::borrow::{Cow, ToOwned};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

use super::names::Names;
use crate::error::SchemeError;
use crate::json::Tree;
use crate::limits::MAX_DESCRIPTION_ITEMS;

/// The path of the whole description in an error.
pub(super) const ROOT: &str = "the description";
const MISSING: &str = "it is missing";

/// A place in a description and the value there, if there is one. It refers to its parent, so that only an error has to
/// write the path out.
#[derive(Clone, Copy)]
pub(super) struct Field<'t> {
    parent: Option<&'t Field<'t>>,
    step: Step<'t>,
    tree: Option<&'t Tree<'t>>,
    error: &'t Cell<Option<SchemeError>>,
}

/// The step from a parent to its child.
#[derive(Clone, Copy)]
enum Step<'t> {
    Member(&'t str),
    Item(usize),
}

impl<'t> Field<'t> {
    pub(super) const fn root(tree: &'t Tree<'t>, error: &'t Cell<Option<SchemeError>>) -> Self {
        Self { parent: None, step: Step::Member(ROOT), tree: Some(tree), error }
    }

    /// Notes an error in this field, unless there was one before.
    pub(super) fn reject(&self, problem: impl Into<Cow<'static, str>>) {
        let first = self.error.take();
        self.error.set(first.or_else(|| Some(SchemeError::Unsound { field: self.path(), problem: problem.into() })));
    }

    /// The path from the root, like `signature.tags[0].encoding`.
    fn path(&self) -> String {
        let parent = match self.parent {
            Some(parent) if parent.parent.is_some() => parent.path(),
            _ => String::new(),
        };
        match self.step {
            Step::Member(name) if parent.is_empty() => name.to_owned(),
            Step::Member(name) => format!("{parent}.{name}"),
            Step::Item(index) => format!("{parent}[{index}]"),
        }
    }

    pub(super) const fn is_absent(&self) -> bool {
        self.tree.is_none()
    }

    pub(super) const fn is_string(&self) -> bool {
        matches!(self.tree, Some(Tree::String(_)))
    }

    pub(super) const fn is_object(&self) -> bool {
        matches!(self.tree, Some(Tree::Object(_)))
    }

    pub(super) const fn is_null(&self) -> bool {
        matches!(self.tree, Some(Tree::Null))
    }

    /// Whether this is the member with this name.
    pub(super) fn is_named(&self, name: &str) -> bool {
        matches!(self.step, Step::Member(own) if own == name)
    }

    /// The value of a field that may be absent.
    pub(super) fn optional<T>(&self, read: impl FnOnce(&Self) -> T) -> Option<T> {
        if self.is_absent() { None } else { Some(read(self)) }
    }

    /// Rejects members with other names. A misspelt field would otherwise be a check that is silently left out.
    pub(super) fn allow_only(&self, names: &[&str]) {
        match self.tree {
            Some(Tree::Object(members)) => {
                for (name, _) in members {
                    if !names.contains(&name.as_ref()) {
                        self.member(name).reject("this field is unknown: remove it or correct its name");
                    }
                }
            }
            None => self.reject(MISSING),
            Some(_) => self.reject("it must be an object"),
        }
    }

    /// The member with this name, which may be absent.
    pub(super) fn member<'c>(&'c self, name: &'c str) -> Field<'c> {
        let tree = match self.tree {
            Some(Tree::Object(members)) => members.iter().find(|(own, _)| own == name).map(|(_, tree)| tree),
            _ => None,
        };
        self.child(Step::Member(name), tree)
    }

    /// All members of an object, in order. An absent field has none.
    pub(super) fn members(&self) -> Vec<(&'t str, Field<'_>)> {
        match self.tree {
            None => Vec::new(),
            Some(Tree::Object(members)) => {
                let member = |(name, tree): &'t (Cow<'t, str>, Tree<'t>)| {
                    (name.as_ref(), self.child(Step::Member(name), Some(tree)))
                };
                members.iter().map(member).collect()
            }
            Some(_) => {
                self.reject("it must be an object");
                Vec::new()
            }
        }
    }

    /// The only member of an object, whose name is one of these. `problem` is the error for any other value.
    pub(super) fn variant(&self, names: &[&str], problem: &'static str) -> Field<'_> {
        match self.tree {
            Some(Tree::Object(members)) => {
                self.allow_only(names);
                if let [(name, _)] = members.as_slice() {
                    return self.member(name);
                }
                self.reject(problem);
            }
            None => self.reject(MISSING),
            Some(_) => self.reject(problem),
        }
        self.child(Step::Member(""), None)
    }

    const fn child<'c>(&'c self, step: Step<'c>, tree: Option<&'c Tree<'c>>) -> Field<'c> {
        Field { parent: Some(self), step, tree, error: self.error }
    }

    fn str(&self) -> &'t str {
        match self.tree {
            Some(Tree::String(text)) => return text,
            None => self.reject(MISSING),
            Some(_) => self.reject("it must be a string"),
        }
        ""
    }

    /// A string.
    pub(super) fn text(&self) -> &'static str {
        leak(self.str())
    }

    /// A string that is not empty.
    pub(super) fn nonempty_text(&self) -> &'static str {
        let text = self.text();
        if text.is_empty() {
            self.reject("it must not be empty");
        }
        text
    }

    pub(super) fn optional_text(&self) -> Option<&'static str> {
        self.optional(Self::text)
    }

    /// A JSON pointer to a member. No sender's names contain a slash or a tilde, so the escapes of RFC 6901 are rejected.
    pub(super) fn pointer(&self) -> &'static str {
        let text = self.pointer_with_star();
        if text.as_bytes().contains(&b'*') {
            self.reject("it must be a JSON pointer without *");
        }
        text
    }

    /// A JSON pointer in which a `*` may be every item of a list.
    pub(super) fn pointer_with_star(&self) -> &'static str {
        let text = self.text();
        if !text.starts_with('/') || text.as_bytes().contains(&b'~') {
            self.reject("it must be a JSON pointer, like \"/data/id\", without ~");
        }
        text
    }

    /// One pointer, or a list of pointers.
    pub(super) fn pointers(&self) -> &'static [&'static str] {
        if self.is_string() { Vec::from([self.pointer()]).leak() } else { self.list(read_pointer) }
    }

    /// A list, with each item read by `read`.
    pub(super) fn list<T>(&self, read: impl Fn(&Field<'_>) -> T) -> &'static [T] {
        let items = match self.tree {
            Some(Tree::Array(items)) if items.len() <= MAX_DESCRIPTION_ITEMS => items.as_slice(),
            tree => {
                self.reject(if tree.is_none() { MISSING } else { "it must be an array of at most 16 items" });
                &[]
            }
        };
        let read_item = |(index, tree)| read(&self.child(Step::Item(index), Some(tree)));
        items.iter().enumerate().map(read_item).collect::<Vec<_>>().leak()
    }

    /// A list that may be absent, which then is empty.
    pub(super) fn list_or_empty<T>(&self, read: impl Fn(&Field<'_>) -> T) -> &'static [T] {
        if self.is_absent() { &[] } else { self.list(read) }
    }

    pub(super) fn texts(&self) -> &'static [&'static str] {
        self.list(read_text)
    }

    /// A header: one name, or a list with one name for each family.
    pub(super) fn header(&self) -> &'static [&'static str] {
        if self.is_string() { Vec::from([self.text()]).leak() } else { self.texts() }
    }

    /// One of the values in a table. `placeholder` is returned with an error.
    pub(super) fn choice<T: Copy>(&self, names: Names<T>, placeholder: T) -> T {
        let text = self.str();
        if let Some((_, value)) = names.iter().find(|(name, _)| *name == text) {
            return *value;
        }
        let words: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
        self.reject(format!("it must be one of {}", words.join(", ")));
        placeholder
    }

    /// One of the values in a table, or `default` if the field is absent.
    pub(super) fn choice_or<T: Copy>(&self, names: Names<T>, default: T) -> T {
        if self.is_absent() { default } else { self.choice(names, default) }
    }

    /// A whole number of seconds below 2^32.
    pub(super) fn seconds(&self) -> u32 {
        let seconds = match self.tree {
            Some(Tree::Number(digits)) => digits.parse().ok(),
            _ => None,
        };
        seconds.unwrap_or_else(|| {
            self.reject("it must be a whole number of seconds");
            0
        })
    }

    /// An HTTP status.
    pub(super) fn status(&self) -> u16 {
        let status = match self.tree {
            Some(Tree::Number(digits)) => digits.parse().ok(),
            _ => None,
        };
        status.unwrap_or_else(|| {
            self.reject("it must be an HTTP status, like 200");
            0
        })
    }
}

/// A string. A function of its own, because [`Field::text`] is tied to the lifetime of one field.
pub(super) fn read_text(field: &Field<'_>) -> &'static str {
    field.text()
}

/// A pointer. A function of its own for the same reason.
pub(super) fn read_pointer(field: &Field<'_>) -> &'static str {
    field.pointer()
}

/// A copy of a text that lives as long as the program.
pub(super) fn leak(text: &str) -> &'static str {
    text.to_owned().leak()
}
