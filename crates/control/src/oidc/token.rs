//! A signed token (RFC 7515, compact; RFC 7519).

use super::{algorithm::Algorithm, error::OidcError, post};
use crate::signature::PublicKey;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

const MALFORMED: OidcError = OidcError::Malformed("token");

/// The most bytes of a token; one with two hundred groups has some ten thousand.
const MAX_BYTES: usize = 64 << 10;

/// A token whose signature nobody has looked at yet: its claims are out of reach.
#[derive(Debug)]
pub(super) struct Token<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
    signed: &'a str,
    claims: &'a str,
    signature: Vec<u8>,
}

impl<'a> Token<'a> {
    /// Reads a token's header.
    ///
    /// *Fails closed:* what a token says of its own key (`jwk`, `jku`, `x5c`, `x5u`) is ignored;
    /// what it says must be understood (`crit`) is not, so the token is refused.
    ///
    /// # Errors
    /// [`OidcError::Malformed`], and [`OidcError::WrongAlgorithm`] unless it is `allowed`.
    pub(super) fn read(text: &'a str, allowed: &[Algorithm]) -> Result<Self, OidcError> {
        if text.len() > MAX_BYTES {
            return Err(MALFORMED);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(MALFORMED)?;
        let (header, claims) = signed.split_once('.').ok_or(MALFORMED)?;
        let header = object(header).ok_or(MALFORMED)?;
        let word = |name| header.get(name).and_then(Value::as_str);
        let algorithm = word("alg").and_then(Algorithm::named);
        let algorithm = algorithm.filter(|one| allowed.contains(one));
        let algorithm = algorithm.ok_or(OidcError::WrongAlgorithm)?;
        let is_plain = word("typ").is_none_or(|typ| typ.eq_ignore_ascii_case("JWT"));
        if !is_plain || header.contains_key("crit") {
            return Err(MALFORMED);
        }
        Ok(Self {
            algorithm,
            kid: word("kid").map(str::to_owned),
            signed,
            claims,
            signature: bytes(signature).ok_or(MALFORMED)?,
        })
    }

    /// What the token claims, once it is certain that the key has signed it.
    ///
    /// # Errors
    /// [`OidcError::WrongSignature`] and [`OidcError::Malformed`].
    pub(super) fn claims(&self, key: &PublicKey) -> Result<Map<String, Value>, OidcError> {
        let scheme = self.algorithm.scheme();
        if !key.has_signed(scheme, self.signed.as_bytes(), &self.signature) {
            return Err(OidcError::WrongSignature);
        }
        object(self.claims).ok_or(MALFORMED)
    }
}

fn object(text: &str) -> Option<Map<String, Value>> {
    match post::read(&bytes(text)?, MAX_BYTES)? {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
