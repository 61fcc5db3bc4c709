//! The description of the API, for programs (`/openapi.json`) and for people (`/docs`).
//!
//! The page is made from the description alone, here, once: plain HTML with anchors, without
//! scripts and without anything from elsewhere.

mod html;
mod page;
mod shape;

use axum::{
    Router,
    http::{HeaderName, header},
    response::IntoResponse,
    routing::get,
};
use utoipa::openapi::OpenApi;

/// Nothing is loaded, nothing runs; only the page's own style applies.
const CONTENT_SECURITY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

/// Serves a description as `/openapi.json` and as a page at `/docs`. Nobody needs a key for it.
pub fn docs_router(openapi: &OpenApi) -> Router {
    let description = serde_json::to_value(openapi).unwrap_or_default();
    let json = format!("{description:#}\n");
    let page = page::render(&description);
    Router::new()
        .route(
            "/openapi.json",
            get(async || ([(header::CONTENT_TYPE, "application/json")], json)),
        )
        .route("/docs", get(async || served(page)))
}

fn served(page: String) -> impl IntoResponse {
    let headers: [(HeaderName, &str); 3] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, page)
}

/// The page for a description, for whoever wants it as a file.
#[must_use]
pub fn page(openapi: &OpenApi) -> String {
    page::render(&serde_json::to_value(openapi).unwrap_or_default())
}
