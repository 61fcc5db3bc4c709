//! `/v1/principles`: the 21 rules above all configuration.

use crate::rights::{Gate, Reader};
use axum::Json;
use portcullis_policy::principle;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new().routes(routes!(list))
}

/// The table of principles.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PrincipleList {
    /// All 21, in the order of their numbers.
    pub principles: Vec<Principle>,
}

/// One principle.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Principle {
    /// As verdicts name it, e.g. `SGP-13`.
    #[schema(example = "SGP-13")]
    pub id: String,
    /// 1 to 21.
    pub number: u8,
    /// The book it stands in, 1 to 3.
    pub book: u8,
    /// Its name.
    pub name: &'static str,
    /// `official` when the name is published, `ours` when name and wording are our own.
    pub provenance: &'static str,
    /// What it demands.
    pub demands: &'static str,
    /// How it is enforced.
    pub enforcement: &'static str,
}

impl From<&principle::Principle> for Principle {
    fn from(principle: &principle::Principle) -> Self {
        Self {
            id: principle.to_string(),
            number: principle.number,
            book: principle.book,
            name: principle.name,
            provenance: match principle.provenance {
                principle::Provenance::Official => "official",
                principle::Provenance::Ours => "ours",
            },
            demands: principle.demands,
            enforcement: principle.enforcement,
        }
    }
}

/// Lists the principles
///
/// Hard-coded: no policy, setting or person softens them.
#[utoipa::path(
    get, path = "/v1/principles", operation_id = "principles", tag = "rules",
    security(("bearer" = ["client"])),
    responses((status = 200, description = "The table.", body = PrincipleList)),
)]
async fn list(Reader(_): Reader) -> Json<PrincipleList> {
    Json(PrincipleList {
        principles: principle::table().iter().map(Principle::from).collect(),
    })
}
