//! `/v1/catalogue`: the risk tiers of action types.

use crate::rights::{Gate, Reader};
use axum::Json;
use portcullis_policy::catalogue::{
    Catalogue,
    row::{Row, Spends},
    table::Family,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new().routes(routes!(list))
}

/// The built-in catalogue.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CatalogueTable {
    /// Changes whenever a tier does.
    pub version: u32,
    /// The known action types.
    pub action_types: Vec<ActionType>,
    /// What counts for types without a line of their own.
    pub families: Vec<ActionFamily>,
}

/// One built-in action type.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActionType {
    /// Its name.
    #[schema(example = "workloads.submit")]
    pub action_type: &'static str,
    /// The lowest risk tier it can have, 0 to 5.
    pub least_tier: u8,
    /// The highest risk tier it can have, 0 to 5; also when its size is not stated.
    pub most_tier: u8,
    /// How the tier is found, in words.
    pub rule: String,
    /// What it can use up: `nothing`, `gpu_time`, or what the action states.
    pub spends: &'static str,
    /// What it does.
    pub does: &'static str,
}

/// Action types that share a prefix.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActionFamily {
    /// What they begin with.
    #[schema(example = "mcp.")]
    pub prefix: &'static str,
    /// The risk tier of a type without a line of its own.
    pub otherwise_tier: u8,
    /// Whether a tenant may give its own types in this family any tier.
    pub open: bool,
    /// What they are.
    pub is: &'static str,
}

impl From<&Row> for ActionType {
    fn from(row: &Row) -> Self {
        Self {
            action_type: row.kind,
            least_tier: row.rule.least().number(),
            most_tier: row.rule.most().number(),
            rule: row.rule.to_string(),
            spends: match row.spends {
                Spends::Nothing => "nothing",
                Spends::GpuTime => "gpu_time",
                Spends::Stated => "stated",
            },
            does: row.does,
        }
    }
}

impl From<&Family> for ActionFamily {
    fn from(family: &Family) -> Self {
        Self {
            prefix: family.prefix,
            otherwise_tier: family.otherwise.number(),
            open: family.open,
            is: family.is,
        }
    }
}

/// Lists the built-in action types
///
/// A tenant policy may add types and raise tiers; it never lowers a built-in one.
#[utoipa::path(
    get, path = "/v1/catalogue", operation_id = "catalogue", tag = "rules",
    security(("bearer" = ["client"])),
    responses((status = 200, description = "The catalogue.", body = CatalogueTable)),
)]
async fn list(Reader(_): Reader) -> Json<CatalogueTable> {
    Json(CatalogueTable {
        version: Catalogue::VERSION,
        action_types: Catalogue::rows().map(ActionType::from).collect(),
        families: Catalogue::families()
            .iter()
            .map(ActionFamily::from)
            .collect(),
    })
}
