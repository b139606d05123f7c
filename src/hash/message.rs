//! The bytes that are hashed or signed, in pieces: a body is never copied into them, and each key puts its own secret where
//! one belongs.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use zeroize::Zeroizing;

/// Bytes that are overwritten when they are given back.
type Wiped = Zeroizing<Vec<u8>>;

/// Signed content, in pieces.
#[derive(Clone, Default)]
pub(crate) struct Message<'d> {
    pieces: Vec<Piece<'d>>,
}

#[derive(Clone)]
enum Piece<'d> {
    Bytes(Cow<'d, [u8]>),
    Body(&'d [u8]),
    /// Each key puts its own secret here.
    Secret,
}

impl<'d> Message<'d> {
    /// Message that is all there already.
    pub(crate) fn of(bytes: &'d [u8]) -> Self {
        Self { pieces: Vec::from([Piece::Bytes(Cow::Borrowed(bytes))]) }
    }

    /// A message without a piece yet, and room for some.
    pub(crate) fn with_capacity(pieces: usize) -> Self {
        Self { pieces: Vec::with_capacity(pieces) }
    }

    /// Appends some bytes.
    pub(crate) fn push(&mut self, bytes: Cow<'d, [u8]>) {
        self.pieces.push(Piece::Bytes(bytes));
    }

    /// Appends the body, which a host can hash in place.
    pub(crate) fn push_body(&mut self, body: &'d [u8]) {
        self.pieces.push(Piece::Body(body));
    }

    /// Appends the place for a key's secret.
    pub(crate) fn push_secret(&mut self) {
        self.pieces.push(Piece::Secret);
    }

    /// The pieces, as they are with this secret.
    pub(crate) fn pieces<'c>(&'c self, secret: &'c [u8]) -> impl Iterator<Item = &'c [u8]> {
        self.pieces.iter().map(move |piece| piece.bytes(secret))
    }

    /// All of it in one piece, for algorithms that read it twice.
    pub(crate) fn whole(&self) -> Vec<u8> {
        joined(&[], &self.pieces, &[])
    }

    /// `first` and what stands before the body, the body, and what stands after it; nothing where it is not part of the
    /// content. The secret may be part of it.
    pub(crate) fn around_body(&self, first: &[u8], secret: &[u8]) -> Option<(Wiped, &'d [u8], Wiped)> {
        let at = self.pieces.iter().position(|piece| matches!(piece, Piece::Body(_)))?;
        let (before, [Piece::Body(body), after @ ..]) = self.pieces.split_at_checked(at)? else { return None };
        Some((joined(first, before, secret).into(), body, joined(&[], after, secret).into()))
    }
}

impl Piece<'_> {
    fn bytes<'c>(&'c self, secret: &'c [u8]) -> &'c [u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Body(body) => body,
            Self::Secret => secret,
        }
    }
}

fn joined(first: &[u8], pieces: &[Piece<'_>], secret: &[u8]) -> Vec<u8> {
    let mut joined = first.to_vec();
    for piece in pieces {
        joined.extend_from_slice(piece.bytes(secret));
    }
    joined
}
