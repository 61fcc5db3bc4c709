//! A signed copy of the rules that judge one agent, so that what is surely refused is refused
//! where the agent runs.
//!
//! A copy is canonical JSON in a DSSE envelope of a type of its own, so that nothing else the gate
//! signs can be taken for one. It never permits anything: who holds one may refuse by it, and asks
//! the gate about all the rest.

use crate::{
    canonical,
    dsse::{self, Envelope},
    sign::{PublicKey, SigningKey},
    strict,
};
use jiff::{SignedDuration, Timestamp};
use portcullis_policy::{
    cham::Policy,
    facts::{Caller, Mode},
    id::{AgentId, TenantId},
    rules::{EDITION, Horizon, RuleSet, ScopeMode, Source},
    tenant::TenantPolicy,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The type of what is signed.
pub const PAYLOAD_TYPE: &str = "application/vnd.portcullis.rules.v1+json";

/// How far two clocks may be apart, in seconds.
pub const LEEWAY_SECONDS: i64 = 60;

/// What a copy says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleCopy {
    /// Whose tenant.
    pub tenant: TenantId,
    /// Whose actions it judges.
    pub agent: AgentId,
    /// For which credential it was made, by its id.
    pub key: String,
    /// The edition of what is compiled into the gate; another edition may judge differently.
    pub edition: u32,
    /// The tenant's last record when it was made: a later copy never has a lower one.
    pub seq: u64,
    /// The digest of all the tenant's rules, as records name them.
    pub rule_set: String,
    /// When it was made.
    pub issued_at: Timestamp,
    /// When it ends: at this moment it is over.
    pub valid_until: Timestamp,
    /// How the tenant is governed.
    pub mode: Mode,
    /// When audit-only mode ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode_expires_at: Option<Timestamp>,
    /// What an agent's own policy does to tenant-wide ones.
    pub scope_mode: ScopeMode,
    /// The tenant policy, as far as it is about the agent.
    pub tenant_policy: Option<TenantPolicy>,
    /// The policies that apply to the agent.
    pub policies: Vec<Arc<Policy>>,
}

/// Why something is not a copy to judge by.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CopyError {
    /// Not an envelope, or not with a copy in it.
    #[error("expected a signed copy of the rules")]
    Malformed,
    /// Not signed by this gate.
    #[error("the copy of the rules is not genuine: it is not signed by the gate's key")]
    Forged,
    /// Another credential's, and so perhaps another agent's or tenant's.
    #[error("the copy of the rules was made for `{0}`, not for `{1}`")]
    Foreign(String, String),
    /// Its time has not come.
    #[error("the copy of the rules is from the future; compare the clocks")]
    Early,
    /// Its time is over.
    #[error("the copy of the rules is out of date")]
    Expired,
    /// Older than one that was seen.
    #[error("the copy of the rules is older than one seen before (record {0} after record {1})")]
    RolledBack(u64, u64),
    /// Made by a program that may judge differently.
    #[error("the copy of the rules is of edition {0}, and this program of edition {EDITION}")]
    OtherEdition(u32),
    /// Its rules do not compile.
    #[error("the rules in the copy are not valid")]
    Invalid,
}

impl CopyError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "rules.malformed",
            Self::Forged => "rules.forged",
            Self::Foreign(..) => "rules.foreign",
            Self::Early => "rules.early",
            Self::Expired => "rules.expired",
            Self::RolledBack(..) => "rules.rolled_back",
            Self::OtherEdition(_) => "rules.other_edition",
            Self::Invalid => "rules.invalid",
        }
    }

    /// Whether somebody must have meddled, rather than time having passed.
    #[must_use]
    pub const fn is_alarming(&self) -> bool {
        matches!(
            self,
            Self::Malformed | Self::Forged | Self::Foreign(..) | Self::RolledBack(..)
        )
    }
}

impl RuleCopy {
    /// Signs it.
    ///
    /// # Errors
    /// [`CopyError::Malformed`] when it cannot be written, which would be a mistake of ours.
    pub fn sign(&self, key: &SigningKey) -> Result<Envelope, CopyError> {
        Ok(dsse::sign_as(PAYLOAD_TYPE, key, &self.bytes()?))
    }

    /// Reads a copy that this key signed. Whose it is and from when is still to be checked.
    ///
    /// *Fails closed:* a copy that is not in its one canonical spelling is refused, even signed.
    ///
    /// # Errors
    /// [`CopyError::Malformed`], [`CopyError::Forged`].
    pub fn verify(envelope: &Envelope, key: &PublicKey) -> Result<Self, CopyError> {
        let payload = dsse::verify_as(PAYLOAD_TYPE, envelope, key).ok_or(CopyError::Forged)?;
        let copy: Self =
            strict::parse_as(&payload, &strict::Limits::OURS).map_err(|_| CopyError::Malformed)?;
        if copy.bytes()? == payload {
            Ok(copy)
        } else {
            Err(CopyError::Malformed)
        }
    }

    fn bytes(&self) -> Result<Vec<u8>, CopyError> {
        let value = serde_json::to_value(self).map_err(|_| CopyError::Malformed)?;
        Ok(canonical::to_vec(&value))
    }

    /// Whether it was made for a credential.
    ///
    /// # Errors
    /// [`CopyError::Foreign`].
    pub fn is_for(&self, key: &str) -> Result<(), CopyError> {
        if self.key == key {
            Ok(())
        } else {
            Err(CopyError::Foreign(self.key.clone(), key.to_owned()))
        }
    }

    /// Whether it can be used at a moment, by somebody who saw the record `seen` named before.
    ///
    /// # Errors
    /// [`CopyError::OtherEdition`], [`CopyError::RolledBack`], [`CopyError::Early`],
    /// [`CopyError::Expired`].
    pub fn is_usable(&self, now: Timestamp, seen: u64) -> Result<(), CopyError> {
        if self.edition != EDITION {
            return Err(CopyError::OtherEdition(self.edition));
        }
        if self.seq < seen {
            return Err(CopyError::RolledBack(self.seq, seen));
        }
        if self.issued_at.duration_since(now) > leeway() {
            return Err(CopyError::Early);
        }
        if now >= self.valid_until {
            return Err(CopyError::Expired);
        }
        Ok(())
    }

    /// Whether it was made just now, as one that comes from the gate must be.
    ///
    /// # Errors
    /// [`CopyError::Early`], [`CopyError::Expired`].
    pub fn is_fresh(&self, now: Timestamp) -> Result<(), CopyError> {
        let age = now.duration_since(self.issued_at);
        if age < -leeway() {
            Err(CopyError::Early)
        } else if age > leeway() {
            Err(CopyError::Expired)
        } else {
            Ok(())
        }
    }

    /// The rules, ready to judge.
    ///
    /// # Errors
    /// [`CopyError::Invalid`].
    pub fn rules(&self) -> Result<RuleSet, CopyError> {
        RuleSet::compile(Source {
            tenant: self.tenant.clone(),
            tenant_policy: self.tenant_policy.clone(),
            policies: self.policies.clone(),
            scope_mode: self.scope_mode,
        })
        .map_err(|_| CopyError::Invalid)
    }

    /// What is known at a moment of somebody's clock, which may be apart from the gate's.
    #[must_use]
    pub fn horizon(&self, now: Timestamp) -> Horizon {
        let from = now.checked_sub(leeway()).unwrap_or(now);
        let ended = self.mode_expires_at.is_none_or(|end| end <= from);
        Horizon {
            from,
            until: now.checked_add(leeway()).unwrap_or(now),
            mode: if ended { Mode::Enforced } else { self.mode },
            caller: Caller {
                tenant: self.tenant.clone(),
                agent: Some(self.agent.clone()),
            },
        }
    }
}

/// When a copy made at a moment ends. Copies of the same rules that are made soon after each other
/// end together, so that who has one need not fetch the next; each lasts for more than half of
/// `seconds`, and for no longer than them.
#[must_use]
pub fn end_of(now: Timestamp, seconds: u32) -> Timestamp {
    let half = i64::from(seconds).checked_div(2).unwrap_or_default().max(1);
    let begun = now.as_second().div_euclid(half);
    let end = begun.saturating_add(2).saturating_mul(half);
    Timestamp::from_second(end).unwrap_or(now)
}

const fn leeway() -> SignedDuration {
    SignedDuration::from_secs(LEEWAY_SECONDS)
}
