//! `action_type_block` as written, and `action_block` as far as it says the same.

use super::{fields::Fields, shared, value};
use crate::{
    cham::{Rule, action_type_block::ActionTypeBlock},
    label::Label,
    tier::Tier,
};
use serde_json::Value;

pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<Rule> {
    let action_types = blocked_types(fields);
    let environments = shared::environments(fields);
    fields.optional("verdict", value::blocked);
    let tier = fields.optional("tier", refusing_tier).unwrap_or(Tier::C);
    let reason = fields.optional("reason", value::prose);
    let rule = ActionTypeBlock {
        action_types,
        environments,
        tier,
        reason,
    };
    (!rule.action_types.is_empty()).then_some(Rule::ActionTypeBlock(rule))
}

fn blocked_types(fields: &mut Fields<'_, '_>) -> Vec<Label> {
    match (fields.has("action_types"), fields.has("blocked_actions")) {
        (true, true) => fields.fault("blocked_actions", "must not stand beside `action_types`"),
        (false, false) => fields.fault("action_types", "is missing"),
        (true, false) | (false, true) => {}
    }
    let mut found = shared::action_types(fields, "action_types");
    found.extend(shared::action_types(fields, "blocked_actions"));
    found
}

fn refusing_tier(given: &Value) -> Result<Tier, String> {
    value::choice(given, &[("C", Tier::C), ("X", Tier::X)])
}

/// Reads `conditions { action_pattern }` with `verdict_on_trigger`.
///
/// A policy blocks exact action types, so a pattern with a wildcard is a fault that names what to
/// write instead. So is a condition on the content or the direction: neither belongs to a policy.
pub(super) fn read_pattern(fields: &mut Fields<'_, '_>) -> Option<Rule> {
    let action_type = fields.object("conditions", |conditions| {
        for (key, place) in [
            ("content_check", "the content"),
            ("direction", "the direction"),
        ] {
            if conditions.has(key) {
                let message = format!("a policy cannot look at {place}; leave it out");
                conditions.fault(key, message);
            }
            conditions.known(key);
        }
        conditions.required("action_pattern", exact_pattern)
    });
    fields.optional("verdict_on_trigger", value::blocked);
    let environments = shared::environments(fields);
    let reason = fields.optional("reason", value::prose);
    let action_types = vec![action_type?];
    let tier = Tier::C;
    Some(Rule::ActionTypeBlock(ActionTypeBlock {
        action_types,
        environments,
        tier,
        reason,
    }))
}

fn exact_pattern(given: &Value) -> Result<Label, String> {
    let pattern = value::label(given)?;
    if pattern.as_str().contains(['*', '?', '[', '{']) {
        return Err(format!(
            "the pattern `{pattern}` cannot be a policy: list the types in an `action_type_block`, \
             or forbid the pattern in the tenant policy"
        ));
    }
    Ok(pattern)
}
