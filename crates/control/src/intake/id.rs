//! The one name in a path.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use portcullis_door::reply::Refusal;

/// The thing a path names. Whether there is such a thing, the firewall says.
#[derive(Clone, Debug)]
pub(crate) struct Named(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(name)) => Ok(Self(name)),
            Err(_) => Err(Refusal::invalid("path", "cannot be decoded")),
        }
    }
}

/// The two things a path names, one in the other.
#[derive(Clone, Debug)]
pub(crate) struct NamedIn(pub String, pub String);

impl<S: Send + Sync> FromRequestParts<S> for NamedIn {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match Path::<(String, String)>::from_request_parts(parts, state).await {
            Ok(Path((outer, inner))) => Ok(Self(outer, inner)),
            Err(_) => Err(Refusal::invalid("path", "cannot be decoded")),
        }
    }
}

/// The number of the record a path names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbered(pub u64);

impl<S: Send + Sync> FromRequestParts<S> for Numbered {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Named(name) = Named::from_request_parts(parts, state).await?;
        let digits = name.bytes().all(|byte| byte.is_ascii_digit());
        match name.parse::<u64>() {
            Ok(number) if digits && number > 0 => Ok(Self(number)),
            _ => Err(portcullis_firewall::error::GateError::NotFound("record", name).into()),
        }
    }
}
