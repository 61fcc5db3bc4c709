//! What people say about their own credentials.

use super::{Turn, details};
use crate::{
    access::{Resource, Verb},
    batch::{DocumentKind, RecordKind},
    error::GateError,
    own_credential::OwnCredential,
    ports::Issuer,
    principal::Principal,
};

impl Turn<'_> {
    /// A person says whether their own credential stands in for the shared one of a scope, in the
    /// sessions that they open.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than people, [`GateError::NotFound`] for a scope that
    /// they could have nothing issued for, [`GateError::Invalid`] for one whose provider has no
    /// credentials of people's own: it would have nothing minted. To fall back is never refused.
    pub fn say_own_credential(
        &mut self,
        principal: &Principal,
        (scope, enabled): (&str, bool),
        issuer: &dyn Issuer,
    ) -> Result<OwnCredential, GateError> {
        let person = self.caller(principal)?.id.clone();
        let missing = || GateError::NotFound("scope", scope.to_owned());
        let kept = self.state.sessions.scopes.get(scope).ok_or_else(missing)?;
        let reaches = kept.workspaces.iter().any(|place| {
            let resource = Resource {
                workspace: Some(&place.workspace),
                agent: None,
                scope: Some(scope),
            };
            self.state
                .people
                .may(&person, Verb::IssueCredential, &resource)
        });
        if !reaches {
            return Err(missing());
        }
        if enabled && !issuer.knows_people(&kept.scope) {
            let provider = &kept.scope.provider;
            let message = format!(
                "has the provider `{provider}`, where nobody has a credential of their own"
            );
            return Err(GateError::invalid("scope", message));
        }
        let said = OwnCredential {
            person: person.clone(),
            scope: scope.to_owned(),
            enabled,
            since: self.now,
        };
        let change = if enabled { "enabled" } else { "disabled" };
        self.seal_own(principal, &said, change)?;
        let status = if enabled { "enabled" } else { "disabled" };
        let key = OwnCredential::key(&person, scope);
        self.keep(
            DocumentKind::OwnCredential,
            &key,
            (status, "", self.now),
            &said,
        )?;
        let own = &mut self.state.sessions.own;
        own.insert((person, scope.to_owned()), said.clone());
        Ok(said)
    }

    /// A person takes back what they said about a scope.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than people, [`GateError::NotFound`].
    pub fn forget_own_credential(
        &mut self,
        principal: &Principal,
        scope: &str,
    ) -> Result<OwnCredential, GateError> {
        let person = self.caller(principal)?.id.clone();
        let place = (person.clone(), scope.to_owned());
        let missing = || GateError::NotFound("own credential", scope.to_owned());
        let said = self
            .state
            .sessions
            .own
            .get(&place)
            .ok_or_else(missing)?
            .clone();
        self.seal_own(principal, &said, "removed")?;
        let key = OwnCredential::key(&person, scope);
        self.batch.remove(DocumentKind::OwnCredential, &key);
        self.state.sessions.own.remove(&place);
        Ok(said)
    }

    fn seal_own(
        &mut self,
        principal: &Principal,
        said: &OwnCredential,
        change: &str,
    ) -> Result<(), GateError> {
        let members = details([
            ("change", change.into()),
            ("person_id", said.person.as_str().into()),
            ("scope", said.scope.as_str().into()),
        ]);
        let actor = principal.actor();
        self.seal_event(RecordKind::OwnCredentialChange, (&actor, ""), members)
            .map(drop)
    }
}
