//! Bodies in `multipart/form-data` (RFC 7578). In: the body. Out: each field with its name and its bytes, in order.
//!
//! Only what forms of webhooks need is read, and strictly: the boundary is the body's first line, the disposition of each part
//! begins with `form-data; name="`, and nothing follows the last part. The boundary in the `Content-Type` header is not used,
//! because no sender signs it. Nothing is copied, so a form may hold attachments of many megabytes.

use crate::limits::{MAX_FORM_FIELDS, MAX_HEADER_BYTES};

/// Whether a body begins like this format. No name of a field that a scheme reads begins with hyphens.
pub(crate) const fn is_multipart(body: &[u8]) -> bool {
    matches!(body, [b'-', b'-', ..])
}

/// Passes the name and the bytes of each field to `visit`. `None` if the body is not such a form, or if `visit` returns `None`.
pub(crate) fn visit<'d>(body: &'d [u8], visit: &mut dyn FnMut(&'d [u8], &'d [u8]) -> Option<()>) -> Option<()> {
    const MAX_BOUNDARY_BYTES: usize = 70;

    let end = find(body, b"\r\n")?;
    let boundary =
        body.get(..end).filter(|boundary| boundary.len() <= "--".len().saturating_add(MAX_BOUNDARY_BYTES))?;
    let mut rest = body.get(end..)?;
    for _ in 0..MAX_FORM_FIELDS {
        // The last boundary is followed by two hyphens, and at most by the end of its line.
        match rest.strip_prefix(b"--") {
            Some(b"" | b"\r\n") => return Some(()),
            Some(_) => return None,
            None => rest = rest.strip_prefix(b"\r\n")?,
        }
        let end = find(rest.get(..rest.len().min(MAX_HEADER_BYTES))?, b"\r\n\r\n")?;
        let (headers, content) = rest.split_at_checked(end)?;
        let content = content.get(b"\r\n\r\n".len()..)?;
        let end = end_of(content, boundary)?;
        let (value, after) = content.split_at_checked(end)?;
        visit(name_in(headers)?, value)?;
        rest = after.get(b"\r\n".len().saturating_add(boundary.len())..)?;
    }
    None
}

/// The name in the disposition of a part, which must have one.
fn name_in(headers: &[u8]) -> Option<&[u8]> {
    const HEADER: &[u8] = b"content-disposition:";

    let mut name = None;
    let mut rest = headers;
    loop {
        let end = find(rest, b"\r\n");
        let line = rest.get(..end.unwrap_or(rest.len()))?;
        if let Some((header, value)) = line.split_at_checked(HEADER.len())
            && header.eq_ignore_ascii_case(HEADER)
        {
            let value = value.strip_prefix(b" ").unwrap_or(value).strip_prefix(b"form-data; name=\"")?;
            let text = value.get(..value.iter().position(|byte| *byte == b'"')?)?;
            if name.replace(text).is_some() {
                return None;
            }
        }
        match end {
            Some(end) => rest = rest.get(end..)?.get(b"\r\n".len()..)?,
            None => return name,
        }
    }
}

/// Where the content of a part ends: before the line break in front of the next boundary.
fn end_of(content: &[u8], boundary: &[u8]) -> Option<usize> {
    let mut from = 0_usize;
    loop {
        let at = from.saturating_add(find(content.get(from..)?, b"\r\n")?);
        let next = at.saturating_add(b"\r\n".len());
        if content.get(next..)?.starts_with(boundary) {
            return Some(at);
        }
        from = next;
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::*;

    fn fields(body: impl AsRef<[u8]>) -> Option<Vec<(String, String)>> {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let mut fields = Vec::new();
        visit(body.as_ref(), &mut |name, value| {
            fields.push((text(name), text(value)));
            Some(())
        })?;
        Some(fields)
    }

    const PART: &str = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n";

    #[test]
    fn fields_and_files_are_read_in_their_order() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--y\r\n2\r\n\
                    --x\r\ncontent-type: text/plain\r\ncontent-disposition:form-data; name=\"f\"; filename=\"n\"\r\n\r\n\r\n--x--";
        let expected = [("a", "1\r\n--y\r\n2"), ("f", "")];
        assert_eq!(fields(body).unwrap(), expected.map(|(name, value)| (name.into(), value.into())));
        assert_eq!(fields(PART).unwrap(), [("a".into(), "1".into())]);
    }

    #[test]
    fn a_body_that_is_not_strictly_this_format_is_rejected() {
        for end in 0..PART.len() - 2 {
            assert_eq!(fields(&PART.as_bytes()[..end]), None, "{end}");
        }
        for (old, new) in [
            ("--x--\r\n", "--x--\r\nmore"),
            ("form-data; name=\"a\"", "attachment; name=\"a\""),
            ("form-data; name=\"a\"", "form-data; name=a"),
            ("form-data; name=\"a\"", "form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\""),
            ("Content-Disposition", "X-Disposition"),
            ("\r\n\r\n1", "\r\n1"),
            ("\r\n--x--", "\n--x--"),
        ] {
            assert_eq!(fields(PART.replace(old, new)), None, "{new}");
        }
    }

    #[test]
    fn the_number_of_fields_and_the_length_of_a_boundary_are_limited() {
        let (part, end) = PART.split_at(PART.len() - "--x--\r\n".len());
        assert!(fields([part.repeat(MAX_FORM_FIELDS - 1).as_str(), end].concat()).is_some());
        assert!(fields([part.repeat(MAX_FORM_FIELDS).as_str(), end].concat()).is_none());
        assert!(fields(PART.replace("--x", &"-".repeat(72))).is_some());
        assert!(fields(PART.replace("--x", &"-".repeat(73))).is_none());
    }
}
