//! Why a passkey proves nothing.

use super::cbor::CborError;

/// What is wrong with an answer of an authenticator. Nothing in it is repeated: it is hostile.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PasskeyError {
    /// A part is missing, or is not what the specification says.
    #[error("the answer's {0} is not as WebAuthn has it")]
    Malformed(&'static str),
    /// The authenticator's part is not read: see there.
    #[error("the answer's {part} is no strict CBOR: {error}")]
    Cbor {
        /// Which part.
        part: &'static str,
        /// What is wrong with it.
        error: CborError,
    },
    /// A registration where an assertion is expected, or the other way round.
    #[error("the answer was made for another ceremony")]
    WrongType,
    /// What was signed is not what was asked to be signed.
    #[error("the answer is for another challenge")]
    WrongChallenge,
    /// The browser was on another site.
    #[error("the answer was made on another origin")]
    WrongOrigin,
    /// The browser showed the page inside a page of somebody else.
    #[error("the answer was made in a frame of another site")]
    CrossOrigin,
    /// The key is for another site.
    #[error("the answer is for another relying party")]
    WrongRelyingParty,
    /// Nobody touched the authenticator.
    #[error("nobody was there")]
    UserAbsent,
    /// The authenticator did not check who touched it.
    #[error("the authenticator did not verify who was there")]
    UserUnverified,
    /// The key is copied although it cannot be, or can be copied and could not before.
    #[error("what the key says of its copies contradicts itself")]
    WrongBackup,
    /// Not one of ES256, EdDSA and RS256, or not the one the key is pinned to.
    #[error("the key's algorithm is not one that is accepted")]
    WrongAlgorithm,
    /// Another passkey than the one that was asked for.
    #[error("the answer is of another passkey")]
    OtherPasskey,
    /// The key did not sign this.
    #[error("the signature is wrong")]
    WrongSignature,
    /// The signature count went back.
    #[error("the passkey may have been copied: its count went back")]
    Cloned,
}

impl PasskeyError {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed(_) => "passkey.malformed",
            Self::Cbor { .. } => "passkey.cbor",
            Self::WrongType => "passkey.wrong_type",
            Self::WrongChallenge => "passkey.wrong_challenge",
            Self::WrongOrigin => "passkey.wrong_origin",
            Self::CrossOrigin => "passkey.cross_origin",
            Self::WrongRelyingParty => "passkey.wrong_relying_party",
            Self::UserAbsent => "passkey.user_absent",
            Self::UserUnverified => "passkey.user_unverified",
            Self::WrongBackup => "passkey.wrong_backup",
            Self::WrongAlgorithm => "passkey.wrong_algorithm",
            Self::OtherPasskey => "passkey.other_passkey",
            Self::WrongSignature => "passkey.wrong_signature",
            Self::Cloned => "passkey.cloned",
        }
    }
}
