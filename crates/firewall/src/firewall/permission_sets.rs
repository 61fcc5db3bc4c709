//! Permission sets.

use super::{Firewall, people::must_look_at_people};
use crate::{access::PermissionSet, error::GateError, principal::Principal, turn::SetDraft};

impl Firewall {
    /// Makes a permission set.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::create_set`].
    pub async fn create_set(
        &self,
        principal: &Principal,
        draft: SetDraft,
    ) -> Result<PermissionSet, GateError> {
        let caller = principal.clone();
        self.at_the_doors(principal, move |turn| turn.create_set(&caller, draft))
            .await
    }

    /// Replaces a permission set.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::replace_set`].
    pub async fn replace_set(
        &self,
        principal: &Principal,
        id: &str,
        draft: SetDraft,
    ) -> Result<PermissionSet, GateError> {
        let (caller, id) = (principal.clone(), id.to_owned());
        self.at_the_doors(principal, move |turn| turn.replace_set(&caller, &id, draft))
            .await
    }

    /// Removes a permission set.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::remove_set`].
    pub async fn remove_set(&self, principal: &Principal, id: &str) -> Result<(), GateError> {
        let (caller, id) = (principal.clone(), id.to_owned());
        self.at_the_doors(principal, move |turn| turn.remove_set(&caller, &id))
            .await
    }

    /// Every permission set, in order of id.
    ///
    /// # Errors
    /// As [`Self::groups`].
    pub async fn permission_sets(
        &self,
        principal: &Principal,
    ) -> Result<Vec<PermissionSet>, GateError> {
        must_look_at_people(principal)?;
        self.on_lane(principal, |turn| {
            Ok(turn.state.people.sets.values().cloned().collect())
        })
        .await
    }
}
