//! What those who are shown a permit may know about it.

use super::Firewall;
use crate::{
    error::GateError,
    permit::{self, Permit},
    principal::Principal,
    sign::PublicKey,
};

impl Firewall {
    /// The key that permits are signed with.
    #[must_use]
    pub fn permit_key(&self) -> PublicKey {
        self.house.signing_key.public_key()
    }

    /// Checks that a permit is genuine, in time and of the caller's tenant. Nothing is spent;
    /// whether it was spent before only spending tells.
    ///
    /// # Errors
    /// [`GateError::Forbidden`].
    pub fn inspect_permit(&self, principal: &Principal, token: &str) -> Result<Permit, GateError> {
        let permit = permit::verify(token, &self.permit_key(), self.house.clock.now())
            .map_err(|error| GateError::Forbidden(error.to_string()))?;
        if permit.tenant() == &principal.tenant {
            Ok(permit)
        } else {
            Err(GateError::Forbidden(
                "this permit is another tenant's".to_owned(),
            ))
        }
    }
}
