//! What callers may look at. Nothing here changes anything.

use super::{
    Firewall,
    seen::{may_watch, sees_agent},
};
use crate::{
    access::Verb,
    agent::Agent,
    batch::{DocumentKind, Head, StoredRecord},
    error::GateError,
    hold::{Hold, HoldStatus},
    key::{Key, Usage},
    principal::Principal,
    query::{DocumentQuery, RecordQuery},
    settings::Tenant,
    state::{self, KeptTenantPolicy},
    tally::{AgentTally, books::Account, metrics::Metrics},
    turn::Turn,
    violation::Violation,
};
use portcullis_policy::{
    cham::Policy,
    id::{AgentId, TenantId},
    tenant::rules::Allowance,
};
use serde_json::Value;
use std::sync::Arc;

/// An agent with its running counts.
#[derive(Clone, Debug)]
pub struct AgentView {
    /// The agent.
    pub agent: Agent,
    /// Its counts.
    pub tally: AgentTally,
}

/// A policy with its metrics.
#[derive(Clone, Debug)]
pub struct PolicyView {
    /// The policy.
    pub policy: Arc<Policy>,
    /// How it performs.
    pub metrics: Metrics,
}

/// A budget of this day or month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetView {
    /// Which, and its limit.
    pub allowance: Allowance,
    /// What is spent and reserved.
    pub account: Account,
}

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

impl Firewall {
    /// Every agent that the caller sees, in order of id. For who sees some of its actions alone,
    /// those are what is counted.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key.
    pub async fn agents(&self, principal: &Principal) -> Result<Vec<AgentView>, GateError> {
        may_watch(principal)?;
        let caller = principal.clone();
        let mut views: Vec<AgentView> = self
            .on_lane(principal, move |turn| {
                let all = turn.state.agents.values();
                let seen = all.filter(|agent| sees_agent(turn, &caller, &agent.id));
                Ok(seen.map(|agent| agent_view(turn, agent)).collect())
            })
            .await?;
        if !principal.sees_all() {
            let mut counts = self.counts_seen(principal, None).await?;
            for view in &mut views {
                view.tally = counts.remove(view.agent.id.as_str()).unwrap_or_default();
            }
        }
        Ok(views)
    }

    /// What the agents that the caller sees are called, by id.
    ///
    /// # Errors
    /// As [`Self::agents`].
    pub async fn agent_names(
        &self,
        principal: &Principal,
    ) -> Result<Vec<(AgentId, String)>, GateError> {
        may_watch(principal)?;
        let caller = principal.clone();
        self.on_lane(principal, move |turn| {
            let all = turn.state.agents.values();
            let seen = all.filter(|agent| sees_agent(turn, &caller, &agent.id));
            Ok(seen
                .map(|agent| (agent.id.clone(), agent.name.clone()))
                .collect())
        })
        .await
    }

    /// One agent. An agent's own key may look at itself.
    ///
    /// # Errors
    /// [`GateError::Forbidden`]; [`GateError::NotFound`], also for one that the caller does not see.
    pub async fn agent(&self, principal: &Principal, id: &str) -> Result<AgentView, GateError> {
        let is_own = principal.role.agent().is_some_and(|own| own.as_str() == id);
        if !is_own {
            may_watch(principal)?;
        }
        let (caller, wanted) = (principal.clone(), id.to_owned());
        let mut view = self
            .on_lane(principal, move |turn| {
                let agent = turn.state.agents.get(wanted.as_str());
                let seen = agent.filter(|agent| sees_agent(turn, &caller, &agent.id));
                let agent = seen.ok_or(GateError::NotFound("agent", wanted))?;
                Ok(agent_view(turn, agent))
            })
            .await?;
        if !is_own && !principal.sees_all() {
            let mut counts = self.counts_seen(principal, Some(id)).await?;
            view.tally = counts.remove(id).unwrap_or_default();
        }
        Ok(view)
    }

    /// Every policy, the inactive ones too, oldest first.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key.
    pub async fn policies(&self, principal: &Principal) -> Result<Vec<PolicyView>, GateError> {
        may_read(principal)?;
        self.on_lane(principal, |turn| {
            let tally = &turn.state.tally;
            let mut entries: Vec<_> = turn.state.rulebook.manuscript.policies.values().collect();
            entries.sort_by_key(|entry| entry.number);
            Ok(entries
                .into_iter()
                .map(|entry| PolicyView {
                    policy: Arc::clone(&entry.policy),
                    metrics: tally.policy(entry.number),
                })
                .collect())
        })
        .await
    }

    /// One policy.
    ///
    /// # Errors
    /// [`GateError::Forbidden`], [`GateError::NotFound`].
    pub async fn policy(&self, principal: &Principal, id: &str) -> Result<PolicyView, GateError> {
        may_read(principal)?;
        let id = id.to_owned();
        self.on_lane(principal, move |turn| {
            let entry = turn.state.rulebook.manuscript.policies.get(id.as_str());
            let entry = entry.ok_or(GateError::NotFound("policy", id))?;
            Ok(PolicyView {
                policy: Arc::clone(&entry.policy),
                metrics: turn.state.tally.policy(entry.number),
            })
        })
        .await
    }

    /// Every version of a policy as JSON `{since_seq, policy}`, newest first.
    ///
    /// # Errors
    /// [`GateError::Forbidden`], [`GateError::NotFound`].
    pub async fn policy_versions(
        &self,
        principal: &Principal,
        id: &str,
    ) -> Result<Vec<Value>, GateError> {
        self.policy(principal, id).await?;
        let query = DocumentQuery::with_status(DocumentKind::PolicyVersion, id);
        Ok(state::all(&*self.ledger, &principal.tenant, query).await?)
    }

    /// The tenant policy in force.
    ///
    /// # Errors
    /// [`GateError::Forbidden`], [`GateError::NotFound`] when none was ever applied.
    pub async fn tenant_policy(
        &self,
        principal: &Principal,
    ) -> Result<KeptTenantPolicy, GateError> {
        may_read(principal)?;
        let kind = DocumentKind::TenantPolicy;
        state::one(&*self.ledger, &principal.tenant, kind, state::CURRENT)
            .await?
            .ok_or_else(|| GateError::NotFound("tenant policy", state::CURRENT.to_owned()))
    }

    /// Every version of the tenant policy, newest first.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key.
    pub async fn tenant_policy_versions(
        &self,
        principal: &Principal,
    ) -> Result<Vec<KeptTenantPolicy>, GateError> {
        may_read(principal)?;
        let query = DocumentQuery::with_status(DocumentKind::TenantPolicy, "version");
        Ok(state::all(&*self.ledger, &principal.tenant, query).await?)
    }

    /// One hold. An agent's own key may look at its own holds.
    ///
    /// # Errors
    /// [`GateError::NotFound`], also for one that the caller may not see.
    pub async fn hold(&self, principal: &Principal, id: &str) -> Result<Hold, GateError> {
        let hold = self.kept_hold(&principal.tenant, id).await?;
        if !principal.may(Verb::View, &hold.resource()) {
            return Err(GateError::NotFound("hold", id.to_owned()));
        }
        Ok(self.as_of_now(hold))
    }

    /// An overdue hold is over, whether or not it was swept yet.
    pub(super) fn as_of_now(&self, mut hold: Hold) -> Hold {
        let now = self.house.clock.now();
        if hold.is_over(now) {
            let why = Some("nobody decided in time");
            hold.end(HoldStatus::TimedOut, "portcullis", hold.timeout_at, why);
        }
        hold
    }

    /// Violations that the caller sees, newest first. For who sees some of them alone, the newest
    /// 10,000 are looked through.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key.
    pub async fn violations(
        &self,
        principal: &Principal,
        query: DocumentQuery,
    ) -> Result<Vec<Violation>, GateError> {
        may_watch(principal)?;
        let query = DocumentQuery {
            kind: DocumentKind::Violation,
            ..query
        };
        self.things_seen(principal, query, |violation: &Violation| violation.seq)
            .await
    }

    /// One violation.
    ///
    /// # Errors
    /// [`GateError::Forbidden`]; [`GateError::NotFound`], also for one that the caller does not see.
    pub async fn violation(&self, principal: &Principal, id: &str) -> Result<Violation, GateError> {
        may_watch(principal)?;
        let missing = || GateError::NotFound("violation", id.to_owned());
        let kind = DocumentKind::Violation;
        let found: Option<Violation> =
            state::one(&*self.ledger, &principal.tenant, kind, id).await?;
        let violation = found.ok_or_else(missing)?;
        if !self.reaches(principal, Verb::View, violation.seq).await? {
            return Err(missing());
        }
        Ok(violation)
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

    /// Records as a query asks for them, among those that the caller sees. For who sees some of
    /// them alone, 10,000 are looked through.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key.
    pub async fn records(
        &self,
        principal: &Principal,
        query: RecordQuery,
    ) -> Result<Vec<StoredRecord>, GateError> {
        may_watch(principal)?;
        self.records_seen(principal, query).await
    }

    /// One record.
    ///
    /// # Errors
    /// [`GateError::Forbidden`]; [`GateError::NotFound`], also for one that the caller does not see.
    pub async fn record(&self, principal: &Principal, seq: u64) -> Result<StoredRecord, GateError> {
        may_watch(principal)?;
        let missing = || GateError::NotFound("record", seq.to_string());
        let one = RecordQuery::one(seq);
        let records = self.ledger.records(&principal.tenant, one).await?;
        let found = records.into_iter().find(|record| record.seq == seq);
        let record = found.ok_or_else(missing)?;
        if !self.sees_record(principal, &record).await? {
            return Err(missing());
        }
        Ok(record)
    }
}

/// Whether a caller may read the tenant's lists.
///
/// # Errors
/// [`GateError::Forbidden`] for an agent's key.
pub(super) fn may_read(principal: &Principal) -> Result<(), GateError> {
    if principal.reads() {
        Ok(())
    } else {
        Err(GateError::Forbidden(
            "an agent's key does not read the tenant's lists".to_owned(),
        ))
    }
}

fn agent_view(turn: &Turn<'_>, agent: &Agent) -> AgentView {
    let tally = turn
        .state
        .tally
        .agent(&agent.id)
        .cloned()
        .unwrap_or_default();
    AgentView {
        agent: agent.clone(),
        tally,
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
