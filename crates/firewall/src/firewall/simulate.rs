//! Trying out a policy, or an action, without any of it being counted or recorded.

use super::{Firewall, entry::may_read};
use crate::{
    error::GateError, principal::Principal, proposal, record::Explanation, rulebook::Rulebook,
    turn::judge_for_sight,
};
use portcullis_policy::{
    action::Action,
    cham::read::Draft,
    conflict::{self, ConflictReport},
    facts::{Caller, Facts, Standing},
    fault::Fault,
    tier::{RiskTier, Tier, Verdict},
};
use serde_json::Value;
use std::sync::Arc;

/// A policy to try out.
#[derive(Clone, Debug)]
pub struct PolicyTest {
    /// The policy as a draft, or its faults.
    pub draft: Draft,
    /// The policy it would stand in for.
    pub replaces: Option<String>,
    /// An action to judge with and without it.
    pub action: Option<Action>,
}

/// What a policy would do.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// What is wrong with the rules as they would be.
    pub faults: Vec<Fault>,
    /// Where it disagrees with policies in force.
    pub conflicts: Vec<ConflictReport>,
    /// What would become of the action, and what becomes of it now.
    pub outlook: Option<(Outlook, Outlook)>,
}

/// What would become of an action.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlook {
    /// The verdict.
    pub verdict: Verdict,
    /// The tier.
    pub tier: Tier,
    /// The risk tier.
    pub risk_tier: RiskTier,
    /// The policies that would fire.
    pub policies_fired: Vec<String>,
    /// Why, in one text.
    pub reasoning: String,
    /// The reasons.
    pub reasons: Value,
    /// Where policies disagree about it, as a record tells it.
    pub conflicts: Value,
}

impl Firewall {
    /// Shows what a policy would do among the others. Nothing is changed, counted or recorded.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key; [`GateError::NotFound`] for an unknown agent or
    /// policy.
    pub async fn test_policy(
        &self,
        principal: &Principal,
        test: PolicyTest,
    ) -> Result<Simulation, GateError> {
        may_read(principal)?;
        let book = self.rulebook(principal).await?;
        if let Some(id) = &test.replaces
            && !book.manuscript.policies.contains_key(id.as_str())
        {
            return Err(GateError::NotFound("policy", id.clone()));
        }
        let now = self.house.clock.now();
        let made = proposal::with_draft(&book, test.draft, test.replaces.as_deref(), now);
        let (candidate, policy) = match made {
            Ok(made) => made,
            Err(faults) => {
                return Ok(Simulation {
                    faults: faults.0,
                    conflicts: Vec::new(),
                    outlook: None,
                });
            }
        };
        let others: Vec<_> = book
            .rules
            .policies()
            .iter()
            .filter(|other| other.id != policy.id)
            .map(Arc::clone)
            .collect();
        let conflicts = conflict::between(&others, &policy);
        let outlook = match test.action {
            None => None,
            Some(action) => Some(self.outlooks(principal, candidate, action).await?),
        };
        Ok(Simulation {
            faults: Vec::new(),
            conflicts,
            outlook,
        })
    }

    /// Judges an action without sealing or counting anything.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key; [`GateError::NotFound`] for an unknown agent.
    pub async fn preview(
        &self,
        principal: &Principal,
        action: Action,
    ) -> Result<Outlook, GateError> {
        may_read(principal)?;
        let book = self.rulebook(principal).await?;
        let (facts, _) = self
            .facts_for_sight(principal, action.clone(), Arc::clone(&book))
            .await?;
        Ok(outlook(&book, &action, &facts))
    }

    async fn outlooks(
        &self,
        principal: &Principal,
        candidate: Rulebook,
        action: Action,
    ) -> Result<(Outlook, Outlook), GateError> {
        let candidate = Arc::new(candidate);
        let (facts, book) = self
            .facts_for_sight(principal, action.clone(), Arc::clone(&candidate))
            .await?;
        let (baseline_facts, _) = self
            .facts_for_sight(principal, action.clone(), Arc::clone(&book))
            .await?;
        Ok((
            outlook(&candidate, &action, &facts),
            outlook(&book, &action, &baseline_facts),
        ))
    }

    /// The facts that some rules need for an action, and the rules in force.
    async fn facts_for_sight(
        &self,
        principal: &Principal,
        action: Action,
        book: Arc<Rulebook>,
    ) -> Result<(Facts, Arc<Rulebook>), GateError> {
        self.on_lane(principal, move |turn| {
            let agent = turn
                .state
                .agents
                .get(&action.agent)
                .ok_or_else(|| GateError::NotFound("agent", action.agent.to_string()))?;
            let standing: Standing = agent.standing();
            let caller = Caller {
                tenant: turn.state.tenant.id.clone(),
                agent: Some(action.agent.clone()),
            };
            let (_, facts) = turn.facts_under(&book, &action, caller, standing);
            Ok((facts, Arc::clone(&turn.state.rulebook)))
        })
        .await
    }
}

fn outlook(book: &Rulebook, action: &Action, facts: &Facts) -> Outlook {
    let judgement = judge_for_sight(&book.rules, action, facts);
    let explanation = Explanation::of(&judgement);
    Outlook {
        verdict: judgement.verdict,
        tier: judgement.tier,
        risk_tier: judgement.risk,
        policies_fired: explanation
            .fired
            .iter()
            .map(|f| f.policy_id.to_string())
            .collect(),
        reasoning: explanation.text,
        reasons: serde_json::from_slice(&explanation.reasons).unwrap_or(Value::Null),
        conflicts: serde_json::from_slice(&explanation.conflicts).unwrap_or(Value::Null),
    }
}
