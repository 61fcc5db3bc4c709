//! Who sits at the console.

use crate::{
    console::{
        page::{Section, Who},
        rooms::answer::Refused,
    },
    rights::Gate,
};
use axum::{extract::FromRequestParts, http::request::Parts};
use portcullis_door::caller::Caller;
use portcullis_firewall::{error::GateError, principal::Principal};

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Seated {
    /// Who calls.
    pub principal: Principal,
    /// The token against forged requests.
    pub csrf: String,
    /// What the frame of a page shows of them.
    pub who: Who,
}

impl FromRequestParts<Gate> for Seated {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, gate: &Gate) -> Result<Self, Refused> {
        let caller = Caller::from_request_parts(parts, gate)
            .await
            .map_err(|_| GateError::Unauthenticated)?;
        let principal = caller.principal;
        if !principal.role.is_person() {
            return Err(GateError::Forbidden("only people sit at the console".to_owned()).into());
        }
        let name = principal.person.as_ref();
        Ok(Self {
            csrf: String::new(),
            who: Who {
                name: name.map_or_else(String::new, |badge| badge.name.to_string()),
                tenant: principal.tenant.to_string(),
                sections: Section::ALL.to_vec(),
                waiting: 0,
            },
            principal,
        })
    }
}
