//! Who approves what, for how long a hold waits, and who is asked next.

use crate::{
    judgement::{Obligations, Step},
    tenant::{Approvals, EscalationStep, TenantPolicy, TierApproval},
    tier::RiskTier,
};
use smallvec::SmallVec;

/// Who must approve an action, and for how long it waits for them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Approval<'r> {
    /// Who may; empty is any operator.
    pub approvers: &'r [String],
    /// How many different people, on every level; never fewer than the tier demands.
    pub required: u8,
    /// How long a hold lives, in seconds; with an escalation, its first level.
    pub hold_seconds: u32,
    /// How long all levels may last together, in seconds; never less than `hold_seconds`.
    pub ceiling_seconds: u32,
    /// Whether the agent's owner may approve.
    pub owner_approval: bool,
    /// Whether the ceiling is the tenant's own, which no policy lifts.
    firm: bool,
    escalate: &'r [EscalationStep],
}

impl<'r> Approval<'r> {
    /// The same when a policy asks for a first level of so many seconds: it ends at a ceiling that
    /// the tenant policy gives, and lifts one that it does not give.
    #[must_use]
    pub fn lasting(self, asked: Option<u32>) -> Self {
        let asked = asked.unwrap_or(self.hold_seconds);
        let ceiling_seconds = if self.firm {
            self.ceiling_seconds
        } else {
            self.ceiling_seconds.max(asked)
        };
        Self {
            hold_seconds: asked.min(ceiling_seconds),
            ceiling_seconds,
            ..self
        }
    }

    /// The levels after the first, in their order: what a level does not say is as on the level
    /// before. The one that reaches the ceiling is cut there, and none follows it.
    #[must_use]
    pub fn escalation(&self) -> SmallVec<[Step<'r>; 1]> {
        let (mut approvers, mut lasts) = (self.approvers, self.hold_seconds);
        let mut left = self.ceiling_seconds.saturating_sub(self.hold_seconds);
        let mut steps = SmallVec::new();
        for step in self.escalate {
            if left == 0 {
                break;
            }
            if !step.approvers.is_empty() {
                approvers = &step.approvers;
            }
            lasts = step.minutes.map_or(lasts, seconds);
            let seconds = lasts.min(left);
            left = left.saturating_sub(seconds);
            steps.push(Step {
                approvers,
                channel: step.channel.as_deref(),
                seconds,
            });
        }
        steps
    }

    /// Whether the ceiling is the tenant's own, which no policy lifts.
    pub(in crate::tenant) const fn is_firm(&self) -> bool {
        self.firm
    }

    /// Makes it an obligation, all but the number of people.
    pub(crate) fn oblige(&self, obligations: &mut Obligations<'r>) {
        obligations.approvers = self.approvers;
        obligations.hold_seconds = self.hold_seconds;
        obligations.escalation = self.escalation();
        obligations.ceiling_seconds = self.ceiling_seconds;
        obligations.owner_approval = self.owner_approval;
    }
}

/// The approvals of the two tiers that ask for people.
#[derive(Debug)]
pub(in crate::tenant) struct Approvers {
    high: Rung,
    destructive: Rung,
}

#[derive(Debug)]
struct Rung {
    tier: TierApproval,
    required: u8,
    hold_seconds: u32,
    ceiling_seconds: u32,
}

impl Approvers {
    pub(in crate::tenant) fn new(policy: Option<&TenantPolicy>) -> Self {
        let approvals = policy.and_then(|policy| policy.approvals.as_ref());
        let usual = approvals
            .and_then(|approvals| approvals.expires_minutes)
            .unwrap_or(Approvals::EXPIRES_MINUTES);
        let channel = policy
            .and_then(|policy| policy.slack.as_ref())
            .and_then(|slack| slack.escalation_channel.as_deref());
        let rung = |tier: Option<&TierApproval>, risk| {
            Rung::new(tier.cloned().unwrap_or_default(), risk, usual, channel)
        };
        Self {
            high: rung(
                approvals.and_then(|a| a.tier3.as_ref()),
                RiskTier::HighWrite,
            ),
            destructive: rung(
                approvals.and_then(|a| a.tier4.as_ref()),
                RiskTier::Destructive,
            ),
        }
    }

    pub(in crate::tenant) fn of(&self, risk: RiskTier) -> Approval<'_> {
        let rung = if risk >= RiskTier::Destructive {
            &self.destructive
        } else {
            &self.high
        };
        Approval {
            approvers: &rung.tier.approvers,
            required: rung.required,
            hold_seconds: rung.hold_seconds,
            ceiling_seconds: rung.ceiling_seconds,
            owner_approval: rung.tier.owner_approval,
            firm: rung.tier.ceiling_minutes.is_some(),
            escalate: &rung.tier.escalate,
        }
    }
}

impl Rung {
    fn new(mut tier: TierApproval, risk: RiskTier, usual: u32, channel: Option<&str>) -> Self {
        let first = tier.expires_minutes.unwrap_or(usual);
        if tier.escalate.is_empty() {
            tier.escalate.extend(channel.map(|channel| EscalationStep {
                channel: Some(channel.to_owned()),
                ..EscalationStep::default()
            }));
        }
        Self {
            required: tier.required.unwrap_or_default().max(risk.approvals()),
            hold_seconds: seconds(first),
            ceiling_seconds: seconds(TierApproval::ceiling(tier.ceiling_minutes, first)),
            tier,
        }
    }
}

const fn seconds(minutes: u32) -> u32 {
    minutes.saturating_mul(60)
}
