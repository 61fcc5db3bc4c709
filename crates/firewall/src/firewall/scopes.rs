//! Scopes as the doors add, change, remove and list them.

use super::Firewall;
use crate::{
    access::{Resource, Verb},
    error::GateError,
    kept_scope::{KeptScope, ScopeDraft},
    principal::Principal,
};

impl Firewall {
    /// Adds a scope.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::add_scope`].
    pub async fn add_scope(
        &self,
        principal: &Principal,
        draft: ScopeDraft,
    ) -> Result<KeptScope, GateError> {
        let draft = self.screened_draft(principal, draft)?;
        let (caller, issuer) = (principal.clone(), self.issuer(&principal.tenant));
        self.on_lane(principal, move |turn| {
            turn.add_scope(&caller, draft, &*issuer)
        })
        .await
    }

    /// Changes a scope. What was minted from it as it was is ended.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::change_scope`].
    pub async fn change_scope(
        &self,
        principal: &Principal,
        draft: ScopeDraft,
    ) -> Result<KeptScope, GateError> {
        let draft = self.screened_draft(principal, draft)?;
        let (caller, issuer) = (principal.clone(), self.issuer(&principal.tenant));
        let kept = self
            .on_lane(principal, move |turn| {
                turn.change_scope(&caller, draft, &*issuer)
            })
            .await?;
        self.tend_soon(&principal.tenant);
        Ok(kept)
    }

    /// Removes a scope. What was minted from it is ended.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::remove_scope`].
    pub async fn remove_scope(
        &self,
        principal: &Principal,
        name: &str,
    ) -> Result<KeptScope, GateError> {
        let (caller, name) = (principal.clone(), name.to_owned());
        let removed = self
            .on_lane(principal, move |turn| turn.remove_scope(&caller, &name))
            .await?;
        self.tend_soon(&principal.tenant);
        Ok(removed)
    }

    /// The scopes that the caller may look at somewhere, in order of their names.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key: its session says what it has.
    pub async fn scopes(&self, principal: &Principal) -> Result<Vec<KeptScope>, GateError> {
        super::seen::may_watch(principal)?;
        let caller = principal.clone();
        self.on_lane(principal, move |turn| {
            let scopes = turn.state.sessions.scopes.values();
            Ok(scopes.filter(|kept| sees(&caller, kept)).cloned().collect())
        })
        .await
    }

    /// A secret has no place in a scope: it is shown to everybody who may use it.
    fn screened_draft(
        &self,
        principal: &Principal,
        draft: ScopeDraft,
    ) -> Result<ScopeDraft, GateError> {
        let tenant = &principal.tenant;
        let value = serde_json::to_value(&draft.scope)
            .map_err(|error| GateError::Unavailable(error.to_string()))?;
        if self.screened_value(tenant, &value)? == value {
            return Ok(draft);
        }
        let message = "must not hold a secret: it is shown to whoever may use the scope";
        Err(GateError::invalid("filters", message))
    }
}

/// Whether a caller may look at a scope, in the tenant or in a workspace it is for.
fn sees(principal: &Principal, kept: &KeptScope) -> bool {
    let name = kept.scope.name.as_str();
    let in_workspace = |workspace| {
        let resource = Resource {
            workspace,
            agent: None,
            scope: Some(name),
        };
        principal.may(Verb::View, &resource)
    };
    let mut places = kept.workspaces.iter();
    if kept.workspaces.is_empty() {
        in_workspace(None)
    } else {
        principal.sees_all() || places.any(|place| in_workspace(Some(&place.workspace)))
    }
}
