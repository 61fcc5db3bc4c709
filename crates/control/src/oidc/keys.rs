//! The keys that the issuer publishes (RFC 7517).

use super::{algorithm::Algorithm, error::OidcError};
use crate::signature::{PublicKey, Scheme};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

/// The most keys that are looked at; issuers have a handful.
const MAX_KEYS: usize = 64;

/// Every published key that a token may be signed with.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys(Vec<Key>);

#[derive(Clone, Debug)]
struct Key {
    kid: Option<String>,
    /// The algorithm that the key is for, when the issuer says so.
    alg: Option<String>,
    key: PublicKey,
}

impl Keys {
    /// Reads a set; keys of kinds or for uses that are not ours are left out (section 5).
    ///
    /// # Errors
    /// [`OidcError::Malformed`] when it is no set, or a very large one.
    pub(super) fn read(value: &Value) -> Result<Self, OidcError> {
        let keys = value.get("keys").and_then(Value::as_array);
        let keys = keys.filter(|keys| keys.len() <= MAX_KEYS);
        let keys = keys.ok_or(OidcError::Malformed("key set"))?;
        Ok(Self(keys.iter().filter_map(Key::read).collect()))
    }

    /// The one key that a token of this header may be signed with.
    ///
    /// *Fails closed:* where more than one fits, none does.
    ///
    /// # Errors
    /// [`OidcError::UnknownKey`].
    pub(super) fn find(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<&PublicKey, OidcError> {
        let named = |key: &&Key| kid.is_none() || key.kid.as_deref() == kid;
        let mut fitting = self
            .0
            .iter()
            .filter(named)
            .filter(|key| key.fits(algorithm));
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(&key.key),
            _ => Err(OidcError::UnknownKey),
        }
    }
}

impl Key {
    fn read(value: &Value) -> Option<Self> {
        let word = |name| value.get(name).and_then(Value::as_str);
        let bytes = |name| URL_SAFE_NO_PAD.decode(word(name)?).ok();
        let verifies = match value.get("key_ops") {
            None => true,
            Some(operations) => operations.as_array()?.iter().any(|one| one == "verify"),
        };
        if !verifies || word("use").is_some_and(|of| of != "sig") {
            return None;
        }
        let key = match (word("kty")?, word("crv")) {
            ("RSA", _) => PublicKey::rsa(&bytes("n")?, &bytes("e")?),
            ("EC", Some("P-256")) => PublicKey::p256(&bytes("x")?, &bytes("y")?),
            ("OKP", Some("Ed25519")) => PublicKey::ed25519(&bytes("x")?),
            _ => None,
        }?;
        Some(Self {
            kid: word("kid").map(str::to_owned),
            alg: word("alg").map(str::to_owned),
            key,
        })
    }

    fn fits(&self, algorithm: Algorithm) -> bool {
        let for_it = self
            .alg
            .as_deref()
            .is_none_or(|alg| alg == algorithm.as_str());
        let of_its_kind = matches!(
            (&self.key, algorithm.scheme()),
            (PublicKey::Rsa(..), Scheme::RsaPkcs1 | Scheme::RsaPss)
                | (PublicKey::P256(_), Scheme::EcdsaFixed)
                | (PublicKey::Ed25519(_), Scheme::Ed25519)
        );
        for_it && of_its_kind
    }
}
