//! A tenant and its settings.

use jiff::Timestamp;
use portcullis_policy::{facts::Mode, id::TenantId, rules::ScopeMode};
use serde::{Deserialize, Serialize};

/// A tenant as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// For people.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Its settings.
    pub settings: Settings,
    /// Up to which record a person has acknowledged a broken chain.
    #[serde(default)]
    pub acknowledged_seq: u64,
    /// Where the chain was found broken, until a person acknowledges it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken_at: Option<u64>,
}

/// What an architect may set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How the tenant is governed.
    #[serde(default)]
    pub mode: Mode,
    /// Who set the mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode_set_by: Option<String>,
    /// When the mode was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode_set_at: Option<Timestamp>,
    /// When audit-only mode ends; it always ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode_expires_at: Option<Timestamp>,
    /// Whether an agent's policy may loosen a tenant-wide one of the same type.
    #[serde(default)]
    pub scope_mode: ScopeMode,
    /// What breaking a principle costs an agent.
    #[serde(default)]
    pub autonomy_reset: AutonomyReset,
    /// How long a permit lives, in seconds.
    #[serde(default = "permit_seconds")]
    pub permit_seconds: u32,
    /// How long the same request of the same agent counts as a retry, in seconds.
    #[serde(default = "retry_seconds")]
    pub retry_seconds: u32,
    /// Whose passkey is asked for when a critical action is approved.
    #[serde(default)]
    pub step_up: StepUp,
    /// How long a copy of the rules lives where an agent runs, in seconds.
    #[serde(default = "rules_seconds")]
    pub rules_seconds: u32,
}

const fn permit_seconds() -> u32 {
    300
}

/// Longer than the slowest patient client: four tries of 30 seconds and their pauses.
const fn retry_seconds() -> u32 {
    150
}

/// A change of the rules reaches the refusals of every command line within this time.
const fn rules_seconds() -> u32 {
    600
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            mode_set_by: None,
            mode_set_at: None,
            mode_expires_at: None,
            scope_mode: ScopeMode::default(),
            autonomy_reset: AutonomyReset::default(),
            permit_seconds: permit_seconds(),
            retry_seconds: retry_seconds(),
            step_up: StepUp::default(),
            rules_seconds: rules_seconds(),
        }
    }
}

impl Settings {
    /// The mode at a moment: audit-only falls back to ENFORCED when its time is over.
    #[must_use]
    pub fn mode_at(&self, now: Timestamp) -> Mode {
        match (self.mode, self.mode_expires_at) {
            (Mode::AuditOnly, Some(end)) if now < end => Mode::AuditOnly,
            _ => Mode::Enforced,
        }
    }
}

/// What breaking a principle costs an agent (principle 21).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AutonomyReset {
    /// Nothing but the violation.
    Off,
    /// People decide every action of the agent until an architect restores it.
    #[default]
    RaiseToB,
    /// The agent is blocked.
    BlockAgent,
}

/// When the approval of a critical action (risk tier 4) needs the approver's passkey.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepUp {
    /// Never.
    Never,
    /// From everybody who has registered one; they then approve in the console alone.
    #[default]
    WhenRegistered,
    /// From everybody: critical actions are approved in the console alone, by who has one.
    Always,
}
