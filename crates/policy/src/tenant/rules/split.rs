//! One large write cut into small ones.

use crate::{
    catalogue::{Class, demand::Demand, row::Rule},
    cham::rate_limit::Period,
    code::Code,
    facts::SumNeed,
    findings::Findings,
    judgement::{Detail, Source},
    tier::{RiskTier, Tier},
};
use serde_json::Value;

/// A small write that may be a piece of a large one.
#[derive(Debug)]
pub(super) struct Split<'d, 'a> {
    demand: &'d Demand<'a>,
    rule: Rule,
    small: u32,
    adds: u64,
}

/// The parameters that name the team, the first that is there counts.
const TEAM: [&str; 4] = ["initiative_id", "team", "team_id", "initiative"];

/// The small write an action is; `None` for all others.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count is not negative, a small one is small, and float casts saturate"
)]
pub(super) fn of<'d, 'a>(
    demand: &'d Demand<'a>,
    class: &Class,
    risk: RiskTier,
) -> Option<Split<'d, 'a>> {
    let rule = class
        .row
        .map(|row| row.rule)
        .filter(|_| risk == RiskTier::LowWrite)?;
    let small = rule.small()?;
    let adds = rule.counted(demand).known()?.ceil() as u64;
    (adds > 0).then_some(Split {
        demand,
        rule,
        small,
        adds,
    })
}

impl Split<'_, '_> {
    /// What must be known of the team's recent small writes.
    pub(super) fn need(&self, period: Period) -> SumNeed {
        let parameters = &self.demand.action.parameters;
        let team = TEAM
            .iter()
            .find_map(|name| parameters.get(*name).and_then(Value::as_str));
        SumNeed {
            key: format!("{}/{}", self.what(), team.unwrap_or("-")),
            period,
            adds: self.adds,
        }
    }

    /// A job that is submitted again is one more job.
    fn what(&self) -> &'static str {
        if self.rule == Rule::Gpus {
            "workloads.submit"
        } else {
            "allocations.create"
        }
    }

    /// *Fails closed:* without a sum the action is refused.
    pub(super) fn judge(&self, factor: u32, so_far: Option<u64>, findings: &mut Findings<'_>) {
        let Some(so_far) = so_far else {
            findings.refuse(
                Code::StageFailed,
                Source::Stage("small writes"),
                Detail::None,
            );
            return;
        };
        let limit = u64::from(self.small) * u64::from(factor);
        let sum = so_far.saturating_add(self.adds);
        if sum > limit {
            let detail = Detail::Sum { limit, sum };
            findings.raise_risk(RiskTier::HighWrite);
            findings.add(Code::TierSplit, Source::Catalogue, Tier::B, detail);
        }
    }
}
