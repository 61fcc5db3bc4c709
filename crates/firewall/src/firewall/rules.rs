//! The rules: policies, the tenant policy and the settings, replaced as one.

use super::{Firewall, entry::architect};
use crate::{
    error::GateError,
    moment,
    principal::Principal,
    proposal::{PolicyPatch, Proposal},
    rulebook::Rulebook,
    settings::Settings,
};
use jiff::Timestamp;
use portcullis_policy::{cham::read::Draft, id::PolicyId, tenant::TenantPolicy};
use std::sync::Arc;
/// How often a proposal is made again when the rules move under it.
const PROPOSALS: usize = 16;

impl Firewall {
    /// Makes policies, all of them or none; their ids in the order of the drafts.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::Invalid`].
    pub async fn create_policies(
        &self,
        principal: &Principal,
        drafts: Vec<Draft>,
    ) -> Result<Vec<PolicyId>, GateError> {
        let house = self.house.clone();
        let propose = move |book: &Rulebook, _, now| {
            let proposal = Proposal::create(book, drafts.clone(), &house, now)?;
            let ids = proposal
                .policies
                .iter()
                .map(|change| change.after.policy.id.clone());
            Ok((ids.collect(), proposal))
        };
        self.adopt(principal, propose).await
    }

    /// Changes a policy in place.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::NotFound`],
    /// [`GateError::Invalid`], and [`GateError::Conflict`] with `policy.moved` when the version
    /// that was seen is no longer in force.
    pub async fn update_policy(
        &self,
        principal: &Principal,
        id: &str,
        patch: PolicyPatch,
    ) -> Result<(), GateError> {
        let id = id.to_owned();
        let propose = move |book: &Rulebook, _, now| {
            Ok(((), Proposal::update(book, &id, patch.clone(), now)?))
        };
        self.adopt(principal, propose).await
    }

    /// Replaces the tenant policy; its new version number.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::Invalid`]; then the one
    /// in force stays in force.
    pub async fn apply_tenant_policy(
        &self,
        principal: &Principal,
        policy: TenantPolicy,
    ) -> Result<u32, GateError> {
        self.replace_tenant_policy(principal, policy, None).await
    }

    /// Replaces the tenant policy that somebody saw, by its version; 0 is none. Its new version
    /// number.
    ///
    /// # Errors
    /// As [`Self::apply_tenant_policy`], and [`GateError::Conflict`] with `tenant_policy.moved`
    /// when another version is in force.
    pub async fn replace_tenant_policy(
        &self,
        principal: &Principal,
        policy: TenantPolicy,
        seen: Option<u32>,
    ) -> Result<u32, GateError> {
        let propose = move |book: &Rulebook, _, _| {
            let proposal = Proposal::tenant_policy(book, policy.clone(), seen)?;
            Ok((proposal.rulebook.manuscript.tenant_policy_version, proposal))
        };
        self.adopt(principal, propose).await
    }

    /// Changes the settings: `change` edits the present ones.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::Invalid`].
    pub async fn change_settings(
        &self,
        principal: &Principal,
        change: impl Fn(&mut Settings) + Clone + Send + Sync + 'static,
    ) -> Result<Settings, GateError> {
        let change = move |settings: &mut Settings| {
            change(settings);
            Ok(())
        };
        self.revise_settings(principal, change).await
    }

    /// Changes the settings unless `change` finds that they are not what it is for.
    ///
    /// # Errors
    /// As [`Self::change_settings`], and whatever `change` says.
    pub async fn revise_settings(
        &self,
        principal: &Principal,
        change: impl Fn(&mut Settings) -> Result<(), GateError> + Clone + Send + Sync + 'static,
    ) -> Result<Settings, GateError> {
        let propose = move |book: &Rulebook, mut settings: Settings, _| {
            change(&mut settings)?;
            Ok((settings.clone(), Proposal::settings(book, settings)?))
        };
        self.adopt(principal, propose).await
    }

    /// Compiles new rules beside the lane and has the lane adopt them.
    async fn adopt<T, P>(&self, principal: &Principal, propose: P) -> Result<T, GateError>
    where
        T: Send + 'static,
        P: Fn(&Rulebook, Settings, Timestamp) -> Result<(T, Proposal), GateError> + Send,
    {
        let actor = architect(principal)?;
        for _ in 0..PROPOSALS {
            let (book, settings) = self
                .on_lane(principal, |turn| {
                    let state = &turn.state;
                    Ok((Arc::clone(&state.rulebook), state.tenant.settings.clone()))
                })
                .await?;
            let now = moment::milliseconds(self.house.clock.now());
            let (answer, proposal) = propose(&book, settings, now)?;
            let actor = actor.clone();
            let adopted = self
                .on_lane(principal, move |turn| turn.adopt(&actor, proposal))
                .await;
            match adopted {
                Err(GateError::Conflict {
                    code: "rules.moved",
                    ..
                }) => {}
                Err(error) => return Err(error),
                Ok(_) => return Ok(answer),
            }
        }
        Err(GateError::conflict(
            "rules.moved",
            "the rules keep changing; try again",
        ))
    }

    /// The rules in force.
    pub(super) async fn rulebook(&self, principal: &Principal) -> Result<Arc<Rulebook>, GateError> {
        self.on_lane(principal, |turn| Ok(Arc::clone(&turn.state.rulebook)))
            .await
    }
}
