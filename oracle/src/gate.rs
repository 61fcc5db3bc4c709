//! What the gate says.

use crate::world::{Given, Request};
use portcullis_firewall::access::{PermissionSet, Resource, Rights, RoleGrant, Verb};
use portcullis_policy::id::{AgentId, WorkspaceId};
use serde::{Serialize, de::DeserializeOwned};

/// Answers some requests of one person.
pub(crate) type Decider = fn(&Given, &[Request]) -> Result<Vec<bool>, String>;

pub(crate) fn decide(given: &Given, requests: &[Request]) -> Result<Vec<bool>, String> {
    let grants: Vec<RoleGrant> = read(&given.grants)?;
    let sets: Vec<PermissionSet> = read(&given.sets)?;
    let rights = Rights::of(given.active, &grants, &sets.iter().collect::<Vec<_>>());
    requests
        .iter()
        .map(|request| answer(&rights, request))
        .collect()
}

fn answer(rights: &Rights, request: &Request) -> Result<bool, String> {
    let verb: Verb = read(&request.verb)?;
    let workspace: Option<WorkspaceId> = read(&request.workspace)?;
    let agent: Option<AgentId> = read(&request.agent)?;
    let resource = Resource {
        workspace: workspace.as_ref(),
        agent: agent.as_ref(),
        scope: request.scope.as_deref(),
    };
    Ok(rights.may(verb, &resource))
}

/// Reads as the gate reads: from JSON, strictly.
fn read<T: DeserializeOwned>(written: &impl Serialize) -> Result<T, String> {
    let text = serde_json::to_string(written).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| format!("the gate does not read {text}: {error}"))
}
