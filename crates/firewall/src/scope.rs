//! A named reach: what credentials are minted from. It holds none itself.
//!
//! Source: DuploCloud AI Suite, "Scoped, Just-in-Time Credentials" and "Environment Restrictions".

use portcullis_policy::label::Label;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The longest name of a scope, in bytes.
pub const NAME_MAX_BYTES: usize = 64;
/// The longest description, in bytes.
pub const DESCRIPTION_MAX_BYTES: usize = 1_024;
/// The most bytes of a scope's filters, as JSON.
pub const FILTERS_MAX_BYTES: usize = 16_384;

/// What credentials may be minted for: one provider, narrowed by filters, in one environment.
///
/// The provider, with the one long-lived secret behind it, is the operator's; the scope is the
/// tenant's. What the filters mean is for the provider's issuer to say.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// The name, which never changes; lower-case letters, digits and `-_.:`.
    pub name: String,
    /// What people read about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The provider, by the operator's name for it.
    pub provider: String,
    /// Where it reaches, e.g. `staging`: an action of another environment gets nothing from it.
    pub environment: Label,
    /// The most that may be done with it.
    pub mode: Mode,
    /// How it narrows the provider; only its issuer knows the keys.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub filters: Map<String, Value>,
}

/// What may be done with a credential.
#[derive(
    Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Look.
    #[default]
    Read,
    /// Change, too.
    Write,
}

impl Mode {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}
