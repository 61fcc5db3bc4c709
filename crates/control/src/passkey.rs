//! Passkeys: a person proves with a key in a device that it was them, and for what.
//!
//! The challenge that the device signs is the caller's to choose. For an approval it is the digest
//! of what is approved, so that the signature says yes to that and to nothing else; for the rest it
//! is fresh randomness. Nothing is stored here: the caller keeps challenges and passkeys.
//!
//! The checks are those of WebAuthn Level 3, sections 7.1 and 7.2, without attestation: who made
//! the device is not asked.

mod assertion;
mod authenticator;
pub mod cbor;
mod client;
mod cose;
mod error;
mod options;
mod registration;
mod response;

pub use assertion::{named_passkey, verify_assertion};
pub use authenticator::{AttestedKey, AuthenticatorData};
pub use error::PasskeyError;
pub use options::{Owner, assertion_options, registration_options};
pub use registration::verify_registration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// What the device is to sign, among other things.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Challenge(pub [u8; 32]);

impl Challenge {
    /// Base64url without padding, as browsers write it.
    #[must_use]
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

/// What one registration or assertion must be for.
#[derive(Clone, Debug)]
pub struct Ceremony {
    /// The domain that passkeys are for, e.g. `gate.example.com`.
    pub rp_id: String,
    /// Where the browser may have been, e.g. `https://gate.example.com`; compared exactly.
    pub origins: Vec<String>,
    /// What must have been signed.
    pub challenge: Challenge,
    /// Whether the device must have checked who holds it, not only that somebody does.
    pub user_verification_required: bool,
}

impl Ceremony {
    /// Checks what the device says of itself and its holder, the same for both ceremonies.
    fn check_device(&self, data: &AuthenticatorData<'_>) -> Result<(), PasskeyError> {
        let rp_id = ring::digest::digest(&ring::digest::SHA256, self.rp_id.as_bytes());
        if data.rp_id_hash != rp_id.as_ref() {
            return Err(PasskeyError::WrongRelyingParty);
        }
        if !data.user_present {
            return Err(PasskeyError::UserAbsent);
        }
        if self.user_verification_required && !data.user_verified {
            return Err(PasskeyError::UserUnverified);
        }
        if data.backed_up && !data.backup_eligible {
            return Err(PasskeyError::WrongBackup);
        }
        Ok(())
    }
}
