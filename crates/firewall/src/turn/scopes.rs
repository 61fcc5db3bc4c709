//! Scopes: added, changed and removed by those who configure.

use super::{Turn, details, json, people::must_configure};
use crate::{
    batch::{DocumentKind, RecordKind},
    error::GateError,
    kept_scope::{KeptScope, ScopeDraft},
    lease::LeaseError,
    ports::Issuer,
    principal::Principal,
    scope::Scope,
};
use serde_json::Value;

/// The most scopes of one tenant.
const MOST: usize = 512;

impl Turn<'_> {
    /// Adds a scope.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::Invalid`] for what the
    /// provider's issuer does not understand or enforce, [`GateError::Conflict`] for a name that is
    /// taken and for one too many.
    pub fn add_scope(
        &mut self,
        principal: &Principal,
        draft: ScopeDraft,
        issuer: &dyn Issuer,
    ) -> Result<KeptScope, GateError> {
        must_configure(principal)?;
        self.check_scope(&draft, issuer)?;
        let name = draft.scope.name.clone();
        if self.state.sessions.scopes.contains_key(&name) {
            let message = format!("there is a scope `{name}` already");
            return Err(GateError::conflict("scope.name_taken", message));
        }
        if self.state.sessions.scopes.len() >= MOST {
            let message = format!("{MOST} scopes were added already");
            return Err(GateError::conflict("scope.too_many", message));
        }
        let actor = principal.actor();
        let kept = KeptScope {
            scope: draft.scope,
            workspaces: draft.workspaces,
            revision: self.first_revision(),
            added_at: self.now,
            added_by: actor.clone(),
            changed_at: self.now,
        };
        self.keep_scope(&actor, ("added", None), kept)
    }

    /// Changes a scope, but never its name. What was minted from it as it was is ended.
    ///
    /// # Errors
    /// As [`Turn::add_scope`], and [`GateError::NotFound`].
    pub fn change_scope(
        &mut self,
        principal: &Principal,
        draft: ScopeDraft,
        issuer: &dyn Issuer,
    ) -> Result<KeptScope, GateError> {
        must_configure(principal)?;
        let before = self.scope(&draft.scope.name)?.clone();
        self.check_scope(&draft, issuer)?;
        let moved = !reaches_the_same(&before.scope, &draft.scope);
        let kept = KeptScope {
            scope: draft.scope,
            workspaces: draft.workspaces,
            revision: before.revision.saturating_add(u32::from(moved)),
            changed_at: self.now,
            added_at: before.added_at,
            added_by: before.added_by.clone(),
        };
        self.keep_scope(&principal.actor(), ("changed", Some(before)), kept)
    }

    /// Removes a scope. What was minted from it is ended.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::NotFound`].
    pub fn remove_scope(
        &mut self,
        principal: &Principal,
        name: &str,
    ) -> Result<KeptScope, GateError> {
        must_configure(principal)?;
        let before = self.scope(name)?.clone();
        self.seal_scope(&principal.actor(), "removed", (Some(&before), None))?;
        self.batch.remove(DocumentKind::Scope, name);
        self.state.sessions.scopes.remove(name);
        Ok(before)
    }

    fn scope(&self, name: &str) -> Result<&KeptScope, GateError> {
        let missing = || GateError::NotFound("scope", name.to_owned());
        self.state.sessions.scopes.get(name).ok_or_else(missing)
    }

    /// A scope that stands in for a removed one of the same name is another one: whoever had that
    /// does not have this.
    fn first_revision(&self) -> u32 {
        let held = self.state.sessions.open.values();
        let held = held.flat_map(|session| &session.scopes);
        let last = held.map(|held| held.revision).max().unwrap_or(0);
        last.saturating_add(1)
    }

    fn check_scope(&self, draft: &ScopeDraft, issuer: &dyn Issuer) -> Result<(), GateError> {
        let mut faults = draft.faults();
        let there = &self.state.people.workspaces;
        for (at, one) in draft.workspaces.iter().enumerate() {
            if !there.contains_key(&one.workspace) {
                let why = format!("there is no `{}`", one.workspace);
                faults.add(format!("workspaces[{at}].workspace"), why);
            }
        }
        match issuer.check(&draft.scope) {
            Ok(()) => {}
            Err(LeaseError::Scope { path, why }) => faults.add(path, why),
            Err(error @ LeaseError::NoProvider(_)) => faults.add("provider", error.to_string()),
            Err(error) => faults.add("", error.to_string()),
        }
        faults.or(()).map_err(GateError::Invalid)
    }

    fn keep_scope(
        &mut self,
        actor: &str,
        (change, before): (&str, Option<KeptScope>),
        kept: KeptScope,
    ) -> Result<KeptScope, GateError> {
        self.seal_scope(actor, change, (before.as_ref(), Some(&kept)))?;
        let name = kept.scope.name.clone();
        self.keep(
            DocumentKind::Scope,
            &name,
            ("active", "", kept.added_at),
            &kept,
        )?;
        self.state.sessions.scopes.insert(name, kept.clone());
        Ok(kept)
    }

    fn seal_scope(
        &mut self,
        actor: &str,
        change: &str,
        (before, after): (Option<&KeptScope>, Option<&KeptScope>),
    ) -> Result<(), GateError> {
        let name = after.or(before).map_or("", |kept| kept.scope.name.as_str());
        let members = details([
            ("after", after.map_or(Ok(Value::Null), json)?),
            ("before", before.map_or(Ok(Value::Null), json)?),
            ("change", change.into()),
            ("scope", name.into()),
        ]);
        self.seal_event(RecordKind::ScopeChange, (actor, ""), members)
            .map(drop)
    }
}

/// Whether two forms of a scope reach the same, whatever is said about them.
fn reaches_the_same(one: &Scope, other: &Scope) -> bool {
    let described = Scope {
        description: other.description.clone(),
        ..one.clone()
    };
    described == *other
}
