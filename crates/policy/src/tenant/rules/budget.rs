//! Budgets: what may be spent on one action, in a day and in a month.

use super::calendar::Calendar;
use crate::{
    action::Action,
    amount::Micros,
    code::Code,
    facts::{Answers, BudgetNeed, Unit},
    fault::{Fault, Faults},
    findings::Findings,
    judgement::{Detail, Obligations, Reserve, Source, Warning},
    tenant::{Budgets, TenantPolicy, estimate::Estimate},
};
use foldhash::fast::RandomState;
use hashbrown::HashMap;

/// Over which time a limit counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Term {
    Action,
    Day,
    Month,
}

/// One limit of one budget.
#[derive(Debug)]
pub(super) struct Line {
    /// What is counted.
    pub(super) unit: Unit,
    scope: String,
    term: Term,
    limit: Micros,
    warn_at_percent: u8,
    path: String,
}

/// A budget of one period with its limit.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Allowance {
    /// Which budget.
    pub budget: BudgetNeed,
    /// Its limit.
    pub limit: Micros,
    /// When people are warned, in percent of the limit.
    pub warn_at_percent: u8,
}

impl Line {
    /// The budget with its limit; `None` when the limit is on single actions.
    pub(super) fn allowance(&self, calendar: &Calendar<'_>) -> Option<Allowance> {
        let (limit, warn_at_percent) = (self.limit, self.warn_at_percent);
        self.need(calendar).map(|budget| Allowance {
            budget,
            limit,
            warn_at_percent,
        })
    }

    /// Whether an action is known to draw on it.
    pub(super) fn is_drawn_on(&self, estimate: &Estimate) -> bool {
        self.asks(estimate) && estimate.of(self.unit).is_some()
    }

    /// Whether an action draws on it, or cannot say that it does not.
    pub(super) fn asks(&self, estimate: &Estimate) -> bool {
        estimate.of(self.unit) != Some(Micros::ZERO)
    }

    /// The budget to read; `None` when the limit is on single actions.
    pub(super) fn need(&self, calendar: &Calendar<'_>) -> Option<BudgetNeed> {
        let span = match self.term {
            Term::Action => return None,
            Term::Day => calendar.day(),
            Term::Month => calendar.month(),
        };
        Some(BudgetNeed {
            scope: self.scope.clone(),
            unit: self.unit,
            span,
        })
    }

    /// The cost cannot be told, so it cannot be known to fit.
    pub(super) fn refuse_unknown<'r>(&'r self, findings: &mut Findings<'r>) {
        let (unit, limit) = (self.unit, self.limit);
        let detail = Detail::Budget {
            unit,
            limit,
            committed: Micros::ZERO,
            asked: None,
        };
        findings.refuse(
            Code::BudgetUnknown,
            Source::TenantPolicy(&self.path),
            detail,
        );
    }

    /// Refuses what does not fit any more and sets aside what does.
    ///
    /// *Fails closed:* without the amount committed so far the action is refused.
    pub(super) fn judge<'r>(
        &'r self,
        asked: Micros,
        calendar: &Calendar<'_>,
        answers: &mut Answers<'_>,
        (findings, obligations): (&mut Findings<'r>, &mut Obligations<'r>),
    ) {
        let Some(budget) = self.need(calendar) else {
            if asked > self.limit {
                self.refuse(Code::BudgetAction, Micros::ZERO, asked, findings);
            }
            return;
        };
        let Some(committed) = answers.budget() else {
            findings.refuse(Code::StageFailed, Source::Stage("budgets"), Detail::None);
            return;
        };
        let after = committed.plus(asked);
        if after > self.limit || after == Micros::MAX {
            let month = self.term == Term::Month;
            let code = if month {
                Code::BudgetMonthly
            } else {
                Code::BudgetDaily
            };
            self.refuse(code, committed, asked, findings);
            return;
        }
        if !self.is_past_warning(committed) && self.is_past_warning(after) {
            let (limit, percent) = (self.limit, self.warn_at_percent);
            let budget = budget.clone();
            obligations.warnings.push(Warning {
                budget,
                limit,
                committed: after,
                percent,
            });
        }
        obligations.reserve.push(Reserve {
            budget,
            amount: asked,
        });
    }

    fn refuse<'r>(
        &'r self,
        code: Code,
        committed: Micros,
        asked: Micros,
        findings: &mut Findings<'r>,
    ) {
        let (unit, limit) = (self.unit, self.limit);
        let detail = Detail::Budget {
            unit,
            limit,
            committed,
            asked: Some(asked),
        };
        findings.refuse(code, Source::TenantPolicy(&self.path), detail);
    }

    fn is_past_warning(&self, amount: Micros) -> bool {
        let line = u128::from(self.limit.get()) * u128::from(self.warn_at_percent);
        u128::from(amount.get()) * 100 >= line
    }
}

/// The limits of all budgets.
#[derive(Debug, Default)]
pub(super) struct BudgetBook {
    tenant: Vec<Line>,
    agents: HashMap<String, Vec<Line>, RandomState>,
    workspaces: HashMap<String, Vec<Line>, RandomState>,
}

impl BudgetBook {
    pub(super) fn new(policy: &TenantPolicy) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let mut book = Self::default();
        if let Some(budgets) = &policy.budgets {
            book.tenant = lines(budgets, "", "budgets", &mut faults);
        }
        for (id, budgets) in &policy.agent_budgets {
            let path = format!("agent_budgets.{id}");
            let lines = lines(budgets, &format!("agent:{id}"), &path, &mut faults);
            book.agents.insert(id.clone(), lines);
        }
        for (id, budgets) in &policy.workspace_budgets {
            let path = format!("workspace_budgets.{id}");
            let lines = lines(budgets, &format!("workspace:{id}"), &path, &mut faults);
            book.workspaces.insert(id.clone(), lines);
        }
        faults.or(book)
    }

    /// Every limit there is.
    pub(super) fn all(&self) -> impl Iterator<Item = &Line> {
        let own = self
            .agents
            .values()
            .chain(self.workspaces.values())
            .flatten();
        self.tenant.iter().chain(own)
    }

    /// Every limit an action falls under: the tenant's, the agent's, the workspace's.
    pub(super) fn lines(&self, action: &Action) -> impl Iterator<Item = &Line> {
        let agent = self.agents.get(action.agent.as_str());
        let workspace = action.workspace.as_ref();
        let workspace = workspace.and_then(|workspace| self.workspaces.get(workspace.as_str()));
        let own = [agent, workspace].into_iter().flatten().flatten();
        self.tenant.iter().chain(own)
    }
}

fn lines(budgets: &Budgets, scope: &str, path: &str, faults: &mut Faults) -> Vec<Line> {
    let warn_at_percent = budgets.warn_at_percent.unwrap_or(Budgets::WARN_AT_PERCENT);
    let limits = [
        (
            "per_action_usd",
            Unit::Usd,
            Term::Action,
            budgets.per_action_usd,
        ),
        ("daily_usd", Unit::Usd, Term::Day, budgets.daily_usd),
        ("monthly_usd", Unit::Usd, Term::Month, budgets.monthly_usd),
        (
            "per_action_gpu_hours",
            Unit::GpuHours,
            Term::Action,
            budgets.per_action_gpu_hours,
        ),
        (
            "daily_gpu_hours",
            Unit::GpuHours,
            Term::Day,
            budgets.daily_gpu_hours,
        ),
        (
            "monthly_gpu_hours",
            Unit::GpuHours,
            Term::Month,
            budgets.monthly_gpu_hours,
        ),
    ];
    let mut lines = Vec::new();
    for (key, unit, term, limit) in limits {
        let Some(limit) = limit else { continue };
        let path = format!("{path}.{key}");
        match Micros::from_units(limit) {
            Some(limit) => {
                let scope = scope.to_owned();
                lines.push(Line {
                    unit,
                    scope,
                    term,
                    limit,
                    warn_at_percent,
                    path,
                });
            }
            None => faults.0.push(Fault::new(path, "is not an amount")),
        }
    }
    lines
}
