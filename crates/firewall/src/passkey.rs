//! Passkeys of people: what a WebAuthn authenticator is known by again.
//!
//! Only the public half is kept. Whether a signature is right is checked by the door that has the
//! browser in front of it; here is what must be remembered for that.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A passkey as it is kept: the credential record of WebAuthn Level 3, section 4.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Passkey {
    /// The authenticator's name for it, base64url without padding.
    pub credential_id: String,
    /// The public key, a COSE key (RFC 9052, section 7) in base64url without padding.
    pub public_key: String,
    /// The COSE algorithm the key is pinned to: -7 ES256, -8 EdDSA, -257 RS256.
    pub algorithm: i64,
    /// How often the authenticator says it has signed; 0 is that it does not count.
    pub sign_count: u32,
    /// Whether the authenticator checked who holds it (a PIN, a finger) at registration.
    #[serde(default)]
    pub user_verified: bool,
    /// Whether the key may be copied to the owner's other devices; never changes.
    #[serde(default)]
    pub backup_eligible: bool,
    /// What its owner calls it.
    pub name: String,
    /// When it was registered.
    pub at: Timestamp,
}

impl Passkey {
    /// The count to keep after a signature that came with this one (WebAuthn Level 3, section
    /// 7.2, the step on `signCount`).
    ///
    /// *Fails closed:* a count that stands still or falls is refused, once either side counts.
    ///
    /// # Errors
    /// [`ClonedKey`] when somebody else has signed with a copy of the key, or has held this
    /// signature back.
    pub const fn next_count(&self, count: u32) -> Result<u32, ClonedKey> {
        let counts = self.sign_count != 0 || count != 0;
        if counts && count <= self.sign_count {
            return Err(ClonedKey {
                kept: self.sign_count,
                came: count,
            });
        }
        Ok(count)
    }

    /// Takes the count of a signature that was found right.
    ///
    /// # Errors
    /// [`ClonedKey`] as [`Self::next_count`] says; then nothing changes.
    pub const fn advance(&mut self, count: u32) -> Result<(), ClonedKey> {
        match self.next_count(count) {
            Ok(next) => {
                self.sign_count = next;
                Ok(())
            }
            Err(cloned) => Err(cloned),
        }
    }
}

/// A passkey's signature count went back: there may be a copy of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the passkey's count is {came} after {kept}: it may have been copied")]
pub struct ClonedKey {
    kept: u32,
    came: u32,
}

impl ClonedKey {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        "passkey.cloned"
    }
}

#[cfg(test)]
mod tests {
    use super::Passkey;
    use jiff::Timestamp;

    fn passkey(sign_count: u32) -> Passkey {
        Passkey {
            credential_id: "AQID".to_owned(),
            public_key: "oA".to_owned(),
            algorithm: -7,
            sign_count,
            user_verified: true,
            backup_eligible: false,
            name: "laptop".to_owned(),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_count_only_rises() {
        for (kept, came, fits) in [
            (0, 0, true),
            (0, 1, true),
            (1, 2, true),
            (7, u32::MAX, true),
            (1, 1, false),
            (2, 1, false),
            (1, 0, false),
            (u32::MAX, 0, false),
        ] {
            let mut key = passkey(kept);
            assert_eq!(key.advance(came).is_ok(), fits, "{kept}, {came}");
            assert_eq!(key.sign_count, if fits { came } else { kept });
        }
    }

    #[test]
    fn a_passkey_reads_back_as_it_was_written() {
        let key = passkey(3);
        let text = serde_json::to_string(&key).expect("text");
        assert_eq!(serde_json::from_str::<Passkey>(&text).expect("a key"), key);
    }
}
