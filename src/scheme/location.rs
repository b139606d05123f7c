//! Texts that say where a value is: in a header, in a JSON body, or at a URL.

/// A header under each of its names, in lower case.
///
/// Most headers have one name. A sender with white-label names has several families of headers, and the names at one
/// index belong together.
pub type Header = &'static [&'static str];

/// A JSON pointer (RFC 6901), like `/data/id` or `/events/0/type`.
pub type Pointer = &'static str;

/// A URL with wildcards. A `*` matches one or more characters: in the host a label that begins with two letters, in the
/// path letters, digits, `-` and `_`, and at the end of the query anything.
///
/// The rest is compared exactly, so a pattern matches no other port, no user name and no other host. A label must begin
/// with two letters because `s3` and `s3-us-west-2` do not: anyone can publish files under those host names.
pub type UrlPattern = &'static str;
