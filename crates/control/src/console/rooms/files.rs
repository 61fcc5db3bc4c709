//! The files that pages need, and the way in.

use super::answer::Refused;
use crate::{
    console::{assets, headers::asset_headers, paths},
    rights::Gate,
};
use axum::{
    Router,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{any, get},
};
use portcullis_door::reply::Refusal;

pub(super) fn routes() -> Router<Gate> {
    Router::new()
        .route("/console/{*rest}", any(nothing))
        .route("/", get(|| async { Redirect::to(paths::OVERVIEW) }))
        .route(&format!("{}/{{name}}", paths::ASSETS), get(asset))
}

/// What no page is at.
async fn nothing() -> Refused {
    Refusal::of_status(StatusCode::NOT_FOUND).into()
}

async fn asset(Path(name): Path<String>) -> Response {
    match assets::asset(&name) {
        Some(asset) => (asset_headers(asset, ""), asset.text).into_response(),
        None => nothing().await.into_response(),
    }
}
