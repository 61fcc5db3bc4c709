//! Workspaces.

use super::Firewall;
use crate::{error::GateError, principal::Principal, turn::WorkspaceDraft, workspace::Workspace};
use portcullis_policy::id::WorkspaceId;

impl Firewall {
    /// Makes a workspace.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::create_workspace`].
    pub async fn create_workspace(
        &self,
        principal: &Principal,
        id: WorkspaceId,
        draft: WorkspaceDraft,
    ) -> Result<Workspace, GateError> {
        let caller = principal.clone();
        self.on_lane(principal, move |turn| {
            turn.create_workspace(&caller, id, draft)
        })
        .await
    }

    /// Changes a workspace.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::update_workspace`].
    pub async fn update_workspace(
        &self,
        principal: &Principal,
        id: &str,
        draft: WorkspaceDraft,
    ) -> Result<Workspace, GateError> {
        let (caller, id) = (principal.clone(), id.to_owned());
        self.on_lane(principal, move |turn| {
            turn.update_workspace(&caller, &id, draft)
        })
        .await
    }

    /// Every workspace that the caller has anything to do with, in order of name.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key.
    pub async fn workspaces(&self, principal: &Principal) -> Result<Vec<Workspace>, GateError> {
        if principal.role.agent().is_some() {
            return Err(GateError::Forbidden(
                "an agent's key does not read lists".to_owned(),
            ));
        }
        let caller = principal.clone();
        self.on_lane(principal, move |turn| {
            let own = |workspace: &&Workspace| {
                caller.reads() || turn.state.people.has_role_in(&caller, &workspace.id)
            };
            Ok(turn
                .state
                .people
                .workspaces
                .values()
                .filter(own)
                .cloned()
                .collect())
        })
        .await
    }
}
