//! How often a tenant's agents may act.

use crate::{
    cham::rate_limit::Period,
    code::Code,
    facts::{Counter, RateNeed},
    findings::Findings,
    judgement::{Detail, Source},
    tenant::RateLimits,
};

/// One limit on how often.
#[derive(Debug)]
pub(super) struct Rate {
    counter: Counter,
    period: Period,
    max: u32,
    path: &'static str,
}

impl Rate {
    pub(super) const fn need(&self) -> RateNeed {
        RateNeed {
            counter: self.counter,
            period: self.period,
            enough: self.max.saturating_add(1),
        }
    }

    /// *Fails closed:* without a count the action is refused.
    pub(super) fn judge(&self, count: Option<u32>, findings: &mut Findings<'_>) {
        let Some(count) = count else {
            findings.refuse(
                Code::StageFailed,
                Source::Stage("tenant rate limits"),
                Detail::None,
            );
            return;
        };
        if count > self.max {
            let detail = Detail::Rate {
                period: self.period,
                max: self.max,
                count,
            };
            findings.refuse(Code::RateLimited, Source::TenantPolicy(self.path), detail);
        }
    }
}

/// All limits on how often.
#[derive(Debug, Default)]
pub(super) struct RateBook(Vec<Rate>);

impl RateBook {
    pub(super) fn new(limits: Option<&RateLimits>) -> Self {
        let Some(limits) = limits else {
            return Self::default();
        };
        let writes = Counter::TenantWrites;
        let lines = [
            (
                writes,
                60,
                limits.writes_per_minute,
                "rate_limits.writes_per_minute",
            ),
            (
                writes,
                3_600,
                limits.writes_per_hour,
                "rate_limits.writes_per_hour",
            ),
            (
                Counter::Tenant,
                60,
                limits.actions_per_minute,
                "rate_limits.actions_per_minute",
            ),
            (
                Counter::Tenant,
                3_600,
                limits.actions_per_hour,
                "rate_limits.actions_per_hour",
            ),
        ];
        let rate = |(counter, seconds, max, path): (Counter, u32, Option<u32>, &'static str)| {
            Some(Rate {
                counter,
                period: Period::from_seconds(seconds)?,
                max: max?,
                path,
            })
        };
        Self(lines.into_iter().filter_map(rate).collect())
    }

    /// The limits that count an action that writes or only reads.
    pub(super) fn that_count(&self, writes: bool) -> impl Iterator<Item = &Rate> {
        self.0
            .iter()
            .filter(move |rate| writes || rate.counter != Counter::TenantWrites)
    }

    pub(super) fn retention(&self, counter: Counter) -> Option<(Period, u32)> {
        let needs = self
            .0
            .iter()
            .filter(|rate| rate.counter == counter)
            .map(Rate::need);
        needs
            .map(|need| (need.period, need.enough))
            .reduce(|(period, enough), (p, e)| (period.max(p), enough.max(e)))
    }
}
