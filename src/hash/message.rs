//! The message that is hashed or signed, in pieces. The body is borrowed and never copied, and each key puts its own secret
//! into the places that the message keeps for one.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::cell::OnceCell;

use zeroize::Zeroizing;

use super::function::{Hash, Hasher};

/// Bytes that are overwritten when they are dropped, because they may contain a secret.
type Wiped = Zeroizing<Vec<u8>>;

/// A signed message, in pieces.
#[derive(Clone, Default)]
pub(crate) struct Message<'d> {
    pieces: Vec<Piece<'d>>,
    /// The first digest that was asked for. Pieces are not added after that.
    digest: OnceCell<(Hash, Vec<u8>)>,
}

#[derive(Clone)]
enum Piece<'d> {
    Bytes(Cow<'d, [u8]>),
    Body(&'d [u8]),
    /// The place for the key's secret.
    Secret,
}

impl<'d> Message<'d> {
    /// A message that consists of these bytes.
    pub(crate) fn of(bytes: &'d [u8]) -> Self {
        Self { pieces: Vec::from([Piece::Bytes(Cow::Borrowed(bytes))]), digest: OnceCell::new() }
    }

    /// An empty message with room for this many pieces.
    pub(crate) fn with_capacity(pieces: usize) -> Self {
        Self { pieces: Vec::with_capacity(pieces), digest: OnceCell::new() }
    }

    /// Appends some bytes.
    pub(crate) fn push(&mut self, bytes: Cow<'d, [u8]>) {
        self.pieces.push(Piece::Bytes(bytes));
    }

    /// Appends the body. The host can hash it without copying it.
    pub(crate) fn push_body(&mut self, body: &'d [u8]) {
        self.pieces.push(Piece::Body(body));
    }

    /// Appends a place for the key's secret.
    pub(crate) fn push_secret(&mut self) {
        self.pieces.push(Piece::Secret);
    }

    /// The pieces in sequence, with `secret` in the places for one.
    pub(crate) fn pieces<'c>(&'c self, secret: &'c [u8]) -> impl Iterator<Item = &'c [u8]> {
        self.pieces.iter().map(move |piece| piece.bytes(secret))
    }

    /// The length of the message in bytes, without a secret.
    pub(crate) fn len(&self) -> usize {
        self.pieces(&[]).fold(0, |sum, piece| sum.saturating_add(piece.len()))
    }

    /// The digest of what `hasher` has read and of the message, with `secret` in the places for one.
    pub(super) fn digest_after(&self, mut hasher: Hasher, secret: &[u8]) -> Vec<u8> {
        for piece in self.pieces(secret) {
            hasher.update(piece);
        }
        hasher.finish()
    }

    /// The digest of the message. The first one is kept, so that several keys do not hash a large body again.
    pub(super) fn digest_once(&self, hash: Hash, compute: impl Fn() -> Vec<u8>) -> Cow<'_, [u8]> {
        match self.digest.get_or_init(|| (hash, compute())) {
            (kept, digest) if *kept == hash => Cow::Borrowed(digest),
            _ => Cow::Owned(compute()),
        }
    }

    /// The whole message in one piece. Ed25519 needs it, because it reads the message twice.
    pub(crate) fn whole(&self) -> Vec<u8> {
        joined(&[], &self.pieces, &[])
    }

    /// Splits the message at the body: `first` and all pieces before the body, the body, and all pieces after it. `None` if
    /// the body is not part of the message.
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
