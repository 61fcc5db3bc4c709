//! Why an issuer's word proves nothing.

use portcullis_firewall::{outside::OutsideError, ports::EntropyError};

/// What is wrong with an answer, or with getting it.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OidcError {
    /// The issuer could not be asked.
    #[error(transparent)]
    Outside(#[from] OutsideError),
    /// There is nothing to draw state, nonce and verifier from.
    #[error(transparent)]
    NoEntropy(#[from] EntropyError),
    /// The issuer answered with another status than 200.
    #[error("the issuer's {what} has status {status}")]
    WrongStatus {
        /// What was asked for.
        what: &'static str,
        /// With which status it was answered.
        status: u16,
    },
    /// Something is missing, too large, or not what the specification says.
    #[error("the issuer's {0} is not as OpenID Connect has it")]
    Malformed(&'static str),
    /// An address that must not be gone to.
    #[error("the issuer's {0} is not an address that may be called")]
    WrongAddress(&'static str),
    /// Somebody else than the issuer that was asked; says where.
    #[error("the {0} names another issuer than the one that was asked")]
    WrongIssuer(&'static str),
    /// Not the browser that was sent, or not sent by us at all.
    #[error("this sign-in was not begun here")]
    WrongState,
    /// The person took longer than ten minutes.
    #[error("this sign-in was begun too long ago")]
    TooLate,
    /// The issuer says no, with its word for it.
    #[error("the issuer declined: `{0}`")]
    Declined(String),
    /// No signature, a shared secret, or another algorithm that is not accepted.
    #[error("the token's algorithm is not one that is accepted")]
    WrongAlgorithm,
    /// The issuer publishes no key, or more than one, that the token may be signed with.
    #[error("the issuer publishes no such key as the token names")]
    UnknownKey,
    /// The key did not sign this.
    #[error("the token's signature is wrong")]
    WrongSignature,
    /// The token is for somebody else.
    #[error("the token is for another client")]
    WrongAudience,
    /// The token is over.
    #[error("the token has expired")]
    Expired,
    /// The token is from the future.
    #[error("the token is not valid yet")]
    NotYet,
    /// The token is of another sign-in.
    #[error("the token is of another sign-in")]
    WrongNonce,
    /// The token belongs to another access token.
    #[error("the token does not fit the access token")]
    WrongAccessToken,
    /// A claim is missing, or is not what it must be.
    #[error("the token's claim `{0}` is missing or malformed")]
    WrongClaim(&'static str),
}

impl OidcError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Outside(error) => error.code(),
            Self::NoEntropy(_) => "oidc.no_entropy",
            Self::WrongStatus { .. } => "oidc.wrong_status",
            Self::Malformed(_) => "oidc.malformed",
            Self::WrongAddress(_) => "oidc.wrong_address",
            Self::WrongIssuer(_) => "oidc.wrong_issuer",
            Self::WrongState => "oidc.wrong_state",
            Self::TooLate => "oidc.too_late",
            Self::Declined(_) => "oidc.declined",
            Self::WrongAlgorithm => "oidc.wrong_algorithm",
            Self::UnknownKey => "oidc.unknown_key",
            Self::WrongSignature => "oidc.wrong_signature",
            Self::WrongAudience => "oidc.wrong_audience",
            Self::Expired => "oidc.expired",
            Self::NotYet => "oidc.not_yet",
            Self::WrongNonce => "oidc.wrong_nonce",
            Self::WrongAccessToken => "oidc.wrong_access_token",
            Self::WrongClaim(_) => "oidc.wrong_claim",
        }
    }
}
