//! A small JSON writer for descriptions. In: names and values, one after the other. Out: compact JSON text.

use alloc::string::{String, ToString};

use super::names::{Names, name_of};

/// JSON text, written from front to back. The caller opens and closes brackets in order; the writer adds the commas.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) text: String,
}

impl Writer {
    fn separate(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(['{', '[', ':', ',']) {
            self.text.push(',');
        }
    }

    pub(super) fn open(&mut self, bracket: char) {
        self.separate();
        self.text.push(bracket);
    }

    pub(super) fn close(&mut self, bracket: char) {
        self.text.push(bracket);
    }

    pub(super) fn string(&mut self, text: &str) {
        self.separate();
        self.text.push('"');
        for character in text.chars() {
            match character {
                '"' | '\\' => self.text.extend(['\\', character]),
                '\n' => self.text.push_str("\\n"),
                _ => self.text.push(character),
            }
        }
        self.text.push('"');
    }

    pub(super) fn name(&mut self, name: &str) -> &mut Self {
        self.string(name);
        self.text.push(':');
        self
    }

    pub(super) fn null(&mut self) {
        self.separate();
        self.text.push_str("null");
    }

    pub(super) fn number(&mut self, number: u32) {
        self.separate();
        self.text.push_str(&number.to_string());
    }

    pub(super) fn list<T>(&mut self, items: &[T], write: impl Fn(&mut Self, &T)) {
        self.open('[');
        for item in items {
            write(self, item);
        }
        self.close(']');
    }

    pub(super) fn strings(&mut self, texts: &[&str]) {
        self.list(texts, |json, text| json.string(text));
    }

    /// One text as it is, or a list of several.
    pub(super) fn one_or_more(&mut self, texts: &[&str]) {
        match texts {
            [text] => self.string(text),
            _ => self.strings(texts),
        }
    }

    pub(super) fn choice<T: PartialEq>(&mut self, names: Names<T>, value: &T) {
        self.string(name_of(names, value));
    }

    /// An object with one member.
    pub(super) fn variant(&mut self, name: &str, write: impl FnOnce(&mut Self)) {
        self.open('{');
        self.name(name);
        write(self);
        self.close('}');
    }
}
