//! Judging again what was judged before, at every step on the way to acting.

use super::{Turn, judging};
use crate::{
    error::GateError,
    freeze::FrozenAction,
    hold::{Hold, Rung},
    stake::Stake,
};
use portcullis_policy::{
    facts::{AgentStatus, Caller},
    id::AgentId,
    judgement::Obligations,
    tier::Verdict,
};
use std::sync::Arc;

/// Why a hold is given up when the rules ask for other people than it waits for.
pub(super) const MOVED_ON: &str = "what people must agree to has changed; ask again";

/// What an action that is not refused demands by the rules of this moment.
#[derive(Debug)]
pub(super) struct Again {
    /// CLEARED or HELD.
    pub(super) verdict: Verdict,
    /// Whether a dry run must come first.
    pub(super) dry_run: bool,
    /// Whether the agent's owner may approve.
    pub(super) owner_approval: bool,
    approvals: u8,
    ladder: Vec<Rung>,
}

impl Again {
    /// Whether the people a hold waits for are still those the rules ask for.
    pub(super) fn is_answered_by(&self, hold: &Hold) -> bool {
        self.verdict == Verdict::Cleared
            || (hold.approvals_required >= self.approvals && same_people(&self.ladder, hold))
    }
}

/// Whether the same people are asked in the same order; how long each is asked may differ.
fn same_people(ladder: &[Rung], hold: &Hold) -> bool {
    let asked: Vec<&[String]> = if hold.ladder.is_empty() {
        vec![&hold.approvers]
    } else {
        hold.ladder
            .iter()
            .map(|rung| rung.approvers.as_slice())
            .collect()
    };
    let demanded = ladder.iter().map(|rung| rung.approvers.as_slice());
    demanded.eq(asked)
}

/// Whom a HELD verdict asks, one after the other.
pub(super) fn ladder(obligations: &Obligations<'_>) -> Vec<Rung> {
    let first = Rung {
        approvers: obligations.approvers.to_vec(),
        channel: None,
        seconds: obligations.hold_seconds,
    };
    let next = obligations.escalation.iter().map(|step| Rung {
        approvers: step.approvers.to_vec(),
        channel: step.channel.map(str::to_owned),
        seconds: step.seconds,
    });
    std::iter::once(first).chain(next).collect()
}

impl Turn<'_> {
    /// Judges an action that was counted when it was asked: what it took itself does not speak
    /// against it.
    ///
    /// The inner error is the refusal in words.
    pub(super) fn judge_again(
        &self,
        agent: &AgentId,
        frozen: &FrozenAction,
        stake: &Stake,
    ) -> Result<Result<Again, String>, GateError> {
        let missing = || GateError::NotFound("agent", agent.to_string());
        let agent = self.state.agents.get(agent).ok_or_else(missing)?;
        if matches!(
            agent.status,
            AgentStatus::Deregistered | AgentStatus::IdentityRevoked
        ) {
            return Ok(Err(format!(
                "agent `{}` is {}",
                agent.id,
                agent.status.as_str()
            )));
        }
        let caller = Caller {
            tenant: self.state.tenant.id.clone(),
            agent: Some(agent.id.clone()),
        };
        let rulebook = Arc::clone(&self.state.rulebook);
        let (needs, mut facts) = self.facts(&frozen.action, caller, agent.standing());
        facts.rates.iter_mut().for_each(|count| *count = 0);
        stake.leave_out(&needs, &mut facts, |grant| rulebook.number_of(grant));
        let own = self
            .state
            .tally
            .books
            .reservation(stake.seq)
            .unwrap_or_default();
        for (need, committed) in needs.budgets.iter().zip(&mut facts.budgets) {
            let pledged = own.iter().find(|(budget, _)| budget == need);
            *committed = pledged.map_or(*committed, |(_, amount)| committed.minus(*amount));
        }
        let judgement = judging::judge(&rulebook.rules, &frozen.action, &facts);
        Ok(match judgement.verdict {
            Verdict::Blocked => {
                let hardest = judgement.reasons.first();
                Err(hardest.map_or_else(|| "refused".to_owned(), ToString::to_string))
            }
            verdict @ (Verdict::Cleared | Verdict::Held) => Ok(Again {
                verdict,
                dry_run: judgement.obligations.dry_run,
                owner_approval: judgement.obligations.owner_approval,
                approvals: judgement.obligations.approvals,
                ladder: ladder(&judgement.obligations),
            }),
        })
    }
}
