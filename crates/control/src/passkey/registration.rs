//! A person shows a new passkey (WebAuthn Level 3, section 7.1).

use super::{
    Ceremony,
    authenticator::AuthenticatorData,
    cbor::{self, Value as Cbor},
    client::{self, Asked},
    cose::CoseKey,
    error::PasskeyError,
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use portcullis_firewall::passkey::Passkey;
use serde_json::Value;

const PART: &str = "attestationObject";

/// What to keep of a new passkey. That no other person has one of this `credential_id` is for the
/// caller to check.
///
/// Attestation statements are not looked at: the passkey counts as one of its holder's choice.
///
/// *Fails closed:* whatever is missing, is not read or does not fit is an error.
///
/// # Errors
/// [`PasskeyError`] with the first thing that does not hold.
pub fn verify_registration(
    expected: &Ceremony,
    response: &Value,
    name: &str,
    now: Timestamp,
) -> Result<Passkey, PasskeyError> {
    let response = Response::read(response)?;
    let client_data = response.part("clientDataJSON")?;
    client::check(&client_data, Asked::Registration, expected)?;
    let attestation = response.part(PART)?;
    let data = authenticator_data(&attestation)?;
    expected.check_device(&data)?;
    let attested = data.attested.ok_or(PasskeyError::Malformed(PART))?;
    let credential_id = URL_SAFE_NO_PAD.encode(attested.credential_id);
    if credential_id != response.id {
        return Err(PasskeyError::OtherPasskey);
    }
    let key = CoseKey::read(attested.public_key)?;
    Ok(Passkey {
        credential_id,
        public_key: URL_SAFE_NO_PAD.encode(attested.public_key),
        algorithm: key.algorithm,
        sign_count: data.sign_count,
        user_verified: data.user_verified,
        backup_eligible: data.backup_eligible,
        name: name.to_owned(),
        at: now,
    })
}

fn authenticator_data(attestation: &[u8]) -> Result<AuthenticatorData<'_>, PasskeyError> {
    let object =
        cbor::read(attestation).map_err(|error| PasskeyError::Cbor { part: PART, error })?;
    let format = object.named("fmt").and_then(Cbor::text);
    let statement = object.named("attStmt");
    let data = object.named("authData").and_then(Cbor::bytes);
    match (format, statement, data) {
        (Some("none"), Some(Cbor::Map(pairs)), _) if !pairs.is_empty() => {
            Err(PasskeyError::Malformed(PART))
        }
        (Some(_), Some(_), Some(data)) => AuthenticatorData::read(data),
        _ => Err(PasskeyError::Malformed(PART)),
    }
}
