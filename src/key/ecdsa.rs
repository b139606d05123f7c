//! ECDSA over P-256 (FIPS 186-5, sections 6.4 and 6.5).
//!
//! The arithmetic of the curve is a library's. Its own layer for signatures is made for all curves and all ways of
//! signing, and is larger than the curve itself; what is needed of it is below. Tests compare the two.

use alloc::vec::Vec;

use p256::elliptic_curve::ff::{Field, PrimeField};
use p256::elliptic_curve::ops::{LinearCombination, Reduce};
use p256::elliptic_curve::point::AffineCoordinates;
use p256::{AffinePoint, FieldBytes, ProjectivePoint, Scalar};
use zeroize::Zeroizing;

use super::mac::HmacKey;
use crate::hash::Hash;

const HALF_BYTES: usize = 32;

/// A public key: a point of the curve other than the one at infinity.
#[derive(Clone)]
pub(super) struct Public(ProjectivePoint);

/// A private key.
#[derive(Clone)]
pub(super) struct Secret(Zeroizing<Scalar>);

impl Public {
    /// The point of these coordinates, if the curve has it.
    pub(super) fn new(x: &[u8], y: &[u8]) -> Option<Self> {
        let point = AffinePoint::from_coordinates(&FieldBytes::try_from(x).ok()?, &FieldBytes::try_from(y).ok()?);
        point.into_option().map(|point| Self(point.into()))
    }

    /// Whether the holder of the private key signed this digest.
    pub(super) fn verify(&self, digest: &[u8], signature: &[u8]) -> bool {
        self.verified(digest, signature).unwrap_or(false)
    }

    fn verified(&self, digest: &[u8], signature: &[u8]) -> Option<bool> {
        let (r, s) = signature.split_at_checked(HALF_BYTES)?;
        let (r, s) = (scalar(r)?, scalar(s)?);
        let inverse = s.invert().into_option()?;
        Some(x_of_sum(reduced(digest)? * inverse, self.0, r * inverse) == r)
    }
}

impl Secret {
    /// The key of this number, which lies between zero and the order of the curve.
    pub(super) fn new(number: &[u8]) -> Option<Self> {
        scalar(number).map(Zeroizing::new).map(Self)
    }

    /// The signature over a digest, always the same one.
    pub(super) fn sign(&self, digest: &[u8]) -> Option<Vec<u8>> {
        let digest = reduced(digest)?;
        let mut nonces = Nonces::new(&self.0, &digest);
        loop {
            let nonce = Zeroizing::new(nonces.next());
            let r = x_of_sum(*nonce, ProjectivePoint::IDENTITY, Scalar::ZERO);
            let s = nonce.invert().into_option()? * (digest + r * *self.0);
            if !bool::from(r.is_zero() | s.is_zero()) {
                return Some([r.to_repr(), s.to_repr()].concat());
            }
        }
    }
}

/// Numbers that only the holder of the private key can foretell, other ones for each digest (RFC 6979, section 3.2).
struct Nonces {
    key: Zeroizing<Vec<u8>>,
    value: Zeroizing<Vec<u8>>,
}

impl Nonces {
    fn new(secret: &Scalar, digest: &Scalar) -> Self {
        let seed = Zeroizing::new([secret.to_repr(), digest.to_repr()].concat());
        let [key, value] = [0, 1].map(|byte| Zeroizing::new(Vec::from([byte; HALF_BYTES])));
        let mut nonces = Self { key, value };
        nonces.stir(&[&[0], &seed]);
        nonces.stir(&[&[1], &seed]);
        nonces
    }

    fn next(&mut self) -> Scalar {
        loop {
            self.value = self.hmac(&[]);
            let nonce = scalar(&self.value);
            self.stir(&[&[0]]);
            if let Some(nonce) = nonce {
                return nonce;
            }
        }
    }

    fn stir(&mut self, seed: &[&[u8]]) {
        self.key = self.hmac(seed);
        self.value = self.hmac(&[]);
    }

    /// The tag over the value and what comes after it.
    fn hmac(&self, after: &[&[u8]]) -> Zeroizing<Vec<u8>> {
        let message = Zeroizing::new([&[&**self.value], after].concat().concat());
        Zeroizing::new(HmacKey::new(Hash::Sha256, &self.key).tag_of(&message))
    }
}

/// The number of these bytes, if it lies between zero and the order of the curve.
fn scalar(bytes: &[u8]) -> Option<Scalar> {
    let scalar: Option<Scalar> = Scalar::from_repr(FieldBytes::try_from(bytes).ok()?).into_option();
    scalar.filter(|scalar| !bool::from(scalar.is_zero()))
}

/// The number of a digest, modulo the order of the curve.
fn reduced(digest: &[u8]) -> Option<Scalar> {
    Some(Scalar::reduce(&FieldBytes::try_from(digest).ok()?))
}

/// The first coordinate of a sum, modulo the order of the curve: the generator taken so many times, and a point taken so
/// many times. How long it takes does not depend on these. The point at infinity has zero there, which fits no signature.
fn x_of_sum(generators: Scalar, point: ProjectivePoint, points: Scalar) -> Scalar {
    let products = [(ProjectivePoint::GENERATOR, generators), (point, points)];
    Scalar::reduce(&ProjectivePoint::lincomb(&products).to_affine().x())
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;
    use crate::text::hex;
    use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
    use p256::ecdsa::{Signature, SigningKey};
    use p256::elliptic_curve::Curve;
    use p256::{NistP256, U256};
    use proptest::prelude::*;
    use rfc6979::KGenerator;
    use sha2::{Digest, Sha256};

    /// RFC 6979, appendix A.2.5, with SHA-256.
    const KEY: &str = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
    const PUBLIC: [&str; 2] = [
        "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
        "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
    ];
    const SIGNED: [(&str, &str); 2] = [
        (
            "sample",
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716\
             f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
        ),
        (
            "test",
            "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367\
             019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
        ),
    ];

    #[test]
    fn it_signs_as_the_standard_shows() {
        let secret = Secret::new(&hex::decode(KEY).unwrap()).unwrap();
        let [x, y] = PUBLIC.map(|half| hex::decode(half).unwrap());
        let public = Public::new(&x, &y).unwrap();
        for (message, signature) in SIGNED {
            let digest = Sha256::digest(message);
            let signed = secret.sign(&digest).unwrap();
            assert_eq!(hex::encode(&signed), signature);
            assert!(public.verify(&digest, &signed));
        }
    }

    fn bytes() -> impl Strategy<Value = [u8; 32]> {
        // Often all ones or all zeros at the front, where the order of the curve ends.
        (prop::array::uniform32(any::<u8>()), prop_oneof![Just(0), Just(0xFF), any::<u8>()], 0_usize..32).prop_map(
            |(mut bytes, filler, until)| {
                bytes[..until].fill(filler);
                bytes
            },
        )
    }

    proptest! {
        #[test]
        fn it_is_what_a_library_signs_and_verifies(number in bytes(), digest in bytes(), bit in 0_usize..512) {
            let own = Secret::new(&number);
            let library = SigningKey::from_slice(&number);
            prop_assert_eq!(own.is_some(), library.is_ok());
            let (Some(own), Ok(library)) = (own, library) else { return Ok(()) };
            let expected: Signature = library.sign_prehash(&digest).unwrap();
            let mut signature = own.sign(&digest).unwrap();
            prop_assert_eq!(&signature, &expected.to_bytes().to_vec());

            let point = library.verifying_key().as_affine();
            let public = Public(ProjectivePoint::from(*point));
            prop_assert!(public.verify(&digest, &signature));
            signature[bit / 8] ^= 1 << (bit % 8);
            let is_valid = Signature::from_slice(&signature)
                .is_ok_and(|signature| library.verifying_key().verify_prehash(&digest, &signature).is_ok());
            prop_assert_eq!(public.verify(&digest, &signature), is_valid);
            prop_assert!(!is_valid);
        }

        /// A nonce is refused once in four thousand million times, so what comes after one is looked at here.
        #[test]
        fn nonces_are_what_a_library_makes_one_after_the_other(number in bytes(), digest in bytes()) {
            let Some(secret) = scalar(&number) else { return Ok(()) };
            let mut own = Nonces::new(&secret, &reduced(&digest).unwrap());
            let order: &U256 = NistP256::ORDER.as_ref();
            let mut library = KGenerator::<Sha256, U256>::new(&number, &digest, &[], order);
            for _ in 0..3 {
                let mut expected = [0; 32];
                library.fill_next_k(&mut expected);
                prop_assert_eq!(<[u8; 32]>::from(own.next().to_repr()), expected);
            }
        }
    }

    #[test]
    fn numbers_at_the_edges_are_none() {
        let order = hex::decode(&format!("{:x}", NistP256::ORDER.as_ref())).unwrap();
        let mut below = order.clone();
        below[31] -= 1;
        assert!(scalar(&below).is_some());
        for bytes in [&[0; 32][..], &order, &[0xFF; 32], &[1; 31], &[1; 33], &[]] {
            assert!(scalar(bytes).is_none(), "{bytes:?}");
        }
    }

    #[test]
    fn a_point_beside_the_curve_is_no_key() {
        let [x, y] = PUBLIC.map(|half| hex::decode(half).unwrap());
        let mut beside = y.clone();
        beside[31] ^= 1;
        assert!(Public::new(&x, &beside).is_none());
        assert!(Public::new(&[0; 32], &[0; 32]).is_none());
        assert!(Public::new(&x[1..], &y).is_none());
    }

    #[test]
    fn a_sum_at_infinity_fits_no_signature() {
        // With the digest and the key so chosen, the two products cancel each other out.
        let one = scalar(&[&[0; 31][..], &[1]].concat()).unwrap();
        let public = Public(-ProjectivePoint::GENERATOR);
        let signature = [one.to_repr(), one.to_repr()].concat();
        assert!(!public.verify(&one.to_repr(), &signature));
        assert_eq!(x_of_sum(one, -ProjectivePoint::GENERATOR, one), Scalar::ZERO);
    }
}
