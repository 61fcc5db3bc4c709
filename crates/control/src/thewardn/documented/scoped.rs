//! Policies for one agent.

use crate::{
    intake::id::Named,
    rest::policies::{NewPolicy, of_items, reviewed},
    rights::{Architect, Gate},
};
use axum::{Json, extract::State, http::StatusCode};
use portcullis_door::{
    body::Payload,
    reply::{Refusal, Reply},
};
use portcullis_policy::fault::Faults;
use serde::Serialize;
use serde_json::{Value, json};

#[derive(Debug, Serialize)]
pub(super) struct Made {
    policies: Vec<NewPolicy>,
}

/// Makes policies for one agent, all of them or none; the body is one policy, or a list under
/// `policies`. The scope is the path's.
pub(super) async fn create(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Named(id): Named,
    payload: Payload,
) -> Reply<(StatusCode, Json<Made>)> {
    gate.agent(&caller, &id).await?;
    let mut list = match payload.value()? {
        Value::Object(mut map) if map.contains_key("policies") => {
            let list = map.remove("policies").unwrap_or_default();
            if let Some(name) = map.keys().next() {
                return Err(Refusal::invalid(
                    name,
                    "is not a known field beside `policies`",
                ));
            }
            list
        }
        one => json!([one]),
    };
    let mut faults = Faults::default();
    for (at, item) in list.as_array_mut().into_iter().flatten().enumerate() {
        scope_to(&id, item, &format!("policies[{at}]"), &mut faults);
    }
    let drafts = of_items(&list, "policies", &mut faults);
    faults.or(())?;
    let mut policies = Vec::with_capacity(drafts.len());
    for id in gate.create_policies(&caller, drafts).await? {
        policies.push(reviewed(&gate, &caller, id.as_str()).await?);
    }
    Ok((StatusCode::CREATED, Json(Made { policies })))
}

/// Gives a policy the agent's scope; one that names another is a fault.
fn scope_to(agent: &str, policy: &mut Value, path: &str, faults: &mut Faults) {
    let Some(map) = policy.as_object_mut() else {
        return;
    };
    for (name, wanted) in [("scope", "agent"), ("agent_id", agent)] {
        match map.get(name).map(Value::as_str) {
            None => {
                map.insert(name.to_owned(), json!(wanted));
            }
            Some(Some(given)) if given == wanted => {}
            Some(_) => faults.add(format!("{path}.{name}"), "differs from the path"),
        }
    }
}
