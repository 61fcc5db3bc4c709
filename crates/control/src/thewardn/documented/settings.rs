//! Settings as the documentation shows them: in sections, of which governance is ours.

use crate::{
    intake::{
        body::{Sent, body},
        field::Given,
    },
    rest::settings::SettingsChange,
    rights::{Architect, Gate, Reader},
    wire::moment::Moment,
};
use axum::{Json, extract::State};
use jiff::Timestamp;
use portcullis_door::reply::Reply;
use portcullis_firewall::settings::Settings;
use portcullis_policy::facts::Mode;
use serde::Serialize;

body! {
    /// What to change.
    pub(crate) struct Change {
        /// How the tenant is governed.
        governance: Option<GovernanceChange>,
    }
}

body! {
    /// How the tenant is governed.
    pub(crate) struct GovernanceChange {
        /// ENFORCED or AUDIT_ONLY; there is no way to switch judging off.
        #[schema(value_type = Option<String>)]
        mode: Option<Mode>,
        /// When audit-only mode ends.
        #[schema(value_type = Option<String>)]
        expires_at: Given<Timestamp>,
        /// Understood and left aside: nothing is ever released by itself.
        auto_release_escrow_minutes: Option<u32>,
    }
}

body! {
    /// A new mode.
    pub(crate) struct ModeChange {
        /// ENFORCED or AUDIT_ONLY.
        #[schema(value_type = String)]
        mode: Mode,
        /// When audit-only mode ends.
        #[schema(value_type = Option<String>)]
        expires_at: Given<Timestamp>,
    }
}

/// The settings.
#[derive(Debug, Serialize)]
pub(super) struct Sections {
    governance: Governance,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct Governance {
    mode: Mode,
    governance_mode: Mode,
    set_at: Option<Moment>,
    set_by: Option<String>,
    expires_at: Option<Moment>,
    auto_release_escrow_minutes: Option<u32>,
    default_escrow_timeout_minutes: Option<u32>,
}

impl From<Settings> for Sections {
    fn from(settings: Settings) -> Self {
        Self {
            governance: Governance {
                mode: settings.mode,
                governance_mode: settings.mode,
                set_at: settings.mode_set_at.map(Moment),
                set_by: settings.mode_set_by,
                expires_at: settings.mode_expires_at.map(Moment),
                auto_release_escrow_minutes: None,
                default_escrow_timeout_minutes: None,
            },
            warnings: Vec::new(),
        }
    }
}

/// The settings.
pub(super) async fn show(
    State(gate): State<Gate>,
    Reader(caller): Reader,
) -> Reply<Json<Sections>> {
    Ok(Json(gate.overview(&caller).await?.tenant.settings.into()))
}

/// Changes the settings.
pub(super) async fn update(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Sent(change): Sent<Change>,
) -> Reply<Json<Sections>> {
    let mut warnings = Vec::new();
    if let Some(governance) = change.governance {
        if governance.auto_release_escrow_minutes.is_some() {
            warnings.push("auto_release_escrow_minutes is left aside: a timeout always refuses");
        }
        if governance.mode.is_some() || governance.expires_at != Given::Leave {
            let change = SettingsChange::of_mode(governance.mode, governance.expires_at);
            gate.change_settings(&caller, move |settings| change.apply(settings))
                .await?;
        }
    }
    let settings = gate.overview(&caller).await?.tenant.settings;
    Ok(Json(Sections {
        warnings,
        ..settings.into()
    }))
}

/// Changes the mode.
pub(super) async fn set_mode(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Sent(change): Sent<ModeChange>,
) -> Reply<Json<Sections>> {
    let change = SettingsChange::of_mode(Some(change.mode), change.expires_at);
    gate.change_settings(&caller, move |settings| change.apply(settings))
        .await?;
    Ok(Json(gate.overview(&caller).await?.tenant.settings.into()))
}
