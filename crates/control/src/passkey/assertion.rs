//! A person signs with a passkey they have registered (WebAuthn Level 3, section 7.2).

use super::{
    Ceremony,
    authenticator::AuthenticatorData,
    client::{self, Asked},
    cose::CoseKey,
    error::PasskeyError,
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use portcullis_firewall::passkey::Passkey;
use serde_json::Value;

/// Which passkey an answer says it is of, to look it up by; nothing is proved yet.
///
/// # Errors
/// [`PasskeyError::Malformed`].
pub fn named_passkey(response: &Value) -> Result<&str, PasskeyError> {
    Response::read(response).map(|response| response.id)
}

/// Checks that the passkey has signed for this ceremony, and says the count to keep from now on.
///
/// *Fails closed:* whatever is missing, is not read or does not fit is an error; so is a count
/// that went back.
///
/// # Errors
/// [`PasskeyError`] with the first thing that does not hold.
pub fn verify_assertion(
    expected: &Ceremony,
    passkey: &Passkey,
    response: &Value,
) -> Result<u32, PasskeyError> {
    let response = Response::read(response)?;
    if response.id != passkey.credential_id {
        return Err(PasskeyError::OtherPasskey);
    }
    let client_data = response.part("clientDataJSON")?;
    client::check(&client_data, Asked::Assertion, expected)?;
    let signed = response.part("authenticatorData")?;
    let data = AuthenticatorData::read(&signed)?;
    expected.check_device(&data)?;
    if data.backup_eligible != passkey.backup_eligible {
        return Err(PasskeyError::WrongBackup);
    }
    let signature = response.part("signature")?;
    let message = [&signed, digest(&client_data).as_ref()].concat();
    if !pinned(passkey)?.has_signed(&message, &signature) {
        return Err(PasskeyError::WrongSignature);
    }
    let count = passkey.next_count(data.sign_count);
    count.map_err(|_| PasskeyError::Cloned)
}

fn digest(bytes: &[u8]) -> ring::digest::Digest {
    ring::digest::digest(&ring::digest::SHA256, bytes)
}

/// The key that was registered, with the algorithm it was registered for.
fn pinned(passkey: &Passkey) -> Result<CoseKey, PasskeyError> {
    let bytes = URL_SAFE_NO_PAD
        .decode(&passkey.public_key)
        .map_err(|_| PasskeyError::Malformed("public key"))?;
    let key = CoseKey::read(&bytes)?;
    if key.algorithm == passkey.algorithm {
        Ok(key)
    } else {
        Err(PasskeyError::WrongAlgorithm)
    }
}
