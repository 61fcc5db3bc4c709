//! Who approves what, and for how long a hold waits.

use crate::{
    tenant::{Approvals, TierApproval},
    tier::RiskTier,
};

/// Who must approve an action, and for how long it waits for them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Approval<'r> {
    /// Who may; empty is any operator.
    pub approvers: &'r [String],
    /// How many different people; never fewer than the tier demands.
    pub required: u8,
    /// How long a hold lives.
    pub hold_seconds: u32,
}

/// The approvals of the two tiers that ask for people.
#[derive(Debug)]
pub(super) struct Approvers {
    high: Rung,
    destructive: Rung,
}

#[derive(Debug)]
struct Rung {
    approvers: Vec<String>,
    required: u8,
    hold_seconds: u32,
}

impl Approvers {
    pub(super) fn new(approvals: Option<&Approvals>) -> Self {
        let minutes = approvals.and_then(|approvals| approvals.expires_minutes);
        let rung = |tier: Option<&TierApproval>, risk: RiskTier| {
            let minutes = tier
                .and_then(|tier| tier.expires_minutes)
                .or(minutes)
                .unwrap_or(Approvals::EXPIRES_MINUTES);
            let required = tier.and_then(|tier| tier.required).unwrap_or_default();
            Rung {
                approvers: tier.map(|tier| tier.approvers.clone()).unwrap_or_default(),
                required: required.max(risk.approvals()),
                hold_seconds: minutes.saturating_mul(60),
            }
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

    pub(super) fn of(&self, risk: RiskTier) -> Approval<'_> {
        let rung = if risk >= RiskTier::Destructive {
            &self.destructive
        } else {
            &self.high
        };
        Approval {
            approvers: &rung.approvers,
            required: rung.required,
            hold_seconds: rung.hold_seconds,
        }
    }
}
