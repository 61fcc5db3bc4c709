//! `/v1/audit`: proofs that anybody can check without trusting this gate.

use crate::rights::Gate;
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
}
