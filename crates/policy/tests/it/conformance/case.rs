//! The cases as they are written.

use jiff::Timestamp;
use portcullis_policy::{
    action::Action,
    command::policy::SessionPatterns,
    facts::{Caller, Mode, Session, Standing},
    rules::ScopeMode,
    tier::{Tier, Verdict},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A file of cases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(rename = "about")]
    _about: String,
    #[serde(default)]
    given: Map<String, Value>,
    cases: Vec<Map<String, Value>>,
}

/// One case, with what the file gives.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) note: String,
    #[serde(default)]
    pub(super) tenant_policy: Option<Value>,
    #[serde(default)]
    pub(super) scope_mode: ScopeMode,
    #[serde(default)]
    pub(super) policies: Vec<Value>,
    #[serde(default)]
    action: Map<String, Value>,
    #[serde(default)]
    pub(super) facts: World,
    pub(super) want: Want,
}

/// What the world says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct World {
    pub(super) now: Option<Timestamp>,
    #[serde(default)]
    pub(super) mode: Mode,
    pub(super) caller: Option<Caller>,
    pub(super) agent: Option<AgentCase>,
    pub(super) chain_intact: Option<bool>,
    pub(super) session: Option<Session>,
    #[serde(default)]
    pub(super) counts: BTreeMap<String, u32>,
    #[serde(default)]
    pub(super) uses: BTreeMap<String, u32>,
    #[serde(default)]
    pub(super) committed: BTreeMap<String, f64>,
    #[serde(default)]
    pub(super) recent: BTreeMap<String, u64>,
    #[serde(default)]
    pub(super) withhold: Vec<Kind>,
    #[serde(default)]
    pub(super) command_patterns: SessionPatterns,
}

/// How the agent stands; active unless said.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgentCase {
    #[serde(default)]
    status: portcullis_policy::facts::AgentStatus,
    confidence_floor: Option<f64>,
    tier_override: Option<Tier>,
}

impl AgentCase {
    pub(super) const fn standing(&self) -> Standing {
        Standing {
            status: self.status,
            confidence_floor: self.confidence_floor,
            tier_override: self.tier_override,
        }
    }
}

/// A kind of facts.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Rates,
    Grants,
    Budgets,
    Sums,
}

/// What must come out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Want {
    pub(super) faults: Option<Vec<String>>,
    pub(super) verdict: Option<Verdict>,
    pub(super) tier: Option<Tier>,
    pub(super) risk: Option<u8>,
    pub(super) would: Option<(Verdict, Tier)>,
    pub(super) fired: Option<Vec<String>>,
    pub(super) evaluated: Option<Vec<String>>,
    pub(super) codes: Option<Vec<String>>,
    pub(super) has_codes: Option<Vec<String>>,
    pub(super) no_codes: Option<Vec<String>>,
    pub(super) principle: Option<u8>,
    pub(super) conflicts: Option<Vec<WantConflict>>,
    pub(super) approvals: Option<u8>,
    pub(super) approvers: Option<Vec<String>>,
    pub(super) hold_seconds: Option<u32>,
    pub(super) escalation: Option<Vec<Value>>,
    pub(super) ceiling_seconds: Option<u32>,
    pub(super) owner_approval: Option<bool>,
    pub(super) dry_run: Option<bool>,
    pub(super) notify: Option<bool>,
    pub(super) grant: Option<String>,
    pub(super) retention_days: Option<Value>,
    pub(super) reserve: Option<BTreeMap<String, f64>>,
    pub(super) warnings: Option<BTreeMap<String, f64>>,
}

/// A disagreement that must be reported.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WantConflict {
    pub(super) detector: String,
    pub(super) winner: String,
    pub(super) losers: Vec<String>,
    pub(super) resolution: String,
}

impl File {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let options = serde_saphyr::options! { strict_booleans: true };
        serde_saphyr::from_str_with_options(text, options).map_err(|error| error.to_string())
    }

    pub(super) fn cases(self) -> Vec<Result<Case, (String, String)>> {
        self.cases
            .iter()
            .map(|case| Case::over(&self.given, case))
            .collect()
    }
}

impl Case {
    /// Lays a case over what the file gives.
    fn over(
        given: &Map<String, Value>,
        case: &Map<String, Value>,
    ) -> Result<Self, (String, String)> {
        let mut whole = given.clone();
        for (key, value) in case {
            match (whole.get_mut(key), value) {
                (Some(Value::Object(below)), Value::Object(above))
                    if matches!(key.as_str(), "action" | "facts" | "want") =>
                {
                    below.extend(above.clone());
                }
                _ => drop(whole.insert(key.clone(), value.clone())),
            }
        }
        let note = whole
            .get("note")
            .and_then(Value::as_str)
            .unwrap_or("no note")
            .to_owned();
        let case: Self = serde_json::from_value(Value::Object(whole))
            .map_err(|error| (note.clone(), format!("  {error}")))?;
        match (&case.want.verdict, &case.want.faults) {
            (None, None) => Err((note, "  wants neither a verdict nor faults".to_owned())),
            _ => Ok(case),
        }
    }

    /// The action, with the defaults for what it does not say.
    pub(super) fn action(&self) -> Result<Action, String> {
        let mut whole = json!({
            "type": "page_publish",
            "target": "website",
            "environment": "staging",
            "agent": "agt_test",
            "tenant": "ten_test",
            "reasoning": "Publish the page that the editors have reviewed",
            "confidence": { "incident": 0.95, "fix": 0.95, "containment": 0.95 },
            "evidence": ["the editors' review"],
        });
        let Value::Object(map) = &mut whole else {
            return Err("  no action".to_owned());
        };
        map.extend(self.action.clone());
        map.retain(|_, value| !value.is_null());
        if map.contains_key("kind") {
            return Err("  an action has a `type`, not a `kind`".to_owned());
        }
        if let Some(kind) = map.remove("type") {
            map.insert("kind".to_owned(), kind);
        }
        serde_json::from_value(whole).map_err(|error| format!("  the action: {error}"))
    }
}
