//! `rate_limit`

use super::{Case, Demand, Hearing};
use crate::{
    cham::rate_limit::Period,
    code::Code,
    facts::{Answers, Counter, Needs, RateNeed},
    judgement::Detail,
    rules::shelves::Kind,
};
use smallvec::SmallVec;

/// Asks for one count for each period, however many policies look at it.
pub(in crate::rules) fn ask(case: Case<'_, '_>, needs: &mut Needs) {
    let first = needs.rates.len();
    for rate in case.docket.entries(Kind::Rate, &case.shelves.rates) {
        for window in case.shelves.rate_windows.of(rate.windows) {
            let enough = window.max.saturating_add(1);
            let known = needs
                .rates
                .iter_mut()
                .skip(first)
                .find(|need| need.period == window.period);
            match known {
                Some(need) => need.enough = need.enough.max(enough),
                None => needs.rates.push(RateNeed {
                    counter: Counter::Agent,
                    period: window.period,
                    enough,
                }),
            }
        }
    }
}

impl Hearing<'_, '_> {
    pub(super) fn hear_rates(&mut self, answers: &mut Answers<'_>) {
        let case = self.case;
        let mut counts: SmallVec<[(Period, Option<u32>); 4]> = SmallVec::new();
        for rate in case.docket.entries(Kind::Rate, &case.shelves.rates) {
            for window in case.shelves.rate_windows.of(rate.windows) {
                // INVARIANT: periods come up in the order in which `ask` met them.
                let known = counts.iter().find(|(period, _)| *period == window.period);
                let count = known.map(|(_, count)| *count).unwrap_or_else(|| {
                    let count = answers.rate();
                    counts.push((window.period, count));
                    count
                });
                let Some(count) = count else {
                    self.missing(rate.head, "the rate could not be counted");
                    continue;
                };
                if count > window.max {
                    let demand = Demand {
                        code: Code::RateLimited,
                        tier: rate.breach,
                        liftable: true,
                    };
                    let count = count.min(window.max.saturating_add(1));
                    let detail = Detail::Rate {
                        period: window.period,
                        max: window.max,
                        count,
                    };
                    self.demand(rate.head, demand, detail);
                }
            }
        }
    }
}
