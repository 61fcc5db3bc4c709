//! The tenant at a glance, and its budgets.

use super::{
    Firewall,
    entry::may_read,
    seen::{may_watch, sees_agent},
};
use crate::{
    access::Verb,
    batch::Head,
    error::GateError,
    hold::Hold,
    principal::Principal,
    settings::Tenant,
    tally::{AgentTally, books::Account},
    turn::Turn,
};
use portcullis_policy::{
    id::{AgentId, TenantId},
    tenant::rules::Allowance,
};

/// The tenant at a glance.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The tenant and its settings.
    pub tenant: Tenant,
    /// The end of its chain.
    pub head: Head,
    /// Verdicts so far: CLEARED, HELD, BLOCKED.
    pub verdicts: [u64; 3],
    /// Agents.
    pub agents: usize,
    /// Active policies; none for who does not read them.
    pub active_policies: usize,
    /// Holds that wait, with the moment of the oldest.
    pub waiting: (usize, Option<jiff::Timestamp>),
    /// The version of the tenant policy; 0 for none.
    pub tenant_policy_version: u32,
    /// Where the chain was found broken.
    pub broken_at: Option<u64>,
}

/// A budget of this day or month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetView {
    /// Which, and its limit.
    pub allowance: Allowance,
    /// What is spent and reserved.
    pub account: Account,
}

impl Firewall {
    /// The tenant at a glance, as far as the caller sees it: of what is hidden from them nothing is
    /// counted, and the end of the chain is the newest record they see.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key.
    pub async fn overview(&self, principal: &Principal) -> Result<Overview, GateError> {
        may_watch(principal)?;
        let caller = principal.clone();
        let all = self.on_lane(principal, move |turn| Ok(overview(turn, Some(&caller))));
        let all = all.await?;
        if principal.sees_all() {
            return Ok(all);
        }
        let counts = self.counts_seen(principal, None).await?;
        let sum = |of: fn(&AgentTally) -> u64| counts.values().map(of).sum();
        Ok(Overview {
            head: self.head_seen(principal).await?,
            verdicts: [sum(|t| t.cleared), sum(|t| t.held), sum(|t| t.blocked)],
            ..all
        })
    }

    /// Every tenant at a glance, for the operators of the whole gate.
    pub async fn overviews(&self) -> Vec<(TenantId, Overview)> {
        let mut overviews = Vec::new();
        for tenant in self.tenants() {
            // A tenant whose lane does not answer shows by being absent.
            if let Ok(overview) = self.in_turn(&tenant, |turn| Ok(overview(turn, None))).await {
                overviews.push((tenant, overview));
            }
        }
        overviews
    }

    /// The budgets of this day and month.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key.
    pub async fn budgets(&self, principal: &Principal) -> Result<Vec<BudgetView>, GateError> {
        may_read(principal)?;
        self.on_lane(principal, |turn| {
            let books = &turn.state.tally.books;
            let rules = turn.state.rulebook.rules.tenant_rules();
            Ok(rules
                .budgets(turn.now)
                .into_iter()
                .map(|allowance| BudgetView {
                    account: books.account(&allowance.budget),
                    allowance,
                })
                .collect())
        })
        .await
    }
}

/// What a caller sees; nobody in particular sees everything.
fn overview(turn: &Turn<'_>, caller: Option<&Principal>) -> Overview {
    let state = &turn.state;
    let sees = |hold: &Hold| caller.is_none_or(|one| one.may(Verb::View, &hold.resource()));
    let waiting = || {
        let holds = state.holds.values();
        holds.filter(|hold| hold.must_wait(turn.now).is_ok() && sees(hold))
    };
    let agents = state.agents.keys();
    let seen = |agent: &&AgentId| caller.is_none_or(|one| sees_agent(turn, one, agent));
    Overview {
        tenant: state.tenant.clone(),
        head: state.head.clone(),
        verdicts: state.tally.verdicts(),
        agents: agents.filter(seen).count(),
        active_policies: if caller.is_none_or(Principal::reads) {
            state.rulebook.rules.policies().len()
        } else {
            0
        },
        waiting: (
            waiting().count(),
            waiting().map(|hold| hold.created_at).min(),
        ),
        tenant_policy_version: state.rulebook.manuscript.tenant_policy_version,
        broken_at: state.broken_at,
    }
}
