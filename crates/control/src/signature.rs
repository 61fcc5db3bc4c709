//! Public keys of others and the signatures made with them, whatever wrote them down.
//!
//! Passkeys write keys as COSE and ECDSA signatures as ASN.1; tokens write keys as JWK and ECDSA
//! signatures as two numbers side by side. Below that they are the same.

use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
    VerificationAlgorithm,
};

/// RSA moduli in bytes: 2048 bits is the least that is safe, 8192 the most that is quick.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1_024;

/// The most bytes of a public exponent; real ones have three.
const EXPONENT_MAX_BYTES: usize = 4;

/// A key that verifies.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum PublicKey {
    /// A point of P-256, uncompressed: 4, x, y.
    P256([u8; 65]),
    /// A point of Ed25519.
    Ed25519([u8; 32]),
    /// Modulus and exponent, big-endian, without leading zeros.
    Rsa(Vec<u8>, Vec<u8>),
}

/// How a signature was made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Scheme {
    /// ECDSA over P-256 with SHA-256, as ASN.1 DER.
    EcdsaAsn1,
    /// ECDSA over P-256 with SHA-256, as two 32-byte numbers.
    EcdsaFixed,
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaPkcs1,
    /// RSASSA-PSS with SHA-256.
    RsaPss,
}

impl PublicKey {
    /// A point of P-256 by its coordinates, each exactly 32 bytes.
    pub(crate) fn p256(x: &[u8], y: &[u8]) -> Option<Self> {
        let (x, y): ([u8; 32], [u8; 32]) = (x.try_into().ok()?, y.try_into().ok()?);
        let mut point = [4; 65];
        let (_, coordinates) = point.split_first_mut()?;
        for (to, from) in coordinates.iter_mut().zip(x.iter().chain(&y)) {
            *to = *from;
        }
        Some(Self::P256(point))
    }

    /// A point of Ed25519, exactly 32 bytes.
    pub(crate) fn ed25519(x: &[u8]) -> Option<Self> {
        Some(Self::Ed25519(x.try_into().ok()?))
    }

    /// An RSA key of 2048 to 8192 bits, its numbers without leading zeros.
    pub(crate) fn rsa(n: &[u8], e: &[u8]) -> Option<Self> {
        let whole = |number: &[u8]| number.first().is_some_and(|first| *first != 0);
        let fits = MODULUS_BYTES.contains(&n.len()) && e.len() <= EXPONENT_MAX_BYTES;
        (fits && whole(n) && whole(e)).then(|| Self::Rsa(n.to_vec(), e.to_vec()))
    }

    /// Whether this key made the signature.
    ///
    /// *Fails closed:* a key of another kind than the scheme's, or one that is no key at all, has
    /// signed nothing.
    pub(crate) fn has_signed(&self, scheme: Scheme, message: &[u8], signature: &[u8]) -> bool {
        match (self, scheme) {
            (Self::P256(point), Scheme::EcdsaAsn1) => {
                is_right(&ECDSA_P256_SHA256_ASN1, point, message, signature)
            }
            (Self::P256(point), Scheme::EcdsaFixed) => {
                is_right(&ECDSA_P256_SHA256_FIXED, point, message, signature)
            }
            (Self::Ed25519(point), Scheme::Ed25519) => {
                is_right(&ED25519, point, message, signature)
            }
            (Self::Rsa(n, e), Scheme::RsaPkcs1) => {
                rsa_is_right(&RSA_PKCS1_2048_8192_SHA256, (n, e), message, signature)
            }
            (Self::Rsa(n, e), Scheme::RsaPss) => {
                rsa_is_right(&RSA_PSS_2048_8192_SHA256, (n, e), message, signature)
            }
            _ => false,
        }
    }
}

fn is_right(
    algorithm: &'static dyn VerificationAlgorithm,
    point: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    let key = UnparsedPublicKey::new(algorithm, point);
    key.verify(message, signature).is_ok()
}

fn rsa_is_right(
    parameters: &'static RsaParameters,
    (n, e): (&[u8], &[u8]),
    message: &[u8],
    signature: &[u8],
) -> bool {
    let key = RsaPublicKeyComponents { n, e };
    key.verify(parameters, message, signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{PublicKey, Scheme};

    #[test]
    fn a_key_of_another_shape_is_none() {
        assert!(PublicKey::p256(&[1; 32], &[1; 31]).is_none());
        assert!(PublicKey::ed25519(&[1; 33]).is_none());
        assert!(PublicKey::rsa(&[1; 255], &[1, 0, 1]).is_none());
        assert!(PublicKey::rsa(&[1; 1_025], &[1, 0, 1]).is_none());
        assert!(PublicKey::rsa(&[0; 256], &[1, 0, 1]).is_none());
        assert!(PublicKey::rsa(&[1; 256], &[]).is_none());
        assert!(PublicKey::rsa(&[1; 256], &[1, 0, 1]).is_some());
    }

    #[test]
    fn a_key_never_signs_by_a_scheme_of_another_kind() {
        let key = PublicKey::ed25519(&[1; 32]).expect("a key");
        for scheme in [Scheme::EcdsaAsn1, Scheme::RsaPkcs1, Scheme::Ed25519] {
            assert!(!key.has_signed(scheme, b"message", &[0; 64]));
        }
    }
}
