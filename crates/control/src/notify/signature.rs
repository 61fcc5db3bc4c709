//! The signature of a webhook, so that a receiver knows who calls and when.
//!
//! Source: Standard Webhooks 1.0.0, symmetric signatures. The key is the secret's bytes as they are.

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use portcullis_firewall::outside::{Keyring, OutsideError, SecretName};

/// The header with the message's id; it is the same when the message is sent again.
pub const ID: &str = "webhook-id";
/// The header with the moment of this attempt, in seconds since 1970.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// The header with the signatures, one for each secret.
pub const SIGNATURE: &str = "webhook-signature";

/// The three headers for a body that is sent now.
///
/// Every secret signs, so that a receiver can move from one to the next in its own time.
///
/// *Fails closed:* without one of its secrets nothing is signed, for a receiver that only knows
/// that one would refuse the message for good.
///
/// # Errors
/// [`OutsideError::NoSecret`].
pub fn sign(
    keyring: &dyn Keyring,
    secrets: &[SecretName],
    id: &str,
    at: Timestamp,
    body: &[u8],
) -> Result<[(String, String); 3], OutsideError> {
    let seconds = at.as_second();
    let mut message = format!("{id}.{seconds}.").into_bytes();
    message.extend_from_slice(body);
    let mut signatures = Vec::with_capacity(secrets.len());
    for secret in secrets {
        let mac = keyring.mac(secret, &message)?;
        signatures.push(format!("v1,{}", STANDARD.encode(mac)));
    }
    Ok([
        (ID.to_owned(), id.to_owned()),
        (TIMESTAMP.to_owned(), seconds.to_string()),
        (SIGNATURE.to_owned(), signatures.join(" ")),
    ])
}
