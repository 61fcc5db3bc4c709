//! One entry of the list, ready to run.

use crate::{
    action::Action,
    catalogue::demand::Demand,
    code::Code,
    fault::Faults,
    findings::Findings,
    judgement::{Detail, Source},
    label::Label,
    tenant::{ActionEntry, cap::Capped, estimate::Estimate, folders::Fence, scope::Kind},
    tier::RiskTier,
};
use serde_json::Value;

/// One entry of the list, ready to run.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its place in the list.
    pub(super) place: usize,
    /// Whether it allows or forbids.
    pub(super) allow: bool,
    /// The least risk tier of what it allows.
    pub(super) tier: Option<RiskTier>,
    path: String,
    environments: Vec<Label>,
    workspaces: Vec<String>,
    agents: Vec<String>,
    caps: Vec<Cap>,
    limits: Vec<Limit>,
    scope: Vec<Scope>,
    fence: Option<Fence>,
}

#[derive(Debug)]
struct Cap {
    name: String,
    capped: Capped,
    limit: f64,
}

#[derive(Debug)]
struct Limit {
    name: String,
    allowed: Vec<String>,
}

#[derive(Debug)]
struct Scope {
    kind: &'static Kind,
    allowed: Vec<String>,
}

/// What caps, limits and scope look at.
#[derive(Debug)]
pub(super) struct Operands<'d, 'a> {
    pub(super) demand: &'d Demand<'a>,
    pub(super) estimate: Estimate,
    pub(super) risk: RiskTier,
}

impl Entry {
    /// Compiles a list of entries.
    pub(super) fn all(written: &[ActionEntry]) -> Result<Vec<Self>, Faults> {
        let mut faults = Faults::default();
        let entry = |(place, written)| Self::new(place, written, &mut faults);
        let entries = written.iter().enumerate().map(entry).collect();
        faults.or(entries)
    }

    fn new(place: usize, written: &ActionEntry, faults: &mut Faults) -> Self {
        let path = format!("actions[{place}]");
        let mut caps = Vec::new();
        for (name, limit) in &written.caps {
            match Capped::of(name) {
                Some(capped) => caps.push(Cap {
                    name: name.clone(),
                    capped,
                    limit: *limit,
                }),
                None => faults.add(format!("{path}.caps.{name}"), "is no cap"),
            }
        }
        let mut scope = Vec::new();
        for (key, allowed) in &written.scope {
            match Kind::find(key) {
                Some(kind) => scope.push(Scope {
                    kind,
                    allowed: allowed.clone(),
                }),
                None => faults.add(format!("{path}.scope.{key}"), "is no scope"),
            }
        }
        let limit = |(name, allowed): (&String, &Vec<String>)| Limit {
            name: name.clone(),
            allowed: allowed.clone(),
        };
        Self {
            place,
            allow: written.allow,
            tier: written.tier,
            path,
            environments: written.environments.clone(),
            workspaces: written.workspaces.clone(),
            agents: written.agents.clone(),
            caps,
            limits: written.limits.iter().map(limit).collect(),
            scope,
            fence: written.folders.as_ref().map(Fence::new),
        }
    }

    /// Whether it is about an action whose type it covers.
    ///
    /// *Fails closed:* an action without a workspace is in no workspace when an entry allows, and
    /// may be in any when an entry forbids.
    pub(super) fn covers(&self, action: &Action) -> bool {
        let workspace = || match &action.workspace {
            Some(workspace) => self
                .workspaces
                .iter()
                .any(|name| name == workspace.as_str()),
            None => !self.allow,
        };
        (self.environments.is_empty() || self.environments.contains(&action.environment))
            && (self.agents.is_empty() || self.agents.iter().any(|id| id == action.agent.as_str()))
            && (self.workspaces.is_empty() || workspace())
    }

    /// Who says so.
    pub(super) fn source(&self) -> Source<'_> {
        Source::TenantPolicy(&self.path)
    }

    /// Checks an action against the caps, limits, scope and folders.
    pub(super) fn judge<'r>(
        &'r self,
        operands: &Operands<'_, '_>,
        allowing: &[&'r Self],
        findings: &mut Findings<'r>,
    ) {
        for cap in &self.caps {
            let asked = match cap.asked(operands) {
                Asked::Nothing => continue,
                Asked::Unknown => None,
                Asked::Amount(asked) if asked <= cap.limit => continue,
                Asked::Amount(asked) => Some(asked),
            };
            if self.is_smallest(cap, allowing) {
                let detail = Detail::Cap {
                    name: &cap.name,
                    limit: cap.limit,
                    asked,
                };
                findings.refuse(Code::CapExceeded, self.source(), detail);
            }
        }
        let action = operands.demand.action;
        for limit in &self.limits {
            if let Err(asked) = limit.check(action) {
                self.out_of_scope(&limit.name, &limit.allowed, asked, findings);
            }
        }
        for scope in &self.scope {
            if let Err(asked) = scope.kind.check(operands.demand, &scope.allowed) {
                self.out_of_scope(scope.kind.key, &scope.allowed, asked.map(shown), findings);
            }
        }
        if let Some(fence) = &self.fence
            && let Err(why) = fence.check(&action.parameters)
        {
            let detail = Detail::Text(why.into());
            findings.refuse(Code::OutOfScope, self.source(), detail);
        }
    }

    /// Whether no other entry caps the same more tightly, so that a breach is reported once.
    fn is_smallest(&self, cap: &Cap, allowing: &[&Self]) -> bool {
        !allowing.iter().any(|entry| {
            entry.caps.iter().any(|other| {
                let first = other.limit == cap.limit && entry.place < self.place;
                other.capped == cap.capped && (other.limit < cap.limit || first)
            })
        })
    }

    fn out_of_scope<'r>(
        &'r self,
        name: &'r str,
        allowed: &'r [String],
        asked: Option<String>,
        findings: &mut Findings<'r>,
    ) {
        let detail = Detail::Member {
            name,
            allowed,
            asked,
        };
        findings.refuse(Code::OutOfScope, self.source(), detail);
    }
}

/// How much of something capped an action asks for.
enum Asked {
    /// Nothing: it only reads.
    Nothing,
    Unknown,
    Amount(f64),
}

impl Cap {
    fn asked(&self, operands: &Operands<'_, '_>) -> Asked {
        let demand = operands.demand;
        let amount = match &self.capped {
            Capped::Gpus => demand.gpus().known(),
            Capped::Instances => demand.instances.known(),
            Capped::Usd => operands.estimate.usd.map(|usd| usd.units()),
            Capped::GpuHours => operands.estimate.gpu_hours.map(|hours| hours.units()),
            Capped::Parameter(path) => demand.action.number(path).filter(|n| n.is_finite()),
        };
        let reads = operands.risk < RiskTier::LowWrite;
        match amount {
            Some(amount) => Asked::Amount(amount),
            None if reads && !matches!(self.capped, Capped::Parameter(_)) => Asked::Nothing,
            None => Asked::Unknown,
        }
    }
}

impl Limit {
    /// Whether the value, or every value of a list, is permitted; else what is not.
    fn check(&self, action: &Action) -> Result<(), Option<String>> {
        if self.name == "target" {
            let permitted = self.allowed.contains(&action.target);
            return if permitted {
                Ok(())
            } else {
                Err(Some(action.target.clone()))
            };
        }
        match action.parameter(&self.name) {
            None | Some(Value::Null) => Err(None),
            Some(Value::Array(items)) if items.is_empty() => Err(None),
            Some(Value::Array(items)) => items.iter().try_for_each(|item| self.permits(item)),
            Some(value) => self.permits(value),
        }
    }

    fn permits(&self, value: &Value) -> Result<(), Option<String>> {
        let permitted = match value {
            Value::String(text) => self.allowed.contains(text),
            Value::Bool(_) | Value::Number(_) => self.allowed.contains(&value.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => false,
        };
        if permitted {
            Ok(())
        } else {
            Err(Some(shown(value)))
        }
    }
}

/// A value as a reason shows it; what is long is cut.
fn shown(value: &Value) -> String {
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    if text.chars().count() <= 200 {
        text
    } else {
        text.chars().take(200).chain(['…']).collect()
    }
}
