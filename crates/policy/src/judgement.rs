//! What the rules say about one action, and why: one value, made once, explained by itself.
//!
//! The texts people read are made from the value when they are asked for: [`Reason`] displays as a
//! sentence, and a [`Judgement`] serialises as its own explanation.

mod explanation;
mod text;

use crate::{
    action::Dimension,
    amount::Micros,
    cham::{Policy, compliance_pack::ComplianceRule, rate_limit::Period},
    code::Code,
    conflict::Conflict,
    facts::{BudgetNeed, Unit},
    principle::Principle,
    tier::{RiskTier, Tier, Verdict},
};
use serde::Serialize;
use smallvec::SmallVec;
use std::borrow::Cow;

/// The outcome of judging, borrowed from the rule set that made it.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement<'r> {
    /// What is enforced.
    pub verdict: Verdict,
    /// Who decides.
    pub tier: Tier,
    /// How risky the action is.
    pub risk: RiskTier,
    /// What would have been enforced if nothing were in audit-only or log-only mode; equal to
    /// `(verdict, tier)` when nothing is.
    pub would: (Verdict, Tier),
    /// Why, hardest first.
    pub reasons: SmallVec<[Reason<'r>; 4]>,
    /// The policies whose effect changed the outcome, in the order of the rule set.
    pub fired: SmallVec<[&'r Policy; 4]>,
    /// The places in the rule set of all policies that were evaluated: those that apply.
    pub evaluated: SmallVec<[u32; 16]>,
    /// Where policies disagreed, and who won.
    pub conflicts: SmallVec<[Conflict<'r>; 1]>,
    /// What else must happen.
    pub obligations: Obligations<'r>,
}

impl Judgement<'_> {
    /// The refusal of a gate that failed at the named stage.
    #[must_use]
    pub fn failed(stage: &'static str) -> Self {
        let (code, tier) = (Code::StageFailed, Tier::C);
        let verdict = tier.verdict();
        let source = Source::Stage(stage);
        let reason = Reason {
            code,
            source,
            tier,
            verdict,
            enforced: true,
            detail: Detail::None,
        };
        Self {
            verdict,
            tier,
            risk: RiskTier::default(),
            would: (verdict, tier),
            reasons: SmallVec::from_iter([reason]),
            fired: SmallVec::new(),
            evaluated: SmallVec::new(),
            conflicts: SmallVec::new(),
            obligations: Obligations::default(),
        }
    }

    /// The rule that refuses, when BLOCKED: a principle as `SGP-13`, a policy by its id, else the
    /// code of the hardest reason.
    #[must_use]
    pub fn rule_violated(&self) -> Option<String> {
        let refuses = |reason: &&Reason<'_>| reason.enforced && reason.verdict == Verdict::Blocked;
        self.reasons
            .iter()
            .find(refuses)
            .map(|reason| match reason.source {
                Source::Principle(principle) => principle.to_string(),
                Source::Policy(policy) => policy.id.to_string(),
                Source::Identity
                | Source::TenantPolicy(_)
                | Source::Catalogue
                | Source::Stage(_) => reason.code.to_string(),
            })
    }
}

/// What a judgement demands besides its verdict.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Obligations<'r> {
    /// A fresh, passed dry run of this exact action before acting (risk tier 2).
    pub dry_run: bool,
    /// Tell the team (risk tier 1 and above).
    pub notify: bool,
    /// How many different people must approve, when HELD.
    pub approvals: u8,
    /// Who may approve, when the tenant policy says; empty is any operator.
    pub approvers: &'r [String],
    /// How long the hold lives, in seconds, when HELD; with an escalation, its first level.
    pub hold_seconds: u32,
    /// Who is asked next, level by level, when nobody decides.
    pub escalation: SmallVec<[Step<'r>; 1]>,
    /// How long all levels may last together, in seconds, when HELD. `hold_seconds` and the steps
    /// never add up to more.
    pub ceiling_seconds: u32,
    /// Whether the agent's owner may approve.
    pub owner_approval: bool,
    /// The grant this action uses up one use of.
    pub grant: Option<&'r Policy>,
    /// What to reserve before acting.
    pub reserve: SmallVec<[Reserve; 2]>,
    /// Keep the record at least this many days.
    pub retention_days: Option<u32>,
    /// Budgets that pass their warning line with this action, in percent of the limit.
    pub warnings: SmallVec<[Warning; 1]>,
}

impl Obligations<'_> {
    /// Takes back whatever concerns people who would have to approve.
    pub(crate) fn ask_nobody(&mut self) {
        self.approvals = 0;
        self.approvers = &[];
        self.hold_seconds = 0;
        self.escalation.clear();
        self.ceiling_seconds = 0;
        self.owner_approval = false;
    }
}

/// One level of people after the first. It asks for as many of them as the first.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Step<'r> {
    /// Who may approve; empty is any operator.
    pub approvers: &'r [String],
    /// Where they are asked; `None` is the usual place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<&'r str>,
    /// How long it lasts, in seconds; at least one.
    pub seconds: u32,
}

/// An amount to set aside in one budget.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reserve {
    /// Which budget.
    pub budget: BudgetNeed,
    /// How much.
    pub amount: Micros,
}

/// A budget nearly used up.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Warning {
    /// Which budget.
    pub budget: BudgetNeed,
    /// Its limit.
    pub limit: Micros,
    /// What is committed with this action.
    pub committed: Micros,
    /// The warning line.
    pub percent: u8,
}

/// One reason, and the least tier it demands.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason<'r> {
    /// The stable code.
    pub code: Code,
    /// Who says so.
    pub source: Source<'r>,
    /// The least tier it demands; for [`Code::Granted`], the tier it gives.
    pub tier: Tier,
    /// The hardest verdict it demands; never softer than the tier's.
    pub verdict: Verdict,
    /// False when only recorded (audit-only mode or a log-only policy).
    pub enforced: bool,
    /// The particulars.
    pub detail: Detail<'r>,
}

impl Reason<'_> {
    /// What the asker can do about it, as a sentence fragment in lower case.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        self.code.remedy()
    }
}

/// Who says so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source<'r> {
    /// Layer 1: who the agent is.
    Identity,
    /// Layer 2: an entry of the tenant policy, by its path, e.g. `actions[3]`.
    TenantPolicy(&'r str),
    /// The catalogue of risk tiers.
    Catalogue,
    /// A hard-coded rule above all configuration.
    Principle(&'static Principle),
    /// A CHAM policy.
    Policy(&'r Policy),
    /// The gate itself failed at the named stage.
    Stage(&'static str),
}

/// The particulars of a reason; its text is made from these when somebody reads it.
#[derive(Clone, Debug, PartialEq)]
pub enum Detail<'r> {
    /// The code says it all.
    None,
    /// The action type's risk tier.
    Risk(RiskTier),
    /// A number and its most; `asked` is missing when the action does not say.
    Cap {
        /// The name of the cap.
        name: &'r str,
        /// The most.
        limit: f64,
        /// What was asked.
        asked: Option<f64>,
    },
    /// A value and the permitted set.
    Member {
        /// The name of the limit.
        name: &'r str,
        /// What is permitted.
        allowed: &'r [String],
        /// What was asked.
        asked: Option<String>,
    },
    /// A confidence below its floor, or missing.
    Floor {
        /// Which dimension.
        dimension: Dimension,
        /// The floor.
        floor: f64,
        /// What was reported.
        reported: Option<f64>,
    },
    /// Too many actions in a window.
    Rate {
        /// The window's length.
        period: Period,
        /// The most.
        max: u32,
        /// How many there were, this one included; counted no further than `max + 1`.
        count: u32,
    },
    /// Over a budget.
    Budget {
        /// What is counted.
        unit: Unit,
        /// The limit.
        limit: Micros,
        /// What is already committed.
        committed: Micros,
        /// What this action needs; `None` when it cannot be told.
        asked: Option<Micros>,
    },
    /// A field is missing or too short.
    Field {
        /// Which.
        name: &'r str,
        /// The fewest characters, for `reasoning`.
        min_length: Option<u32>,
    },
    /// A rule of a compliance pack.
    Rule(&'r ComplianceRule),
    /// A sum over recent actions.
    Sum {
        /// The most that stays small.
        limit: u64,
        /// The sum, this action included.
        sum: u64,
    },
    /// Words.
    Text(Cow<'r, str>),
}
