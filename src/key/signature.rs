//! Signatures as text: the text of a header in, bytes out, and back. A signature has one canonical text, and only that text
//! decodes.

use alloc::string::String;
use alloc::vec::Vec;

use p256::ecdsa::{DerSignature, Signature};

use crate::scheme::{Algorithm, Encoding};
use crate::text::{base64, hex};

/// A signature that arrived, decoded and of the length that its algorithm gives. Nothing is verified yet.
#[derive(Clone)]
pub(crate) struct ReceivedSignature {
    pub(crate) algorithm: Algorithm,
    pub(super) bytes: Vec<u8>,
}

impl ReceivedSignature {
    /// Decodes a signature; `None` if the text is not canonical or the length is wrong.
    pub(crate) fn decode(algorithm: Algorithm, encoding: Encoding, text: &str) -> Option<Self> {
        let bytes = decode(encoding, text)?;
        let has_right_length = algorithm.tag_bytes().is_none_or(|length| length == bytes.len());
        has_right_length.then_some(Self { algorithm, bytes })
    }
}

/// Decodes the canonical text of some bytes.
pub(crate) fn decode(encoding: Encoding, text: &str) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Hex => hex::decode(text),
        Encoding::Base64 => base64::decode(text),
        Encoding::Base64Url => base64::decode_url(text),
        Encoding::Base64Der => {
            let signature = Signature::from_der(&base64::decode(text)?).ok()?;
            Some(signature.to_bytes().to_vec())
        }
    }
}

/// Encodes bytes, such as a signature, as the text that [`decode`] takes.
pub(crate) fn encode(encoding: Encoding, bytes: &[u8]) -> String {
    match encoding {
        Encoding::Hex => hex::encode(bytes),
        Encoding::Base64 => base64::encode(bytes),
        Encoding::Base64Url => base64::encode_url(bytes),
        // Only signatures that this crate made are encoded, and they are valid.
        Encoding::Base64Der => {
            let signature = Signature::from_slice(bytes).map(DerSignature::from);
            signature.map(|signature| base64::encode(signature.as_bytes())).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode_der(der: &[u8]) -> Option<Vec<u8>> {
        decode(Encoding::Base64Der, &base64::encode(der))
    }

    #[test]
    fn an_ecdsa_signature_decodes_from_its_one_der_form_only() {
        // The first number needs a leading zero in DER, and the second one must lose its own.
        let mut signature = [0x11; 64];
        signature[0] = 0x80;
        signature[32] = 0;
        let text = encode(Encoding::Base64Der, &signature);
        assert_eq!(decode(Encoding::Base64Der, &text).as_deref(), Some(&signature[..]));
        let der = base64::decode(&text).unwrap();
        assert_eq!(der[..5], [0x30, 0x44, 0x02, 0x21, 0x00]);

        let superfluous_zero = [&[0x30, 0x45, 0x02, 0x22, 0x00][..], &der[4..]].concat();
        let trailing_byte = [&der[..], &[0]].concat();
        let long_length = [&[0x30, 0x81, 0x44][..], &der[2..]].concat();
        let mut negative = base64::decode(&encode(Encoding::Base64Der, &[0x11; 64])).unwrap();
        negative[4] = 0x91;
        for other in [superfluous_zero, trailing_byte, long_length, negative] {
            assert_eq!(decode_der(&other), None, "{other:x?}");
        }
        // Zero is not a value that either number can have.
        assert_eq!(decode_der(&[0x30, 6, 2, 1, 0, 2, 1, 0]), None);
    }
}
