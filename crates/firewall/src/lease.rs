//! A live credential: what was asked for, what was granted, and how it ends. The credential itself
//! is never here, only the names of its parts.

use crate::{
    digest::ActionDigest,
    outside::SecretName,
    scope::{Mode, Scope},
};
use jiff::Timestamp;
use portcullis_policy::id::{AgentId, PersonId, SessionId, TenantId, WorkspaceId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A credential to be minted. On record before the provider is asked, so that whoever cleans up
/// after a crash knows what to look for.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct LeaseAsk {
    /// `lse_` and 32 lower-case hex digits; the provider's own trail names it wherever it can.
    pub id: String,
    /// Whose tenant.
    pub tenant: TenantId,
    /// Where.
    pub workspace: WorkspaceId,
    /// The piece of work that it dies with.
    pub session: SessionId,
    /// Whose action it serves.
    pub agent: AgentId,
    /// What it is minted from.
    pub scope: Scope,
    /// What may be done with it: never more than the scope's mode, and [`Mode::Write`] only for an
    /// action that was cleared for writing.
    pub mode: Mode,
    /// The action it serves.
    pub action: Served,
    /// Whose own credential at the provider is to be used in place of the shared one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal: Option<PersonId>,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When it must be dead. A provider that cannot mint for so short a time grants more, which is
    /// written down; it is ended by then all the same.
    pub ends_at: Timestamp,
}

/// Why a credential is minted.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Served {
    /// The record of the action's decision.
    pub seq: u64,
    /// What exactly was judged.
    pub digest: ActionDigest,
    /// The action type.
    pub action_type: String,
    /// The target as the action names it; an issuer narrows to it where the provider can.
    pub target: String,
    /// The hold that people released, when there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<String>,
}

/// What an issuer says it will ask the provider for, before it does.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// The request in the provider's words, without secrets: e.g. a session policy.
    pub request: Map<String, Value>,
}

/// A credential that was minted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Minted {
    /// Its secret parts: what each is called, e.g. `password`, and the name it stands under in the
    /// crate that keeps secrets. Known to whatever redacts texts before this is answered.
    pub secrets: Vec<(String, SecretName)>,
    /// Its open parts, e.g. `user`, `host`, `region`.
    pub open: Vec<(String, String)>,
    /// What the provider says it granted, in its words.
    pub granted: Map<String, Value>,
    /// When the provider itself lets it die; `None` when it does not by itself.
    pub expires_at: Option<Timestamp>,
    /// What ending it needs to know; no secrets.
    pub handle: Map<String, Value>,
}

/// A credential in the hands of whoever acts, for one order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InHand {
    /// The scope it was minted from.
    pub scope: String,
    /// The provider it opens, by the operator's name for it.
    pub provider: String,
    /// What may be done with it.
    pub mode: Mode,
    /// Its secret parts, as in [`Minted::secrets`].
    pub secrets: Vec<(String, SecretName)>,
    /// Its open parts, as in [`Minted::open`].
    pub open: Vec<(String, String)>,
}

/// How a credential was ended.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Revoked {
    /// By what means, e.g. `DROP ROLE`.
    pub how: String,
    /// Whether the provider refuses it from now on; else it lives until it expires, and `how` says
    /// why.
    pub dead: bool,
    /// How long it took until the provider refused it, in milliseconds, when that was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
}

/// Why there is no credential, or why it is not known to be ended.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum LeaseError {
    /// No issuer serves this provider.
    #[error("there is no provider `{0}`")]
    NoProvider(String),
    /// The scope's filters mean nothing to the issuer, or more than it can enforce.
    #[error("`{path}` of the scope: {why}")]
    Scope {
        /// Where, e.g. `filters.buckets[0]`.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// What would be asked is more than the scope or the action allows.
    #[error("more than may be asked for: {0}")]
    TooMuch(String),
    /// The provider granted more than was asked; it was ended at once.
    #[error("the provider granted more than was asked: {0}")]
    Exceeded(String),
    /// The provider said no.
    #[error("the provider refuses: {0}")]
    Refused(String),
    /// Nobody can tell what the provider did.
    #[error("the provider does not answer: {0}")]
    Unanswered(String),
    /// What only its holder can end cannot be kept at rest, or not be had from there.
    #[error("what would end it cannot be kept at rest: {0}")]
    Unsealed(String),
}

impl LeaseError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoProvider(_) => "lease.no_provider",
            Self::Scope { .. } => "lease.scope",
            Self::TooMuch(_) => "lease.too_much",
            Self::Exceeded(_) => "lease.exceeded",
            Self::Refused(_) => "lease.refused",
            Self::Unanswered(_) => "lease.unanswered",
            Self::Unsealed(_) => "lease.unsealed",
        }
    }

    /// Whether trying again later may help.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Unanswered(_))
    }
}
