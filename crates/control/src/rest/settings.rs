//! `/v1/settings`: how the tenant is governed.

use crate::{
    intake::{
        body::{Sent, body},
        field::Given,
    },
    rights::{Architect, Gate, Reader},
    wire::{settings::Settings, words},
};
use axum::{Json, extract::State};
use jiff::Timestamp;
use portcullis_door::reply::Reply;
use portcullis_firewall::settings::{self, AutonomyReset, StepUp};
use portcullis_policy::{facts::Mode, rules::ScopeMode};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new().routes(routes!(show, update))
}

body! {
    /// What to change of the settings; what is not sent stays.
    #[derive(Clone)]
    pub(crate) struct SettingsChange {
        /// How the tenant is governed. AUDIT_ONLY needs `mode_expires_at`; ENFORCED ends it.
        #[schema(value_type = Option<words::Mode>)]
        mode: Option<Mode>,
        /// When audit-only mode ends by itself.
        #[schema(value_type = Option<String>, format = DateTime)]
        mode_expires_at: Given<Timestamp>,
        /// Whether an agent's policy may loosen a tenant-wide one of the same type.
        #[schema(value_type = Option<words::ScopeMode>)]
        scope_mode: Option<ScopeMode>,
        /// What breaking a principle costs an agent.
        #[schema(value_type = Option<words::AutonomyReset>)]
        autonomy_reset: Option<AutonomyReset>,
        /// How long a permit lives, in seconds, 1 to 3600.
        #[schema(minimum = 1, maximum = 3600)]
        permit_seconds: Option<u32>,
        /// How long the same request of the same agent counts as a retry, in seconds, at most 3600.
        #[schema(maximum = 3600)]
        retry_seconds: Option<u32>,
        /// Whose passkey is asked for when a critical action is approved: nobody's, of everybody
        /// who has one, or everybody's.
        #[schema(value_type = Option<words::StepUp>)]
        step_up: Option<StepUp>,
        /// How long a copy of the rules lives where an agent runs, in seconds, 10 to 3600.
        #[schema(minimum = 10, maximum = 3600)]
        rules_seconds: Option<u32>,
    }
}

impl SettingsChange {
    /// A change of the mode alone.
    pub(crate) const fn of_mode(mode: Option<Mode>, mode_expires_at: Given<Timestamp>) -> Self {
        Self {
            mode,
            mode_expires_at,
            scope_mode: None,
            autonomy_reset: None,
            permit_seconds: None,
            retry_seconds: None,
            step_up: None,
            rules_seconds: None,
        }
    }

    /// Writes the changes into settings; the firewall checks the result.
    pub(crate) fn apply(&self, settings: &mut settings::Settings) {
        if let Some(mode) = self.mode {
            settings.mode = mode;
            if mode == Mode::Enforced {
                settings.mode_expires_at = None;
            }
        }
        match self.mode_expires_at {
            Given::Leave => {}
            Given::Remove => settings.mode_expires_at = None,
            Given::Set(at) => settings.mode_expires_at = Some(at),
        }
        settings.scope_mode = self.scope_mode.unwrap_or(settings.scope_mode);
        settings.autonomy_reset = self.autonomy_reset.unwrap_or(settings.autonomy_reset);
        settings.permit_seconds = self.permit_seconds.unwrap_or(settings.permit_seconds);
        settings.retry_seconds = self.retry_seconds.unwrap_or(settings.retry_seconds);
        settings.step_up = self.step_up.unwrap_or(settings.step_up);
        settings.rules_seconds = self.rules_seconds.unwrap_or(settings.rules_seconds);
    }
}

/// Shows the settings
///
/// A mode whose time is over is ENFORCED, whatever it says here.
#[utoipa::path(
    get, path = "/v1/settings", tag = "settings",
    security(("bearer" = ["client"])),
    responses((status = 200, description = "The settings.", body = Settings)),
)]
async fn show(State(gate): State<Gate>, Reader(caller): Reader) -> Reply<Json<Settings>> {
    Ok(Json(gate.overview(&caller).await?.tenant.settings.into()))
}

/// Changes the settings
///
/// The next judgement follows them. Every change is recorded, the mode with who set it and until
/// when. Nothing switches judging off.
#[utoipa::path(
    patch, path = "/v1/settings", tag = "settings",
    request_body = SettingsChange,
    security(("bearer" = ["architect"])),
    responses((status = 200, description = "The settings as they are now.", body = Settings)),
)]
async fn update(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Sent(change): Sent<SettingsChange>,
) -> Reply<Json<Settings>> {
    gate.change_settings(&caller, move |settings| change.apply(settings))
        .await?;
    Ok(Json(gate.overview(&caller).await?.tenant.settings.into()))
}
