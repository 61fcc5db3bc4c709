//! What the authenticator says and signs (WebAuthn Level 3, section 6.1).

use super::{cbor, error::PasskeyError};

const PART: &str = "authenticator data";

/// The longest name of a key (section 7.1, the step on `credentialId`).
const CREDENTIAL_ID_MAX_BYTES: usize = 1_023;

/// What the authenticator saw, did and is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuthenticatorData<'a> {
    /// SHA-256 of the relying party's id.
    pub rp_id_hash: [u8; 32],
    /// Somebody touched it.
    pub user_present: bool,
    /// It checked who: a PIN, a finger, a face.
    pub user_verified: bool,
    /// The key may be copied to the owner's other devices.
    pub backup_eligible: bool,
    /// The key is copied now.
    pub backed_up: bool,
    /// How often it has signed; 0 is that it does not count.
    pub sign_count: u32,
    /// The new key, at registration.
    pub attested: Option<AttestedKey<'a>>,
}

/// A new key as the authenticator hands it over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AttestedKey<'a> {
    /// The authenticator's name for it.
    pub credential_id: &'a [u8],
    /// The COSE key, as it was written.
    pub public_key: &'a [u8],
}

/// The bits of the byte after the hash.
mod flag {
    pub(super) const USER_PRESENT: u8 = 1;
    pub(super) const USER_VERIFIED: u8 = 1 << 2;
    pub(super) const BACKUP_ELIGIBLE: u8 = 1 << 3;
    pub(super) const BACKED_UP: u8 = 1 << 4;
    pub(super) const ATTESTED: u8 = 1 << 6;
    pub(super) const EXTENSIONS: u8 = 1 << 7;
}

impl<'a> AuthenticatorData<'a> {
    /// Reads all of it; extensions are read and left out.
    ///
    /// *Fails closed:* too few bytes, and bytes that no flag announces, are refused.
    ///
    /// # Errors
    /// [`PasskeyError::Malformed`] and [`PasskeyError::Cbor`].
    pub fn read(bytes: &'a [u8]) -> Result<Self, PasskeyError> {
        let (rp_id_hash, rest) = chunk::<32>(bytes)?;
        let ([flags], rest) = chunk::<1>(rest)?;
        let (count, rest) = chunk::<4>(rest)?;
        let has = |bit: u8| flags & bit != 0;
        let (attested, rest) = if has(flag::ATTESTED) {
            let (key, rest) = attested_key(rest)?;
            (Some(key), rest)
        } else {
            (None, rest)
        };
        let rest = if has(flag::EXTENSIONS) {
            extensions(rest)?
        } else {
            rest
        };
        if !rest.is_empty() {
            return Err(PasskeyError::Malformed(PART));
        }
        Ok(Self {
            rp_id_hash,
            user_present: has(flag::USER_PRESENT),
            user_verified: has(flag::USER_VERIFIED),
            backup_eligible: has(flag::BACKUP_ELIGIBLE),
            backed_up: has(flag::BACKED_UP),
            sign_count: u32::from_be_bytes(count),
            attested,
        })
    }
}

/// Section 6.5.1: sixteen bytes of the maker, the length of the name, the name, the key.
fn attested_key(bytes: &[u8]) -> Result<(AttestedKey<'_>, &[u8]), PasskeyError> {
    let (_aaguid, rest) = chunk::<16>(bytes)?;
    let (length, rest) = chunk::<2>(rest)?;
    let length = usize::from(u16::from_be_bytes(length));
    if length == 0 || length > CREDENTIAL_ID_MAX_BYTES {
        return Err(PasskeyError::Malformed(PART));
    }
    let (credential_id, rest) = rest
        .split_at_checked(length)
        .ok_or(PasskeyError::Malformed(PART))?;
    let (_, after) = first(rest)?;
    let public_key = rest
        .get(..rest.len().saturating_sub(after.len()))
        .ok_or(PasskeyError::Malformed(PART))?;
    let key = AttestedKey {
        credential_id,
        public_key,
    };
    Ok((key, after))
}

fn extensions(bytes: &[u8]) -> Result<&[u8], PasskeyError> {
    match first(bytes)? {
        (cbor::Value::Map(_), rest) => Ok(rest),
        _ => Err(PasskeyError::Malformed(PART)),
    }
}

fn first(bytes: &[u8]) -> Result<(cbor::Value<'_>, &[u8]), PasskeyError> {
    cbor::read_first(bytes).map_err(|error| PasskeyError::Cbor { part: PART, error })
}

fn chunk<const N: usize>(bytes: &[u8]) -> Result<([u8; N], &[u8]), PasskeyError> {
    let (chunk, rest) = bytes
        .split_first_chunk()
        .ok_or(PasskeyError::Malformed(PART))?;
    Ok((*chunk, rest))
}
