//! Permits: who takes and spends them, and what those who are shown one may know.

use super::Firewall;
use crate::{
    digest::ActionDigest,
    error::GateError,
    permit::{self, Permit},
    principal::Principal,
    sign::PublicKey,
    turn::Redemption,
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

    /// Takes the permit of a released hold, once.
    ///
    /// # Errors
    /// [`GateError::Conflict`] when it was taken or is not released, else as
    /// [`crate::turn::Turn::claim`].
    pub async fn claim(&self, principal: &Principal, hold: &str) -> Result<String, GateError> {
        let (caller, id) = (principal.clone(), hold.to_owned());
        let claimed = self
            .on_lane(principal, move |turn| turn.claim(&caller, &id))
            .await;
        match claimed {
            // The lane forgets what is over; whoever may see it is told how it ended.
            Err(GateError::NotFound(..)) => Err(self.hold(principal, hold).await?.without_permit()),
            answer => answer,
        }
    }

    /// Spends a permit.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::redeem`].
    pub async fn redeem(
        &self,
        principal: &Principal,
        token: &str,
        about: Option<ActionDigest>,
    ) -> Result<Redemption, GateError> {
        let (caller, token) = (principal.clone(), token.to_owned());
        self.on_lane(principal, move |turn| turn.redeem(&caller, &token, about))
            .await
    }
}
