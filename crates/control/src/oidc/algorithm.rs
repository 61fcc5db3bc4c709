//! How tokens may be signed.

use crate::signature::Scheme;
use ring::digest;
use serde::{Deserialize, Serialize};

/// A signature algorithm with a public key (RFC 7518, section 3.1; RFC 8037). There is no other
/// here: a token without a signature, or with a shared secret, has no algorithm.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, which every issuer must offer.
    #[serde(rename = "RS256")]
    Rs256,
    /// ECDSA over P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// RSASSA-PSS with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Rs256, Self::Es256, Self::EdDsa, Self::Ps256];

    /// The word in a token's header.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Ps256 => "PS256",
        }
    }

    pub(super) fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }

    pub(super) const fn scheme(self) -> Scheme {
        match self {
            Self::Rs256 => Scheme::RsaPkcs1,
            Self::Es256 => Scheme::EcdsaFixed,
            Self::EdDsa => Scheme::Ed25519,
            Self::Ps256 => Scheme::RsaPss,
        }
    }

    /// The hash within, which `at_hash` is made with; Ed25519 has SHA-512.
    pub(super) fn digest(self, bytes: &[u8]) -> digest::Digest {
        let hash = match self {
            Self::Rs256 | Self::Es256 | Self::Ps256 => &digest::SHA256,
            Self::EdDsa => &digest::SHA512,
        };
        digest::digest(hash, bytes)
    }
}
