//! What runs of a tenant policy: layer 2 and the limits.
//!
//! An action is allowed when an entry allows it and none forbids it. Every entry that allows it
//! adds its caps, limits and scope: caps are minima, limits intersect, tiers only rise.

pub(super) mod approval;
mod budget;
mod calendar;
mod command;
mod entry;
mod index;
mod rate;
mod split;

use super::{
    RateLimits, TenantPolicy,
    estimate::{self, Estimate, PriceList},
    read,
};
use crate::{
    action::Action,
    catalogue::{Catalogue, Class, demand::Demand},
    cham::rate_limit::Period,
    code::Code,
    command::policy::CommandRules,
    facts::{Answers, Counter, Needs, Span},
    fault::{Fault, Faults},
    findings::Findings,
    id::TenantId,
    judgement::{Detail, Obligations, Source},
    tier::RiskTier,
};
use approval::Approvers;
use budget::BudgetBook;
use calendar::Calendar;
use entry::{Entry, Operands};
use index::Index;
use jiff::{Timestamp, tz::TimeZone};
use rate::RateBook;
use smallvec::SmallVec;

pub use approval::Approval;
pub use budget::Allowance;

/// What runs of a tenant policy; never changed, only replaced.
#[derive(Debug)]
pub struct TenantRules {
    policy: Option<TenantPolicy>,
    catalogue: Catalogue,
    zone: TimeZone,
    entries: Vec<Entry>,
    index: Index,
    rates: RateBook,
    split_factor: u32,
    budgets: BudgetBook,
    prices: PriceList,
    approvers: Approvers,
    commands: CommandRules,
}

/// What layer 2 sees of one action; the same for [`TenantRules::needs`] and
/// [`TenantRules::judge`], so that both walk the same path.
struct View<'r, 'd, 'a> {
    demand: &'d Demand<'a>,
    class: Class,
    risk: RiskTier,
    allowing: SmallVec<[&'r Entry; 4]>,
    forbidding: Option<&'r Entry>,
    estimate: Estimate,
}

impl View<'_, '_, '_> {
    fn is_allowed(&self) -> bool {
        self.forbidding.is_none() && !self.allowing.is_empty()
    }

    fn writes(&self) -> bool {
        self.risk >= RiskTier::LowWrite
    }
}

impl TenantRules {
    /// Compiles a tenant policy; without one nothing is allowed.
    ///
    /// # Errors
    /// Every mistake, with its path; a policy that was not read by [`read`] is checked as if it
    /// were, and one for another tenant is refused.
    pub fn compile(policy: Option<&TenantPolicy>, tenant: &TenantId) -> Result<Self, Faults> {
        let Some(policy) = policy else {
            return Ok(Self::nothing());
        };
        let written = serde_json::to_value(policy)
            .map_err(|error| Fault::new("", format!("cannot be written down: {error}")))?;
        let policy = read::from_value(&written)?;
        if let Some(other) = policy
            .tenant
            .as_deref()
            .filter(|name| *name != tenant.as_str())
        {
            let message = format!("is for `{other}`, not for `{tenant}`");
            return Err(Fault::new("tenant", message).into());
        }
        let zone = read::zone(&policy.timezone)
            .ok_or_else(|| Fault::new("timezone", "is not a known time zone"))?;
        let entries = Entry::all(&policy.actions)?;
        Ok(Self {
            catalogue: Catalogue::of_tenant(&policy.catalogue, &policy.internal_domains),
            zone,
            index: Index::new(&policy.actions),
            entries,
            rates: RateBook::new(policy.rate_limits.as_ref()),
            split_factor: policy
                .rate_limits
                .as_ref()
                .and_then(|l| l.split_factor)
                .unwrap_or(1),
            budgets: BudgetBook::new(&policy)?,
            prices: policy
                .prices
                .as_ref()
                .map(PriceList::new)
                .unwrap_or_default(),
            approvers: Approvers::new(Some(&policy)),
            commands: match &policy.commands {
                Some(commands) => CommandRules::compile(commands)?,
                None => CommandRules::default(),
            },
            policy: Some(policy),
        })
    }

    fn nothing() -> Self {
        Self {
            policy: None,
            catalogue: Catalogue::default(),
            zone: TimeZone::UTC,
            entries: Vec::new(),
            index: Index::default(),
            rates: RateBook::default(),
            split_factor: 1,
            budgets: BudgetBook::default(),
            prices: PriceList::default(),
            approvers: Approvers::new(None),
            commands: CommandRules::default(),
        }
    }

    /// Asks for what [`TenantRules::judge`] will need, in the order in which it will need it.
    pub fn needs(&self, action: &Action, now: Timestamp, needs: &mut Needs) {
        let demand = Demand::of(action);
        let view = self.view(&demand);
        needs.writes |= view.writes();
        needs
            .rates
            .extend(self.rates.that_count(view.writes()).map(rate::Rate::need));
        if !view.is_allowed() {
            return;
        }
        if let Some(split) = split::of(view.demand, &view.class, view.risk) {
            needs
                .sums
                .extend(RateLimits::split_period().map(|period| split.need(period)));
        }
        let calendar = Calendar::new(now, &self.zone);
        for line in self
            .budgets
            .lines(action)
            .filter(|line| line.is_drawn_on(&view.estimate))
        {
            needs.budgets.extend(line.need(&calendar));
        }
    }

    /// Judges layer 2 and the limits, and says what else must happen.
    ///
    /// *Fails closed:* what no entry allows is refused, reads included; an answer that is missing
    /// refuses and names the stage.
    pub fn judge<'r>(
        &'r self,
        action: &Action,
        answers: &mut Answers<'_>,
        findings: &mut Findings<'r>,
        obligations: &mut Obligations<'r>,
    ) {
        let demand = Demand::of(action);
        let view = self.view(&demand);
        findings.raise_risk(view.risk);
        for rate in self.rates.that_count(view.writes()) {
            rate.judge(answers.rate(), findings);
        }
        if let Some(entry) = view.forbidding {
            findings.refuse(Code::Denied, entry.source(), Detail::None);
        } else if view.allowing.is_empty() {
            findings.refuse(
                Code::NotAllowed,
                Source::TenantPolicy("actions"),
                Detail::None,
            );
        } else {
            self.judge_limits(&view, answers, findings, obligations);
        }
        // After the limits: those go by what the command does, as `needs` does, which asks no session.
        command::judge(&self.commands, &demand, answers.facts, findings);
        self.oblige(findings.risk, obligations);
    }

    fn judge_limits<'r>(
        &'r self,
        view: &View<'r, '_, '_>,
        answers: &mut Answers<'_>,
        findings: &mut Findings<'r>,
        obligations: &mut Obligations<'r>,
    ) {
        let operands = Operands {
            demand: view.demand,
            estimate: view.estimate,
            risk: view.risk,
        };
        for entry in &view.allowing {
            entry.judge(&operands, &view.allowing, findings);
        }
        if let Some(split) = split::of(view.demand, &view.class, view.risk) {
            split.judge(self.split_factor, answers.sum(), findings);
        }
        let calendar = Calendar::new(answers.facts.now, &self.zone);
        let mut unknown = SmallVec::<[_; 2]>::new();
        for line in self
            .budgets
            .lines(view.demand.action)
            .filter(|l| l.asks(&view.estimate))
        {
            let Some(asked) = view.estimate.of(line.unit) else {
                if !unknown.contains(&line.unit) {
                    unknown.push(line.unit);
                    line.refuse_unknown(findings);
                }
                continue;
            };
            line.judge(asked, &calendar, answers, (findings, obligations));
        }
    }

    /// What the risk tier alone demands.
    fn oblige<'r>(&'r self, risk: RiskTier, obligations: &mut Obligations<'r>) {
        obligations.notify |= risk >= RiskTier::Inform;
        obligations.dry_run |= risk == RiskTier::LowWrite;
        if risk >= RiskTier::HighWrite {
            let approval = self.approval(risk);
            obligations.approvals = obligations.approvals.max(approval.required);
            approval.oblige(obligations);
        }
    }

    fn view<'r, 'd, 'a>(&'r self, demand: &'d Demand<'a>) -> View<'r, 'd, 'a> {
        let action = demand.action;
        let class = self.catalogue.classify_demand(demand);
        let mut view = View {
            risk: class.risk,
            allowing: SmallVec::new(),
            forbidding: None,
            estimate: Estimate {
                usd: None,
                gpu_hours: None,
            },
            demand,
            class,
        };
        self.index.candidates(action.kind.as_str(), |place| {
            let Some(entry) = self.entries.get(place).filter(|entry| entry.covers(action)) else {
                return;
            };
            if entry.allow {
                view.risk = view.risk.max(entry.tier.unwrap_or_default());
                view.allowing.push(entry);
            } else if view
                .forbidding
                .is_none_or(|known| entry.place < known.place)
            {
                view.forbidding = Some(entry);
            }
        });
        view.estimate = if view.writes() {
            self.prices.estimate(demand, view.class.spends)
        } else {
            estimate::of_read(demand)
        };
        view
    }

    /// Who approves an action of a risk tier, and for how long it waits; an action of a lower
    /// tier than 3 that is HELD all the same waits as one of tier 3.
    #[must_use]
    pub fn approval(&self, risk: RiskTier) -> Approval<'_> {
        self.approvers.of(risk)
    }

    /// Whether who asked may approve.
    #[must_use]
    pub fn self_approval(&self) -> bool {
        let approvals = self
            .policy
            .as_ref()
            .and_then(|policy| policy.approvals.as_ref());
        approvals.is_some_and(|approvals| approvals.self_approval)
    }

    /// What an action would cost.
    #[must_use]
    pub fn estimate(&self, action: &Action) -> Estimate {
        self.view(&Demand::of(action)).estimate
    }

    /// The policy as written.
    #[must_use]
    pub const fn policy(&self) -> Option<&TenantPolicy> {
        self.policy.as_ref()
    }

    /// The risk tiers that count for this tenant.
    #[must_use]
    pub const fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Every budget of this day and this month, with its limit.
    #[must_use]
    pub fn budgets(&self, now: Timestamp) -> Vec<Allowance> {
        let calendar = Calendar::new(now, &self.zone);
        self.budgets
            .all()
            .filter_map(|line| line.allowance(&calendar))
            .collect()
    }

    /// The budget day and the budget month of a moment.
    #[must_use]
    pub fn spans(&self, now: Timestamp) -> (Span, Span) {
        let calendar = Calendar::new(now, &self.zone);
        (calendar.day(), calendar.month())
    }

    /// The zone that budget days and months follow.
    #[must_use]
    pub const fn timezone(&self) -> &TimeZone {
        &self.zone
    }

    /// How much must be kept to count: the longest period and the most to count up to; `None`
    /// when nothing is counted.
    #[must_use]
    pub fn retention(&self, counter: Counter) -> Option<(Period, u32)> {
        self.rates.retention(counter)
    }
}
