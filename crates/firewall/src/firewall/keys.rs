//! Keys and tokens: who issues and revokes them.

use super::{Firewall, entry::architect};
use crate::{
    error::GateError,
    key::{Directory, Key, Token, Usage},
    principal::Principal,
    turn::NewKey,
};
use jiff::Timestamp;
use portcullis_policy::label::Label;

impl Firewall {
    /// Issues a key, or a person's token. It is known at every door before this returns.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, except for one's own token; else as
    /// [`crate::turn::Turn::issue_key`].
    pub async fn issue_key(
        &self,
        principal: &Principal,
        new: NewKey,
    ) -> Result<(Key, Token), GateError> {
        let own = principal
            .person
            .as_ref()
            .is_some_and(|badge| Label::new(&badge.name) == Label::new(&new.name));
        if !own || !new.role.is_person() {
            architect(principal)?;
        }
        let caller = principal.clone();
        self.at_the_doors(principal, move |turn| turn.issue_key(&caller, new))
            .await
    }

    /// Issues another token of the caller, by a name of its own.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::issue_own_token`].
    pub async fn issue_own_token(
        &self,
        principal: &Principal,
        name: &str,
        expires_at: Option<Timestamp>,
    ) -> Result<(Key, Token), GateError> {
        let (caller, name) = (principal.clone(), name.to_owned());
        self.at_the_doors(principal, move |turn| {
            turn.issue_own_token(&caller, &name, expires_at)
        })
        .await
    }

    /// Revokes a key or token. No door knows it any more when this returns.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::revoke_key`].
    pub async fn revoke_key(&self, principal: &Principal, id: &str) -> Result<Key, GateError> {
        let (caller, named) = (principal.clone(), id.to_owned());
        let revoked = self
            .at_the_doors(principal, move |turn| turn.revoke_key(&caller, &named))
            .await;
        if matches!(revoked, Err(GateError::Unavailable(_))) {
            // It may be durable all the same: then it must not be known until the next start.
            self.directory.rcu(|directory| {
                let mut directory = Directory::clone(directory);
                directory.shut_out(&principal.tenant, id);
                directory
            });
        }
        revoked
    }

    /// Keys and tokens, without secrets: of architects and other readers every one, of others
    /// their own.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than people.
    pub async fn keys(&self, principal: &Principal) -> Result<Vec<Key>, GateError> {
        if !principal.role.is_person() {
            return Err(GateError::Forbidden(
                "only a person may list keys".to_owned(),
            ));
        }
        let own = (!principal.reads())
            .then(|| principal.person.clone())
            .flatten();
        self.on_lane(principal, move |turn| {
            let shown = |key: &&Key| {
                let is_own = own
                    .as_ref()
                    .is_none_or(|own| key.person.as_ref() == Some(&own.id));
                is_own && key.usage != Usage::Invitation
            };
            Ok(turn.state.keys.values().filter(shown).cloned().collect())
        })
        .await
    }
}
