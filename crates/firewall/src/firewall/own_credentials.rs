//! What people say about their own credentials, as the doors pass it on. Nobody sees another's.

use super::Firewall;
use crate::{error::GateError, own_credential::OwnCredential, principal::Principal, scope::Scope};

impl Firewall {
    /// What the caller has said, in order of the scopes' names.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than people.
    pub async fn own_credentials(
        &self,
        principal: &Principal,
    ) -> Result<Vec<OwnCredential>, GateError> {
        let caller = principal.clone();
        self.on_lane(principal, move |turn| {
            let person = turn.caller(&caller)?.id.clone();
            let own = turn.state.sessions.own.values();
            Ok(own.filter(|said| said.person == person).cloned().collect())
        })
        .await
    }

    /// Whether people may have credentials of their own at a scope's provider.
    #[must_use]
    pub fn knows_people(&self, principal: &Principal, scope: &Scope) -> bool {
        self.issuer(&principal.tenant).knows_people(scope)
    }

    /// Says whether the caller's own credential is used for a scope, in the sessions they open. What
    /// was minted the other way is ended.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::say_own_credential`].
    pub async fn say_own_credential(
        &self,
        principal: &Principal,
        scope: &str,
        enabled: bool,
    ) -> Result<OwnCredential, GateError> {
        let (caller, scope) = (principal.clone(), scope.to_owned());
        let issuer = self.issuer(&principal.tenant);
        let said = self
            .on_lane(principal, move |turn| {
                turn.say_own_credential(&caller, (&scope, enabled), &*issuer)
            })
            .await?;
        self.tend_soon(&principal.tenant);
        Ok(said)
    }

    /// Takes back what the caller said about a scope.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::forget_own_credential`].
    pub async fn forget_own_credential(
        &self,
        principal: &Principal,
        scope: &str,
    ) -> Result<OwnCredential, GateError> {
        let (caller, scope) = (principal.clone(), scope.to_owned());
        let said = self
            .on_lane(principal, move |turn| {
                turn.forget_own_credential(&caller, &scope)
            })
            .await?;
        self.tend_soon(&principal.tenant);
        Ok(said)
    }
}
