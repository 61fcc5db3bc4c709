//! The tenant as the documentation shows it. There are no plans and no quotas here.

use crate::{
    rights::{Gate, Reader},
    wire::moment::Moment,
};
use axum::{Json, extract::State};
use portcullis_door::reply::Reply;
use portcullis_policy::facts::Mode;
use serde::Serialize;

/// The tenant.
#[derive(Debug, Serialize)]
pub(super) struct Tenant {
    id: String,
    name: String,
    contact_email: Option<String>,
    tier: Option<String>,
    governance_mode: Mode,
    monthly_used: Option<u64>,
    monthly_limit: Option<u64>,
    agents_registered: usize,
    agents_limit: Option<usize>,
    total_governed: u64,
    created_at: Moment,
}

/// The tenant.
pub(super) async fn show(State(gate): State<Gate>, Reader(caller): Reader) -> Reply<Json<Tenant>> {
    let overview = gate.overview(&caller).await?;
    Ok(Json(Tenant {
        id: overview.tenant.id.to_string(),
        name: overview.tenant.name,
        contact_email: None,
        tier: None,
        governance_mode: overview.tenant.settings.mode,
        monthly_used: None,
        monthly_limit: None,
        agents_registered: overview.agents,
        agents_limit: None,
        total_governed: overview.verdicts.iter().sum(),
        created_at: overview.tenant.created_at.into(),
    }))
}
