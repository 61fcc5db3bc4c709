//! The caller of a request, checked before its body is read.

use crate::{credential, reply::Refusal, request_id::RequestId, room};
use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use portcullis_firewall::{firewall::Firewall, principal::Principal};
use std::sync::Arc;

/// Who is calling, and the name of the call. A handler that takes this serves nobody unknown, and no
/// more agents than there is room for.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub principal: Principal,
    /// The name of the call.
    pub request_id: RequestId,
}

impl<S> FromRequestParts<S> for Caller
where
    S: Sync,
    Arc<Firewall>: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let firewall = Arc::<Firewall>::from_ref(state);
        let principal = credential::identify(&firewall, &parts.headers)?;
        room::admit(&parts.extensions, &principal)?;
        let Ok(request_id) = RequestId::from_request_parts(parts, state).await;
        Ok(Self {
            principal,
            request_id,
        })
    }
}
