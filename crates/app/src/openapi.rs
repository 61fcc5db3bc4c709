//! The one description of everything served over HTTP.

use utoipa::openapi::OpenApi;

/// The document, joined from those of the doors.
#[must_use]
pub(crate) fn document() -> OpenApi {
    let mut document = portcullis_control::rest::openapi();
    document.merge(portcullis_gateway::http::openapi());
    document
}
