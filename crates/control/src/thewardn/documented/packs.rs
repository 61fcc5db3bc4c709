//! Compliance packs as the documentation shows them. No plan is required for any.

use crate::{
    intake::{body::MaybeSent, id::Named},
    rest::packs::{self, Application, Applied, PackPolicy, PackSummary},
    rights::{Architect, Gate, Reader},
};
use axum::{Json, extract::State};
use portcullis_door::reply::Reply;
use portcullis_policy::pack;
use serde::Serialize;

#[derive(Debug, Serialize)]
pub(super) struct Packs {
    packs: Vec<Item>,
}

#[derive(Debug, Serialize)]
pub(super) struct Item {
    #[serde(flatten)]
    pack: PackSummary,
    tier_required: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policies: Option<Vec<PackPolicy>>,
}

/// Every pack.
pub(super) async fn list(State(gate): State<Gate>, Reader(caller): Reader) -> Reply<Json<Packs>> {
    let policies = gate.policies(&caller).await?;
    let item = |pack| Item {
        pack: PackSummary::of(pack, &policies),
        tier_required: None,
        policies: None,
    };
    Ok(Json(Packs {
        packs: pack::all().iter().map(item).collect(),
    }))
}

/// One pack with its policies.
pub(super) async fn show(
    State(gate): State<Gate>,
    Reader(caller): Reader,
    Named(id): Named,
) -> Reply<Json<Item>> {
    let pack = packs::find(&id)?;
    let policies = gate.policies(&caller).await?;
    Ok(Json(Item {
        pack: PackSummary::of(pack, &policies),
        tier_required: None,
        policies: Some(pack.drafts.iter().map(PackPolicy::from).collect()),
    }))
}

/// Applies a pack.
pub(super) async fn apply(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Named(id): Named,
    MaybeSent(how): MaybeSent<Application>,
) -> Reply<Json<Applied>> {
    let wish = (packs::find(&id)?, how.override_existing.unwrap_or_default());
    Ok(Json(packs::put_in_force(&gate, &caller, wish).await?))
}
