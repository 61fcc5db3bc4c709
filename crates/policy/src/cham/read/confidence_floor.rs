//! `confidence_floor` as written: seed 001's `floors`, or one number for all three.

use super::{fields::Fields, shared, value};
use crate::{
    action::Confidence,
    cham::{
        Rule,
        confidence_floor::{ConfidenceFloor, Escalation},
    },
};
use serde_json::Value;

pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<Rule> {
    let environments = shared::environments(fields);
    let floors = floors(fields);
    let escalation = escalation(fields);
    let floors = floors?;
    Some(Rule::ConfidenceFloor(ConfidenceFloor {
        environments,
        floors,
        escalation,
    }))
}

const FLOORS: [&str; 3] = ["floors", "threshold", "floor"];

fn floors(fields: &mut Fields<'_, '_>) -> Option<Confidence> {
    if !FLOORS.iter().any(|key| fields.has(key)) {
        fields.fault("floors", "is missing");
    }
    let (key, given) = fields.either(&FLOORS)?;
    if key == "floors" {
        return fields.nested(key, given, dimensions);
    }
    let same = Some(fields.parsed(key, given, value::fraction)?);
    Some(Confidence {
        incident: same,
        fix: same,
        containment: same,
    })
}

fn dimensions(fields: &mut Fields<'_, '_>) -> Option<Confidence> {
    let floors = Confidence {
        incident: fields.optional("incident", value::fraction),
        fix: fields.optional("fix", value::fraction),
        containment: fields.optional("containment", value::fraction),
    };
    if ["incident", "fix", "containment"]
        .iter()
        .any(|key| fields.has(key))
    {
        return Some(floors);
    }
    fields.fault("", "needs at least one of `incident`, `fix`, `containment`");
    None
}

/// Without a word about it, a breach goes one tier up.
fn escalation(fields: &mut Fields<'_, '_>) -> Escalation {
    let parse = |given: &Value| {
        let words = [
            ("tier_up", Escalation::TierUp),
            ("block", Escalation::Block),
        ];
        value::choice(given, &words)
    };
    let on_fail = |given: &Value| {
        let words = [("HOLD", Escalation::TierUp), ("BLOCK", Escalation::Block)];
        value::choice(given, &words)
    };
    let found = match fields.either(&["escalation", "action_on_fail"]) {
        Some((key @ "escalation", given)) => fields.parsed(key, given, parse),
        Some((key, given)) => fields.parsed(key, given, on_fail),
        None => None,
    };
    found.unwrap_or_default()
}
