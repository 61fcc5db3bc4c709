//! `/v1/budgets`: what may still be spent.

use crate::{
    rights::{Gate, Reader},
    wire::budget::Budget,
};
use axum::{Json, extract::State};
use portcullis_door::reply::Reply;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new().routes(routes!(list))
}

/// The budgets of the tenant policy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BudgetList {
    /// One for each limit over a day or a month.
    pub budgets: Vec<Budget>,
}

/// Lists budgets
///
/// The budgets of this day and month, with what is spent and what is set aside.
#[utoipa::path(
    get, path = "/v1/budgets", tag = "budgets",
    security(("bearer" = ["client"])),
    responses((status = 200, description = "Every budget.", body = BudgetList)),
)]
async fn list(State(gate): State<Gate>, Reader(caller): Reader) -> Reply<Json<BudgetList>> {
    let budgets = gate
        .budgets(&caller)
        .await?
        .into_iter()
        .map(Budget::from)
        .collect();
    Ok(Json(BudgetList { budgets }))
}
