//! What stands behind the question mark.

use crate::reply::Refusal;
use axum::{extract::FromRequestParts, http::request::Parts};
use serde::de::DeserializeOwned;

/// The query as a `T`, which should refuse unknown fields; what does not fit is a 422.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|axum::extract::Query(query)| Self(query))
            .map_err(|rejection| refusal(&rejection))
    }
}

/// The refusal that names the parameter, as far as the cause says which it is.
fn refusal(rejection: &dyn std::error::Error) -> Refusal {
    let text = text_of(rejection);
    match text.split_once(": ") {
        Some((name, cause)) => Refusal::invalid(name, cause),
        None => Refusal::invalid("query", text),
    }
}

/// The cause, without the library's own preface.
fn text_of(rejection: &dyn std::error::Error) -> String {
    let mut cause = rejection;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
