//! Changes of one's own rights, which wait for a second person.

use super::{Firewall, people::must_look_at_people};
use crate::{elevation::Elevation, error::GateError, group::Group, principal::Principal};

impl Firewall {
    /// Agrees to what somebody else would gain.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::confirm_elevation`].
    pub async fn confirm_elevation(
        &self,
        principal: &Principal,
        id: &str,
    ) -> Result<Group, GateError> {
        let (caller, id) = (principal.clone(), id.to_owned());
        self.at_the_doors(principal, move |turn| turn.confirm_elevation(&caller, &id))
            .await
    }

    /// Refuses what somebody would gain.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::refuse_elevation`].
    pub async fn refuse_elevation(&self, principal: &Principal, id: &str) -> Result<(), GateError> {
        let (caller, id) = (principal.clone(), id.to_owned());
        self.at_the_doors(principal, move |turn| turn.refuse_elevation(&caller, &id))
            .await
    }

    /// The changes that wait for a second person.
    ///
    /// # Errors
    /// As [`Self::groups`].
    pub async fn elevations(&self, principal: &Principal) -> Result<Vec<Elevation>, GateError> {
        must_look_at_people(principal)?;
        self.on_lane(principal, |turn| {
            let waits = |elevation: &&Elevation| !elevation.is_over(turn.now);
            Ok(turn
                .state
                .people
                .elevations
                .values()
                .filter(waits)
                .cloned()
                .collect())
        })
        .await
    }
}
