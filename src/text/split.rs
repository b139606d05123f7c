//! Splitting texts at the separators of a scheme. In: a text and a separator of one or more characters. Out: its pieces.
//!
//! The standard library finds a `char` in a text several times as fast as a `&str`, for which it first prepares a searcher.
//! In WebAssembly, splitting a Stripe and a Standard Webhooks header takes 0.5 µs with `char` separators and 1.8 µs with
//! `&str`; a whole verification of a small body takes 4 µs. A scheme's separators are texts, but nearly all of them have one
//! character, and the functions here search for those as a `char`.

/// The text before and after the first separator. `None` if the text does not contain it, or if it is empty.
pub(crate) fn split_once<'t>(text: &'t str, separator: &str) -> Option<(&'t str, &'t str)> {
    if let Some(character) = single_char(separator) {
        return text.split_once(character);
    }
    // `str::split_once` with a `&str` would be 2.5 KB of WebAssembly, for the few separators of two or more characters.
    let mut windows = text.as_bytes().windows(separator.len().max(1));
    let (before, rest) = text.split_at_checked(windows.position(|window| window == separator.as_bytes())?)?;
    Some((before, rest.get(separator.len()..)?))
}

/// The pieces of a text between separators. A text without the separator is one piece.
pub(crate) fn split<'t>(text: &'t str, separator: &str) -> impl Iterator<Item = &'t str> {
    let mut rest = Some(text);
    core::iter::from_fn(move || match split_once(rest?, separator) {
        Some((piece, after)) => {
            rest = Some(after);
            Some(piece)
        }
        None => rest.take(),
    })
}

fn single_char(separator: &str) -> Option<char> {
    let mut characters = separator.chars();
    characters.next().filter(|_| characters.as_str().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn pieces_are_those_of_the_standard_library() {
        for text in ["", ",", "a", "a,b", ",a,,b,", "a, b, c", "é,ü", "a=b=c"] {
            for separator in [",", ", ", "=", "é"] {
                assert_eq!(split_once(text, separator), text.split_once(separator), "{text:?} {separator:?}");
                let pieces: Vec<&str> = split(text, separator).collect();
                assert_eq!(pieces, text.split(separator).collect::<Vec<_>>(), "{text:?} {separator:?}");
            }
        }
    }
}
