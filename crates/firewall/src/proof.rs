//! How people prove who they are.

use serde::{Deserialize, Serialize};

/// How somebody proved who they are.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// By their password.
    Password,
    /// By a passkey.
    Passkey,
    /// By an identity provider.
    #[serde(rename = "identity_provider")]
    Provider,
    /// By an invitation.
    Invitation,
}

impl Proof {
    /// The word in records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::Provider => "identity_provider",
            Self::Invitation => "invitation",
        }
    }
}
