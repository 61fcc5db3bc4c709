//! What other tools can verify: in-toto statements, and more, signed in DSSE envelopes.
//!
//! The signature covers the type and the length of what is signed (the pre-authentication encoding
//! of DSSE 1.0), so that one kind of statement can never be taken for another.

use crate::sign::{PublicKey, Signature, SigningKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The type of statements about actions.
pub const STATEMENT_TYPE: &str = "application/vnd.in-toto+json";

/// A statement with its signatures, in the JSON form of DSSE.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// The statement, base64.
    pub payload: String,
    /// What it is.
    #[serde(rename = "payloadType")]
    pub payload_type: String,
    /// Who signed it.
    pub signatures: Vec<Signed>,
}

/// One signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// Which key: SHA-256 of the public key, as hex.
    pub keyid: String,
    /// The signature, base64.
    pub sig: String,
}

/// Signs a statement.
#[must_use]
pub fn sign(key: &SigningKey, statement: &[u8]) -> Envelope {
    sign_as(STATEMENT_TYPE, key, statement)
}

/// Signs something of another type.
#[must_use]
pub fn sign_as(kind: &str, key: &SigningKey, payload: &[u8]) -> Envelope {
    let signature = key.sign(&encoded(kind, payload));
    Envelope {
        payload: STANDARD.encode(payload),
        payload_type: kind.to_owned(),
        signatures: vec![Signed {
            keyid: key_id(&key.public_key()),
            sig: STANDARD.encode(signature.as_bytes()),
        }],
    }
}

/// The statement of an envelope that this key signed; `None` for any other.
#[must_use]
pub fn verify(envelope: &Envelope, key: &PublicKey) -> Option<Vec<u8>> {
    verify_as(STATEMENT_TYPE, envelope, key)
}

/// What is in an envelope of a type that this key signed; `None` for any other.
#[must_use]
pub fn verify_as(kind: &str, envelope: &Envelope, key: &PublicKey) -> Option<Vec<u8>> {
    let payload = STANDARD.decode(&envelope.payload).ok()?;
    let message = encoded(&envelope.payload_type, &payload);
    let by_key = |signed: &Signed| {
        let bytes = STANDARD.decode(&signed.sig).ok()?;
        let signature = Signature::new(bytes.try_into().ok()?);
        key.verifies(&message, &signature).then_some(())
    };
    (envelope.payload_type == kind && envelope.signatures.iter().any(|s| by_key(s).is_some()))
        .then_some(payload)
}

/// The name of a key.
#[must_use]
pub fn key_id(key: &PublicKey) -> String {
    hex::encode(Sha256::digest(key.as_bytes()))
}

/// The pre-authentication encoding.
fn encoded(kind: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn the_published_encoding_comes_out() {
        let text = encoded("http://example.com/HelloWorld", b"hello world");
        let wanted = "DSSEv1 29 http://example.com/HelloWorld 11 hello world";
        assert_eq!(String::from_utf8(text).unwrap(), wanted);
    }
}
