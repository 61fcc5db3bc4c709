//! Bodies: one definition of a body is its documentation and its reader.

use super::field::{Field, Fields};
use axum::extract::{FromRequest, Request};
use portcullis_door::{body::Payload, reply::Refusal};
use portcullis_policy::fault::Faults;
use serde_json::{Map, Value};

/// Declares a body: a struct with its documentation and its strict reader.
macro_rules! body {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field:ident: $type:ty,)*
    }) => {
        $(#[$meta])*
        #[derive(Debug, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        $vis struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
        }

        impl $crate::intake::field::Field for $name {
            fn read(
                value: serde_json::Value,
                path: &str,
                faults: &mut portcullis_policy::fault::Faults,
            ) -> Option<Self> {
                let mut fields = $crate::intake::field::Fields::open(value, path, faults)?;
                $(let $field = fields.take::<$type>(stringify!($field));)*
                fields.close();
                Some(Self { $($field: $field?,)* })
            }
        }
    };
}

pub(crate) use body;

/// A body in which nothing stands.
#[derive(Debug)]
pub(crate) struct Nothing;

impl Field for Nothing {
    fn read(value: Value, path: &str, faults: &mut Faults) -> Option<Self> {
        Fields::open(value, path, faults)?.close();
        Some(Self)
    }
}

/// A body that must be sent.
#[derive(Debug)]
pub(crate) struct Sent<T>(pub T);

/// A body that may also be left away: no bytes count as `{}`.
#[derive(Debug)]
pub(crate) struct MaybeSent<T>(pub T);

impl<S: Sync, T: Field> FromRequest<S> for Sent<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let payload = Payload::from_request(request, state).await?;
        read(payload.value()?).map(Self)
    }
}

impl<S: Sync, T: Field> FromRequest<S> for MaybeSent<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let payload = Payload::from_request(request, state).await?;
        let value = if payload.is_blank() {
            Value::Object(Map::new())
        } else {
            payload.value()?
        };
        read(value).map(Self)
    }
}

/// A value as a body.
///
/// Fails closed: a reader that gives nothing and finds no fault refuses.
///
/// # Errors
/// 422 with every fault.
pub(crate) fn read<T: Field>(value: Value) -> Result<T, Refusal> {
    let mut faults = Faults::default();
    let body = T::read(value, "", &mut faults);
    faults.or(())?;
    body.ok_or_else(|| Refusal::invalid("", "cannot be read"))
}
