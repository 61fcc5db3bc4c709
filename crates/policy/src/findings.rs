//! What has been found about an action so far: it only ever gets stricter.

use crate::{
    code::Code,
    judgement::{Detail, Reason, Source},
    tier::{RiskTier, Tier, Verdict},
};
use smallvec::SmallVec;

/// Collects reasons and keeps the strictest outcome; the order of adding never matters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings<'r> {
    /// The strictest enforced tier.
    pub tier: Tier,
    /// The hardest enforced verdict.
    pub verdict: Verdict,
    /// The strictest tier, recorded-only effects included.
    pub would_tier: Tier,
    /// The hardest verdict, recorded-only effects included.
    pub would_verdict: Verdict,
    /// The highest risk tier.
    pub risk: RiskTier,
    /// Every reason so far.
    pub reasons: SmallVec<[Reason<'r>; 4]>,
}

impl<'r> Findings<'r> {
    /// Adds a reason that binds.
    pub fn add(&mut self, code: Code, source: Source<'r>, tier: Tier, detail: Detail<'r>) {
        let verdict = tier.verdict();
        self.push(Reason {
            code,
            source,
            tier,
            verdict,
            enforced: true,
            detail,
        });
    }

    /// Adds a reason that demands tier C for a refusal.
    pub fn refuse(&mut self, code: Code, source: Source<'r>, detail: Detail<'r>) {
        self.add(code, source, Tier::C, detail);
    }

    /// Adds any reason; it also counts for what would happen if everything bound.
    pub fn push(&mut self, reason: Reason<'r>) {
        self.push_for(reason, true);
    }

    /// Adds any reason, saying whether it counts for what would happen if everything bound.
    ///
    /// It does not when a grant that is only recorded would have lifted it.
    pub fn push_for(&mut self, reason: Reason<'r>, would: bool) {
        if would {
            self.would_tier = self.would_tier.max(reason.tier);
            self.would_verdict = self.would_verdict.max(reason.verdict);
        }
        if reason.enforced {
            self.tier = self.tier.max(reason.tier);
            self.verdict = self.verdict.max(reason.verdict);
        }
        self.reasons.push(reason);
    }

    /// Raises the risk tier.
    pub fn raise_risk(&mut self, risk: RiskTier) {
        self.risk = self.risk.max(risk);
    }
}
