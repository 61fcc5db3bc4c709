//! `confidence_floor`

use super::{Demand, Hearing};
use crate::{
    action::Dimension,
    cham::confidence_floor::Escalation,
    code::Code,
    judgement::Detail,
    rules::shelves::{Floor, Kind},
    tier::Tier,
};

impl Hearing<'_, '_> {
    pub(super) fn hear_floors(&mut self) {
        let case = self.case;
        let confidence = case.action.confidence;
        // What is missing or no number at all is below every floor.
        let reported = Dimension::ALL.map(|dimension| {
            confidence
                .of(dimension)
                .filter(|value| !value.is_nan())
                .unwrap_or(f64::NEG_INFINITY)
        });
        for floor in case.docket.entries(Kind::Floor, &case.shelves.floors) {
            let passes = reported
                .iter()
                .zip(&floor.floors)
                .all(|(value, floor)| value >= floor);
            if !passes {
                self.breach(floor, &reported);
            }
        }
    }

    fn breach(&mut self, floor: &Floor, reported: &[f64; 3]) {
        let tier = match floor.escalation {
            Escalation::TierUp => self.base.up(),
            Escalation::Block => self.base.max(Tier::C),
        };
        let demand = Demand {
            code: Code::LowConfidence,
            tier,
            liftable: true,
        };
        let confidence = self.case.action.confidence;
        for ((dimension, value), least) in
            Dimension::ALL.into_iter().zip(reported).zip(floor.floors)
        {
            if *value < least {
                let reported = confidence.of(dimension);
                let detail = Detail::Floor {
                    dimension,
                    floor: least,
                    reported,
                };
                self.demand(floor.head, demand, detail);
            }
        }
    }
}
