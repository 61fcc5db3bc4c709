//! `time_window`

use super::{Demand, Hearing};
use crate::{
    code::Code,
    judgement::{Detail, Reason, Source},
    rules::{
        calendar::Today,
        shelves::{Kind, Window},
    },
    tier::Tier,
};
use jiff::Timestamp;

impl Hearing<'_, '_> {
    pub(super) fn hear_windows(&mut self, now: Timestamp) {
        let case = self.case;
        let mut today = Today::at(&case.shelves.calendar, now);
        for window in case.docket.entries(Kind::Window, &case.shelves.windows) {
            if today.is_open(window.schedule) {
                continue;
            }
            if window.emergency_override && case.action.emergency {
                self.pass_emergency(window);
                continue;
            }
            let demand = Demand {
                code: Code::OutsideWindow,
                tier: window.breach,
                liftable: true,
            };
            self.demand(window.head, demand, Detail::None);
        }
    }

    /// Lets an emergency through a closed window, on record.
    fn pass_emergency(&mut self, window: &Window) {
        if let Some(policy) = self.case.policy(window.head.place) {
            self.findings.push(Reason {
                code: Code::EmergencyUsed,
                source: Source::Policy(policy),
                tier: Tier::A,
                verdict: Tier::A.verdict(),
                enforced: self.binds(window.head),
                detail: Detail::None,
            });
        }
    }
}
