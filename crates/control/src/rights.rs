//! Who may knock at which route. The firewall checks again; here the body is not even read.

use axum::{extract::FromRequestParts, http::request::Parts};
use portcullis_door::{caller::Caller, reply::Refusal};
use portcullis_firewall::{error::GateError, firewall::Firewall, principal::Principal};
use std::sync::Arc;

/// The gate as every route holds it.
pub(crate) type Gate = Arc<Firewall>;

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident: $may:expr, $refusal:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name(pub Principal);

        impl FromRequestParts<Gate> for $name {
            type Rejection = Refusal;

            async fn from_request_parts(parts: &mut Parts, gate: &Gate) -> Result<Self, Refusal> {
                let caller = Caller::from_request_parts(parts, gate).await?;
                let may: fn(&Principal) -> bool = $may;
                if may(&caller.principal) {
                    Ok(Self(caller.principal))
                } else {
                    Err(GateError::Forbidden($refusal.to_owned()).into())
                }
            }
        }
    )*};
}

rights! {
    /// Anybody known: what they may see is for the firewall to say.
    Anybody: |_| true, "";
    /// Whoever may read the tenant's lists: all but agents.
    Reader: Principal::reads, "an agent's key does not read the tenant's lists";
    /// A person.
    Person: |principal| principal.role.is_person(), "only a person may do this";
    /// A person who decides holds and resolves violations.
    Decider: Principal::decides, "only an operator or architect may do this";
    /// A person who may do everything.
    Architect: Principal::configures, "only an architect may do this";
}
