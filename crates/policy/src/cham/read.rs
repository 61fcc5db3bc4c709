//! Reads what a person wrote: seed 001's shape, the dialects of its documentation, one meaning.
//!
//! Reading is strict, because a rule that is half understood protects half: unknown keys, wrong
//! types, empty lists and numbers out of range are faults, and all of them are reported at once,
//! each with its path. [`wire`] writes a policy back in seed 001's shape.

mod action_type_block;
mod compliance_pack;
mod confidence_floor;
mod envelope;
mod environment_restriction;
mod fields;
mod grant_lifecycle;
mod rate_limit;
mod require_reasoning;
mod shared;
mod time_window;
mod value;
mod wire;

pub use wire::wire;

use super::{Policy, Rule, Severity};
use crate::{
    fault::Faults,
    id::{AgentId, PolicyId},
    spelling, yaml as text,
};
use fields::Fields;
use jiff::Timestamp;
use serde_json::Value;

/// The most policies in one document.
const DRAFTS: usize = 1_000;
/// The most faults reported; reading a list stops there.
const MOST_FAULTS: usize = 200;

/// A policy as written, before the gate gives it an id.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// For people.
    pub name: String,
    /// The agent it is for; `None` is tenant-wide.
    pub agent: Option<AgentId>,
    /// What it says.
    pub rule: Rule,
    /// Loaded for judging.
    pub active: bool,
    /// Recorded but not enforced.
    pub log_only: bool,
    /// How long a hold it causes lives, instead of the default.
    pub hold_minutes: Option<u32>,
    /// How bad a violation of it is, instead of the default for its tier.
    pub severity: Option<Severity>,
}

impl Draft {
    /// The first version of a policy.
    #[must_use]
    pub fn into_policy(self, id: PolicyId, now: Timestamp) -> Policy {
        Policy {
            id,
            name: self.name,
            agent: self.agent,
            rule: self.rule,
            active: self.active,
            log_only: self.log_only,
            hold_minutes: self.hold_minutes,
            severity: self.severity,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }
}

/// Reads a whole policy: `type` (or `policy_type`), `name`, `scope`, `agent_id`, `config`,
/// `active`, `log_only`, `hold_minutes`, `severity`.
///
/// Keys that only the gate gives (`id`, `version`, times) may stand there, as they do in a policy
/// that was fetched before, and are left aside.
///
/// # Errors
/// Every fault, with its path, e.g. `config.windows[1].period`.
pub fn draft(value: &Value) -> Result<Draft, Faults> {
    one(|faults| draft_at(value, "", faults))
}

/// Reads the configuration of a type of policy alone; paths begin with `config`.
///
/// # Errors
/// Every fault, with its path.
pub fn config(kind: &str, value: &Value) -> Result<Rule, Faults> {
    one(|faults| match reader(kind) {
        Some(read) => fields::within(value, "config", faults, read),
        None => {
            faults.add("type", unknown_kind(kind));
            None
        }
    })
}

/// Reads one policy or a list of policies from YAML or JSON text.
///
/// # Errors
/// Every fault, with its path: that of a policy in a list begins with its place, `[2].config`.
pub fn yaml(text: &str) -> Result<Vec<Draft>, Faults> {
    drafts(&text::read(text)?, "")
}

/// Reads one policy or a list of policies.
pub(crate) fn drafts(value: &Value, path: &str) -> Result<Vec<Draft>, Faults> {
    let Value::Array(items) = value else {
        return one(|faults| draft_at(value, path, faults)).map(|draft| vec![draft]);
    };
    let mut faults = Faults::default();
    if items.len() > DRAFTS {
        faults.add(
            path,
            format!("has {} policies, more than {DRAFTS}", items.len()),
        );
        return Err(faults);
    }
    let mut found = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        found.extend(draft_at(item, &format!("{path}[{at}]"), &mut faults));
        if faults.0.len() > MOST_FAULTS {
            break;
        }
    }
    faults.or(found)
}

fn draft_at(value: &Value, path: &str, faults: &mut Faults) -> Option<Draft> {
    fields::within(value, path, faults, envelope::read)
}

/// Runs a reader that notes its faults.
///
/// Fails closed: a reader that gives nothing and finds no fault is a fault itself.
fn one<T>(read: impl FnOnce(&mut Faults) -> Option<T>) -> Result<T, Faults> {
    let mut faults = Faults::default();
    let found = read(&mut faults);
    faults.or(())?;
    found.ok_or_else(|| {
        let mut faults = Faults::default();
        faults.add("", "cannot be read");
        faults
    })
}

type Read = fn(&mut Fields<'_, '_>) -> Option<Rule>;

/// The types and their readers; `action_block` is a dialect of `action_type_block`.
const READERS: [(&str, Read); 9] = [
    ("confidence_floor", confidence_floor::read),
    ("environment_restriction", environment_restriction::read),
    ("action_type_block", action_type_block::read),
    ("rate_limit", rate_limit::read),
    ("require_reasoning", require_reasoning::read),
    ("grant_lifecycle", grant_lifecycle::read),
    ("compliance_pack", compliance_pack::read),
    ("time_window", time_window::read),
    (ACTION_BLOCK, action_type_block::read_pattern),
];

const ACTION_BLOCK: &str = "action_block";

fn reader(kind: &str) -> Option<Read> {
    READERS
        .iter()
        .find(|(name, _)| *name == kind)
        .map(|(_, read)| *read)
}

fn unknown_kind(kind: &str) -> String {
    let hint = spelling::hint(kind, READERS.iter().map(|(name, _)| *name));
    format!("`{}` is not a type of policy{hint}", value::cut(kind))
}
