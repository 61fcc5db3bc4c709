//! What an agent wants to do, as the rules see it.

use crate::{
    id::{AgentId, ScopeName, SessionId, TenantId, WorkspaceId},
    label::Label,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One action, read and frozen at the door; the rules only look at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Whose tenant.
    pub tenant: TenantId,
    /// Who asks.
    pub agent: AgentId,
    /// The part of the tenant it happens in, when the caller names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<WorkspaceId>,
    /// The piece of work it belongs to, when the caller names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// The scope whose credentials it is to be done with; its session must have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<ScopeName>,
    /// The action type, e.g. `workloads.submit` or `database_drop`.
    pub kind: Label,
    /// What it touches, e.g. a service, a cluster or a database. Not folded: shown as given.
    pub target: String,
    /// Where, e.g. `production`.
    pub environment: Label,
    /// The parameters (seed 001 calls them metadata).
    #[serde(default)]
    pub parameters: Map<String, Value>,
    /// Why, in the agent's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<String>,
    /// How sure the agent says it is.
    #[serde(default, skip_serializing_if = "Confidence::is_silent")]
    pub confidence: Confidence,
    /// The logs, metrics and events that informed the decision.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Value>,
    /// What kinds of data are touched, e.g. `PHI`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data_classes: Vec<Label>,
    /// Marked as an emergency by the agent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub emergency: bool,
}

impl Action {
    /// Whether it rests on one of the gate's sessions, so that this must be looked up.
    #[must_use]
    pub fn rests_on_session(&self) -> bool {
        let session = self.session.as_ref();
        self.scope.is_some() || session.is_some_and(SessionId::is_the_gates)
    }

    /// The parameter at a dotted path; `None` when nothing is there.
    ///
    /// `metadata.x`, `parameters.x` and plain `x` are the same parameter; a key that itself has
    /// dots is found before the path is taken apart.
    #[must_use]
    pub fn parameter(&self, path: &str) -> Option<&Value> {
        let path = path
            .strip_prefix("metadata.")
            .or_else(|| path.strip_prefix("parameters."))
            .unwrap_or(path);
        if let Some(value) = self.parameters.get(path) {
            return Some(value);
        }
        let (first, rest) = path.split_once('.')?;
        rest.split('.')
            .try_fold(self.parameters.get(first)?, |value, key| match value {
                Value::Object(map) => map.get(key),
                Value::Array(items) => items.get(key.parse::<usize>().ok()?),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
            })
    }

    /// A numeric parameter; `None` when absent or not a number.
    #[must_use]
    pub fn number(&self, path: &str) -> Option<f64> {
        self.parameter(path)?.as_f64()
    }

    /// A textual parameter; `None` when absent or not a text.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.parameter(path)?.as_str()
    }
}

/// How sure the agent says it is, each from 0 to 1; a dimension may be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confidence {
    /// That it understands the situation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<f64>,
    /// That the action will work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<f64>,
    /// That nothing else is harmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub containment: Option<f64>,
}

impl Confidence {
    /// Whether no dimension is reported.
    #[must_use]
    pub const fn is_silent(&self) -> bool {
        self.incident.is_none() && self.fix.is_none() && self.containment.is_none()
    }

    /// The reported value of a dimension.
    #[must_use]
    pub const fn of(&self, dimension: Dimension) -> Option<f64> {
        match dimension {
            Dimension::Incident => self.incident,
            Dimension::Fix => self.fix,
            Dimension::Containment => self.containment,
        }
    }
}

/// One of the three things an agent can be sure of.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Understanding the situation.
    Incident,
    /// The action will work.
    Fix,
    /// No collateral damage.
    Containment,
}

impl Dimension {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Incident, Self::Fix, Self::Containment];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::Fix => "fix",
            Self::Containment => "containment",
        }
    }
}
