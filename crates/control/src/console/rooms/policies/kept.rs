//! Policies as they are kept, version by version, and as people edit them.

use crate::{
    console::rooms::drafts,
    rights::Gate,
    wire::policy::{KeptVersion, PolicyBody},
};
use portcullis_firewall::{error::GateError, principal::Principal};
use portcullis_policy::cham::{self, Severity};
use serde::Serialize;
use serde_json::Value;
use std::cmp::Reverse;

/// Every version of a policy, newest first.
pub(super) async fn versions(
    gate: &Gate,
    caller: &Principal,
    id: &str,
) -> Result<Vec<KeptVersion>, GateError> {
    let kept = gate.policy_versions(caller, id).await?;
    let versions: Result<Vec<KeptVersion>, _> =
        kept.into_iter().map(serde_json::from_value).collect();
    let mut versions = versions
        .map_err(|error| GateError::Unavailable(format!("a version of `{id}`: {error}")))?;
    versions.sort_by_key(|version| Reverse(version.policy.policy.version));
    Ok(versions)
}

/// A policy as people edit it: without what only the gate gives.
#[derive(Serialize)]
struct Written {
    r#type: &'static str,
    name: String,
    scope: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_id: Option<String>,
    config: Value,
    active: bool,
    log_only: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    hold_minutes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<Severity>,
}

/// The text of a policy.
pub(in crate::console::rooms) fn written(policy: &cham::Policy) -> String {
    let body = PolicyBody::of(policy);
    drafts::pretty(&Written {
        r#type: body.kind,
        name: body.name,
        scope: body.scope,
        agent_id: body.agent_id,
        config: body.config,
        active: body.active,
        log_only: body.log_only,
        hold_minutes: body.hold_minutes,
        severity: body.severity,
    })
}

/// The text of a version; of one that there is not, nothing.
pub(super) fn text_of(versions: &[KeptVersion], number: u32) -> String {
    let found = versions
        .iter()
        .find(|kept| kept.policy.policy.version == number);
    found.map_or_else(String::new, |kept| written(&kept.policy.policy))
}

/// The numbers of versions, in their order.
pub(super) fn numbers(versions: &[KeptVersion]) -> Vec<u32> {
    let numbers = versions.iter().map(|kept| kept.policy.policy.version);
    numbers.collect()
}
