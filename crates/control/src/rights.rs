//! Who may knock at which route. The firewall checks again; here the body is not even read.
//!
//! Only [`Searcher`], [`Watcher`], [`Person`], [`Resident`] and [`Chooser`] bring a query along:
//! everywhere else whoever sends one means something by it that would not happen.

use crate::intake::query;
use axum::{extract::FromRequestParts, http::request::Parts};
use portcullis_door::{caller::Caller, reply::Refusal};
use portcullis_firewall::{error::GateError, firewall::Firewall, principal::Principal};
use std::sync::Arc;

/// The gate as every route holds it.
pub(crate) type Gate = Arc<Firewall>;

const fn watches(principal: &Principal) -> bool {
    principal.role.agent().is_none()
}

const fn resides(principal: &Principal) -> bool {
    principal.role.is_person() && principal.reads()
}

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident: $may:expr, $plain:literal, $refusal:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name(pub Principal);

        impl FromRequestParts<Gate> for $name {
            type Rejection = Refusal;

            async fn from_request_parts(parts: &mut Parts, gate: &Gate) -> Result<Self, Refusal> {
                let caller = Caller::from_request_parts(parts, gate).await?;
                let may: fn(&Principal) -> bool = $may;
                if !may(&caller.principal) {
                    return Err(GateError::Forbidden($refusal.to_owned()).into());
                }
                if $plain {
                    query::refuse_any(parts)?;
                }
                Ok(Self(caller.principal))
            }
        }
    )*};
}

rights! {
    /// Anybody known: what they may see is for the firewall to say.
    Anybody: |_| true, true, "";
    /// Whoever may read the tenant's lists: all but agents.
    Reader: Principal::reads, true, "an agent's key does not read the tenant's lists";
    /// As [`Reader`], on a route that understands a query.
    Searcher: Principal::reads, false, "an agent's key does not read the tenant's lists";
    /// Whoever may look at some things of the tenant, on a route that understands a query; the
    /// firewall says at which.
    Watcher: watches, false, "an agent's key does not read the tenant's lists";
    /// As [`Watcher`], on a route that understands no query.
    PlainWatcher: watches, true, "an agent's key does not read the tenant's lists";
    /// A person.
    Person: |principal| principal.role.is_person(), false, "only a person may do this";
    /// As [`Person`], on a route that understands no query.
    PlainPerson: |principal| principal.role.is_person(), true, "only a person may do this";
    /// A person with a role in the whole tenant.
    Resident: resides, false, "only people with a role in the whole tenant look at people";
    /// As [`Resident`], on a route that understands no query.
    PlainResident: resides, true, "only people with a role in the whole tenant look at people";
    /// As [`Decider`], on a route that understands a query.
    Chooser: Principal::decides, false, "only an operator or architect may do this";
    /// A person who resolves violations. Who decides holds is for the firewall to say and record.
    Decider: Principal::decides, true, "only an operator or architect may do this";
    /// A person who may do everything.
    Architect: Principal::configures, true, "only an architect may do this";
}

/// Somebody who needs no credential, on a route that understands no query.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stranger;

impl<S: Sync> FromRequestParts<S> for Stranger {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        query::refuse_any(parts).map(|()| Self)
    }
}
