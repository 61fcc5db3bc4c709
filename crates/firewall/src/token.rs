//! Signed texts that are carried about: `<prefix><payload>.<signature>`, base64url without padding.
//!
//! The signature covers the payload behind the fixed domain of its kind, so that nothing else the
//! gate signs can be taken for it.

use crate::sign::{PublicKey, Signature, SigningKey};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// A kind of token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    /// What every token of it begins with.
    pub(crate) prefix: &'static str,
    /// What every signed message of it begins with.
    pub(crate) domain: &'static [u8],
    /// The longest token of it, in bytes.
    pub(crate) max_bytes: usize,
}

/// A token taken apart; nothing about it is checked yet.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) payload: Vec<u8>,
    signature: Signature,
}

impl Kind {
    /// Signs a payload into a token.
    pub(crate) fn mint(&self, key: &SigningKey, payload: &[u8]) -> String {
        let signature = key.sign(&self.message(payload));
        let (text, signed) = (
            URL_SAFE_NO_PAD.encode(payload),
            URL_SAFE_NO_PAD.encode(signature.as_bytes()),
        );
        format!("{}{text}.{signed}", self.prefix)
    }

    /// Takes a text apart when it has the form of a token.
    pub(crate) fn take_apart(&self, token: &str) -> Option<Parts> {
        if token.len() > self.max_bytes {
            return None;
        }
        let (payload, signature) = token.strip_prefix(self.prefix)?.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        Some(Parts {
            payload: URL_SAFE_NO_PAD.decode(payload).ok()?,
            signature: Signature::new(signature.try_into().ok()?),
        })
    }

    /// Whether this key signed it as a token of this kind.
    pub(crate) fn is_genuine(&self, parts: &Parts, key: &PublicKey) -> bool {
        key.verifies(&self.message(&parts.payload), &parts.signature)
    }

    fn message(&self, payload: &[u8]) -> Vec<u8> {
        [self.domain, payload].concat()
    }
}
