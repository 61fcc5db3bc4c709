//! What stands around the configuration: type, name, scope, switches.

use super::{ACTION_BLOCK, Draft, fields::Fields, reader, unknown_kind, value};
use crate::{cham::Rule, id::AgentId};
use serde_json::Value;

/// The longest a hold may live, in minutes: seven days.
const HOLD_MINUTES: u32 = 7 * 24 * 60;

/// What only the gate gives; it stands in a policy that was fetched before.
const GIVEN: [&str; 5] = ["id", "policy_id", "version", "created_at", "updated_at"];

pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<Draft> {
    let kind = kind(fields);
    let name = fields.required("name", value::name);
    let agent = agent(fields);
    let active = active(fields);
    let log_only = fields
        .optional("log_only", value::boolean)
        .unwrap_or_default();
    let hold_minutes = fields.nullable("hold_minutes");
    let hold_minutes = hold_minutes
        .and_then(|given| fields.parsed("hold_minutes", given, value::whole::<1, HOLD_MINUTES>));
    let severity = fields.nullable("severity");
    let severity = severity.and_then(|given| fields.parsed("severity", given, value::severity));
    GIVEN.iter().for_each(|key| fields.known(key));
    let rule = rule(fields, kind);
    Some(Draft {
        name: name?,
        agent,
        rule: rule?,
        active,
        log_only,
        hold_minutes,
        severity,
    })
}

/// `type` or `policy_type`; both only when they say the same.
fn kind<'v>(fields: &mut Fields<'v, '_>) -> Option<&'v str> {
    let text = |fields: &mut Fields<'v, '_>, key| {
        let given = fields.value(key)?;
        value::text(given)
            .map_err(|message| fields.fault(key, message))
            .ok()
    };
    let (first, second) = (text(fields, "type"), text(fields, "policy_type"));
    if !fields.has("type") && !fields.has("policy_type") {
        fields.fault("type", "is missing");
    }
    match (first, second) {
        (Some(one), Some(other)) if one != other => {
            fields.fault(
                "policy_type",
                format!("differs from `type`, `{}`", value::cut(one)),
            );
            None
        }
        (one, other) => one.or(other),
    }
}

/// The agent of an agent-scoped policy.
fn agent(fields: &mut Fields<'_, '_>) -> Option<AgentId> {
    let scoped = fields.optional("scope", |given| {
        value::choice(given, &[("tenant", false), ("agent", true)])
    });
    let given = fields.nullable("agent_id");
    match (scoped.unwrap_or_default(), given) {
        (true, Some(given)) => fields.parsed("agent_id", given, value::agent),
        (true, None) => {
            fields.fault("agent_id", "is missing: the scope is `agent`");
            None
        }
        (false, Some(_)) if scoped.is_some() || !fields.has("scope") => {
            fields.fault("agent_id", "only stands with the scope `agent`");
            None
        }
        (false, _) => None,
    }
}

/// `active`, or `status` in the dialect that has no switch.
fn active(fields: &mut Fields<'_, '_>) -> bool {
    let status = |given: &Value| value::choice(given, &[("active", true), ("inactive", false)]);
    let found = match fields.either(&["active", "status"]) {
        Some((key @ "active", given)) => fields.parsed(key, given, value::boolean),
        Some((key, given)) => fields.parsed(key, given, status),
        None => None,
    };
    found.unwrap_or(true)
}

fn rule(fields: &mut Fields<'_, '_>, kind: Option<&str>) -> Option<Rule> {
    let Some(kind) = kind else {
        fields.known("config");
        return None;
    };
    let Some(read) = reader(kind) else {
        fields.known("config");
        let key = if fields.has("type") {
            "type"
        } else {
            "policy_type"
        };
        fields.fault(key, unknown_kind(kind));
        return None;
    };
    // This dialect has its configuration beside its name.
    if kind == ACTION_BLOCK && !fields.has("config") {
        return read(fields);
    }
    fields.object("config", read)
}
