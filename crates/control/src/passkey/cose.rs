//! Public keys as authenticators write them (COSE: RFC 9052, section 7; RFC 9053; RFC 8230).

use super::{
    cbor::{self, Value},
    error::PasskeyError,
};
use crate::signature::{PublicKey, Scheme};

const PART: &str = "public key";

/// The algorithms a passkey may use, dearest to us first (IANA: COSE Algorithms).
pub(super) const ALGORITHMS: [i64; 3] = [EDDSA, ES256, RS256];

const ES256: i64 = -7;
const EDDSA: i64 = -8;
const RS256: i64 = -257;

/// The numbers that name a key's parts.
mod label {
    pub(super) const KTY: i64 = 1;
    pub(super) const ALG: i64 = 3;
    pub(super) const CRV_OR_N: i64 = -1;
    pub(super) const X_OR_E: i64 = -2;
    pub(super) const Y: i64 = -3;
}

/// A key, and the one way it signs.
#[derive(Debug)]
pub(super) struct CoseKey {
    pub(super) algorithm: i64,
    scheme: Scheme,
    key: PublicKey,
}

impl CoseKey {
    /// Reads a key of one of the [`ALGORITHMS`].
    ///
    /// *Fails closed:* a key whose kind or curve is not that of its algorithm is refused.
    ///
    /// # Errors
    /// [`PasskeyError::Cbor`], [`PasskeyError::Malformed`] and [`PasskeyError::WrongAlgorithm`].
    pub(super) fn read(bytes: &[u8]) -> Result<Self, PasskeyError> {
        let value = cbor::read(bytes).map_err(|error| PasskeyError::Cbor { part: PART, error })?;
        let number = |at| value.at(at).and_then(Value::int);
        let algorithm = number(label::ALG).ok_or(PasskeyError::Malformed(PART))?;
        let (scheme, kind) = match algorithm {
            ES256 => (Scheme::EcdsaAsn1, (2, Some(1))),
            EDDSA => (Scheme::Ed25519, (1, Some(6))),
            RS256 => (Scheme::RsaPkcs1, (3, None)),
            _ => return Err(PasskeyError::WrongAlgorithm),
        };
        if (number(label::KTY), number(label::CRV_OR_N)) != (Some(kind.0), kind.1) {
            return Err(PasskeyError::Malformed(PART));
        }
        let key = public_key(&value, scheme).ok_or(PasskeyError::Malformed(PART))?;
        Ok(Self {
            algorithm,
            scheme,
            key,
        })
    }

    /// Whether the key made the signature.
    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        self.key.has_signed(self.scheme, message, signature)
    }
}

fn public_key(value: &Value<'_>, scheme: Scheme) -> Option<PublicKey> {
    let bytes = |at| value.at(at).and_then(Value::bytes);
    match scheme {
        Scheme::EcdsaAsn1 | Scheme::EcdsaFixed => {
            PublicKey::p256(bytes(label::X_OR_E)?, bytes(label::Y)?)
        }
        Scheme::Ed25519 => PublicKey::ed25519(bytes(label::X_OR_E)?),
        Scheme::RsaPkcs1 | Scheme::RsaPss => {
            PublicKey::rsa(bytes(label::CRV_OR_N)?, bytes(label::X_OR_E)?)
        }
    }
}
