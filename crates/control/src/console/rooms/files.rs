//! The files that pages need, and the way in.

use crate::{
    console::{assets, headers::asset_headers, paths},
    rights::Gate,
};
use axum::{
    Router,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};

pub(super) fn routes() -> Router<Gate> {
    Router::new()
        .route("/", get(|| async { Redirect::to(paths::OVERVIEW) }))
        .route(&format!("{}/{{name}}", paths::ASSETS), get(asset))
}

async fn asset(Path(name): Path<String>) -> Response {
    match assets::asset(&name) {
        Some(asset) => (asset_headers(asset, ""), asset.text).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
