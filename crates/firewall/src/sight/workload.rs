//! What runs now and would be touched.

use crate::visible;
use serde::Serialize;
use serde_json::{Map, Value};

/// The parameter that names running workloads (spec of releases): a list of objects or names.
const PARAMETERS: [&str; 3] = ["affected_workloads", "running_workloads", "workloads"];
/// The most that are shown one by one.
const SHOWN: usize = 50;

/// A running workload that a release would touch, as the action names it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Workload {
    /// Its name.
    pub name: String,
    /// What else is said of it, e.g. `replicas: 3`.
    pub about: Vec<String>,
}

/// The workloads among the parameters.
pub(super) fn affected(parameters: &Map<String, Value>) -> Vec<Workload> {
    let list = PARAMETERS
        .iter()
        .find_map(|name| parameters.get(*name)?.as_array());
    list.map_or_else(Vec::new, |list| {
        list.iter().take(SHOWN).map(workload).collect()
    })
}

fn workload(value: &Value) -> Workload {
    match value {
        Value::Object(members) => {
            let name = members.get("name").or_else(|| members.get("id"));
            let about = members
                .iter()
                .filter(|(key, _)| !matches!(key.as_str(), "name" | "id"));
            Workload {
                name: plain(name.unwrap_or(&Value::Null)),
                about: about
                    .map(|(key, value)| format!("{}: {}", visible::visible_line(key), plain(value)))
                    .collect(),
            }
        }
        other => Workload {
            name: plain(other),
            about: Vec::new(),
        },
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => visible::visible_line(text).into_owned(),
        other => visible::visible_line(&other.to_string()).into_owned(),
    }
}
