//! `environment_restriction` as written: seed 001's `max_tier`, or a list of blocked environments.

use super::{fields::Fields, shared, value};
use crate::{
    cham::{Rule, environment_restriction::EnvironmentRestriction},
    tier::Tier,
};
use serde_json::Value;

pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<Rule> {
    let blocked = fields.list("blocked_environments", shared::ENVIRONMENTS, value::label);
    let named = shared::environments(fields);
    let max_tier = if fields.has("blocked_environments") {
        for key in ["max_tier", "environment", "environments"] {
            if fields.has(key) {
                fields.fault(key, "must not stand beside `blocked_environments`");
            }
        }
        fields.known("max_tier");
        fields.optional("action_on_match", block);
        Some(Tier::C)
    } else {
        if !fields.has("environment") && !fields.has("environments") {
            fields.fault("environment", "is missing");
        }
        fields.required("max_tier", value::tier)
    };
    let action_types = shared::action_types(fields, "action_types");
    let reason = fields.optional("reason", value::prose);
    let environments = if blocked.is_empty() { named } else { blocked };
    let max_tier = max_tier?;
    let rule = EnvironmentRestriction {
        environments,
        max_tier,
        action_types,
        reason,
    };
    (!rule.environments.is_empty()).then_some(Rule::EnvironmentRestriction(rule))
}

fn block(given: &Value) -> Result<(), String> {
    value::choice(given, &[("BLOCK", ())])
}
