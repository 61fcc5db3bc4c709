//! A tenant's settings as the wire shows them.

use super::{moment::Moment, words};
use portcullis_firewall::settings::{self, AutonomyReset, StepUp};
use portcullis_policy::{facts::Mode, rules::ScopeMode};
use serde::Serialize;
use utoipa::ToSchema;

/// What an architect may set.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Settings {
    /// How the tenant is governed.
    #[schema(value_type = words::Mode)]
    pub mode: Mode,
    /// Who set the mode.
    pub mode_set_by: Option<String>,
    /// When the mode was set.
    pub mode_set_at: Option<Moment>,
    /// When audit-only mode ends; it always ends, and then the mode is ENFORCED.
    pub mode_expires_at: Option<Moment>,
    /// Whether an agent's policy may loosen a tenant-wide one of the same type.
    #[schema(value_type = words::ScopeMode)]
    pub scope_mode: ScopeMode,
    /// What breaking a principle costs an agent.
    #[schema(value_type = words::AutonomyReset)]
    pub autonomy_reset: AutonomyReset,
    /// How long a permit lives, in seconds.
    pub permit_seconds: u32,
    /// How long the same request of the same agent counts as a retry, in seconds.
    pub retry_seconds: u32,
    /// Whose passkey is asked for when a critical action is approved.
    #[schema(value_type = words::StepUp)]
    pub step_up: StepUp,
    /// How long a copy of the rules lives where an agent runs, in seconds.
    pub rules_seconds: u32,
}

impl From<settings::Settings> for Settings {
    fn from(settings: settings::Settings) -> Self {
        Self {
            mode: settings.mode,
            mode_set_by: settings.mode_set_by,
            mode_set_at: settings.mode_set_at.map(Moment),
            mode_expires_at: settings.mode_expires_at.map(Moment),
            scope_mode: settings.scope_mode,
            autonomy_reset: settings.autonomy_reset,
            permit_seconds: settings.permit_seconds,
            retry_seconds: settings.retry_seconds,
            step_up: settings.step_up,
            rules_seconds: settings.rules_seconds,
        }
    }
}
