//! Reasons as sentences, in plain words, without the full stop.

use super::{Detail, Reason, Source, Warning};
use crate::{
    cham::Policy,
    code::Code,
    facts::{Span, Unit},
    tier::{RiskTier, Tier, Verdict},
};
use std::fmt;

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.source {
            Source::Policy(policy) => return write_policy(f, self, policy),
            Source::Principle(principle) => {
                write!(f, "{principle} ({}): {}", principle.name, principle.demands)?;
                return match &self.detail {
                    Detail::None => Ok(()),
                    detail => write!(f, "; {detail}"),
                };
            }
            Source::Stage(stage) => write!(f, "the gate failed at the stage `{stage}`")?,
            Source::Identity | Source::TenantPolicy(_) | Source::Catalogue => {}
        }
        write_rule(f, self)?;
        match self.source {
            Source::TenantPolicy(path) if !path.is_empty() => {
                write!(f, " (tenant policy, `{path}`)")
            }
            _ => Ok(()),
        }
    }
}

/// A reason that is neither a principle's nor a policy's.
fn write_rule(f: &mut fmt::Formatter<'_>, reason: &Reason<'_>) -> fmt::Result {
    match (&reason.code, &reason.detail) {
        (Code::StageFailed, Detail::None) => Ok(()),
        (Code::StageFailed, detail) => write!(f, ": {detail}"),
        (Code::AgentTier, _) => {
            write!(
                f,
                "every action of this agent is at least tier {}",
                reason.tier
            )
        }
        (Code::AgentFloor, detail) => write!(f, "the agent's own floor is missed: {detail}"),
        (Code::OutOfScope, Detail::None) => {
            f.write_str("the tenant policy does not permit this scope")
        }
        (code, Detail::None) => f.write_str(bare(*code)),
        (
            Code::NotAllowed
            | Code::Denied
            | Code::CrossTenant
            | Code::CommandMalformed
            | Code::CommandBlocked
            | Code::CommandAsked
            | Code::CommandAllowed
            | Code::CommandUnclear,
            detail,
        ) => {
            write!(f, "{}: {detail}", bare(reason.code))
        }
        (_, detail) => write!(f, "{detail}"),
    }
}

/// What a code says by itself.
const fn bare(code: Code) -> &'static str {
    match code {
        Code::TierHeld => "actions of this risk tier need people",
        Code::TierProhibited => "actions of this risk tier are never available to an agent",
        Code::TierSplit => "many small writes add up to a large one",
        Code::NotAllowed => "the tenant policy does not allow this action",
        Code::Denied => "the tenant policy forbids this action",
        Code::CapExceeded => "a cap of the tenant policy is exceeded",
        Code::OutOfScope => "a value is outside what the tenant policy permits",
        Code::BudgetAction => "the budget for one action is exceeded",
        Code::BudgetDaily => "the daily budget is exceeded",
        Code::BudgetMonthly => "the monthly budget is exceeded",
        Code::BudgetUnknown => "a budget applies and the cost of the action cannot be told",
        Code::RateLimited => "too many actions",
        Code::CrossTenant => "the action names a thing of another tenant",
        Code::SessionMissing => "the action names a scope and no session that has it",
        Code::SessionNotOpen => "the agent has no such open session here",
        Code::ScopeNotHeld => "the session does not have this scope",
        Code::ScopeEnvironment => "the scope is of another environment",
        Code::ScopeReadOnly => "the action writes, and this session may only read with this scope",
        Code::CommandMalformed => "the parameters name no command",
        Code::CommandBlocked => "a command policy blocks this command",
        Code::CommandAsked => "the command policies do not allow this command",
        Code::CommandAllowed => "the command policies allow this command",
        Code::CommandUnclear => "nobody can understand this command from its words",
        Code::AgentPaused => "the agent is paused",
        Code::AgentBlocked => "the agent is blocked",
        Code::AgentFloor => "the agent's own confidence floor is missed",
        Code::AgentTier => "every action of this agent is decided by people",
        Code::LowConfidence => "the reported confidence is below the floor",
        Code::EnvironmentRestricted => "the environment does not permit so much autonomy",
        Code::ActionBlocked => "this action type is blocked",
        Code::ReasoningMissing => "a required field is missing",
        Code::Compliance => "a compliance rule demands a stricter path",
        Code::OutsideWindow => "now is outside the approved change windows",
        Code::EmergencyUsed => "an emergency passes outside the approved change windows",
        Code::Granted => "a grant covers this action",
        Code::NoValidGrant => "this action needs a grant, and none is valid for it",
        Code::Principle => "a principle is broken",
        Code::StageFailed => "the gate failed",
    }
}

/// A reason of a CHAM policy: what was found, the policy's own words, and its name.
fn write_policy(f: &mut fmt::Formatter<'_>, reason: &Reason<'_>, policy: &Policy) -> fmt::Result {
    if !reason.enforced {
        f.write_str("recorded only: ")?;
    }
    match (&reason.code, &reason.detail) {
        (Code::StageFailed, Detail::None) => f.write_str("a policy could not be evaluated")?,
        (Code::StageFailed, detail) => write!(f, "a policy could not be evaluated: {detail}")?,
        (Code::Granted, _) => write!(f, "a grant gives this action tier {}", reason.tier)?,
        (Code::EnvironmentRestricted, _) => {
            write!(
                f,
                "the environment permits no more autonomy than tier {}",
                reason.tier
            )?;
        }
        (Code::LowConfidence, detail) => {
            write!(f, "{detail}, so the action is tier {}", reason.tier)?;
        }
        (Code::Compliance, Detail::Rule(_)) => write!(f, "{}", reason.detail)?,
        (code, Detail::None) => f.write_str(bare(*code))?,
        (_, detail) => write!(f, "{detail}")?,
    }
    if let Some(own) = policy.rule.reason() {
        write!(f, ": {}", own.trim_end_matches('.'))?;
    }
    write!(f, " (policy `{}`)", policy.name)
}

impl fmt::Display for Detail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Text(text) => f.write_str(text),
            Self::Risk(risk) => write_risk(f, *risk),
            Self::Cap { name, limit, asked } => write_cap(f, name, *limit, *asked),
            Self::Member {
                name,
                allowed,
                asked,
            } => write_member(f, name, allowed, asked.as_deref()),
            Self::Floor {
                dimension,
                floor,
                reported,
            } => write_floor(f, dimension.as_str(), *floor, *reported),
            Self::Rate { period, max, count } => {
                write!(
                    f,
                    "this is action {count} within {period}, and the most is {max}"
                )
            }
            Self::Budget { .. } => write_budget(f, self),
            Self::Field {
                name,
                min_length: Some(least),
            } => {
                write!(f, "`{name}` has fewer than {least} characters")
            }
            Self::Field {
                name,
                min_length: None,
            } => write!(f, "the field `{name}` is missing"),
            Self::Rule(rule) => match rule.description.as_deref() {
                Some(words) => write!(f, "{} (rule `{}`)", words.trim_end_matches('.'), rule.id),
                None => write!(f, "the compliance rule `{}` demands it", rule.id),
            },
            Self::Sum { limit, sum } => {
                write!(
                    f,
                    "with this action the recent small ones add up to {sum}, "
                )?;
                write!(f, "and {limit} stays small")
            }
        }
    }
}

fn write_floor(
    f: &mut fmt::Formatter<'_>,
    dimension: &str,
    floor: f64,
    reported: Option<f64>,
) -> fmt::Result {
    match reported {
        Some(reported) => write!(f, "{dimension} confidence is {reported}, below {floor}"),
        None => write!(
            f,
            "{dimension} confidence is not reported, and at least {floor} is needed"
        ),
    }
}

fn write_budget(f: &mut fmt::Formatter<'_>, detail: &Detail<'_>) -> fmt::Result {
    let Detail::Budget {
        unit,
        limit,
        committed,
        asked,
    } = detail
    else {
        return Ok(());
    };
    let unit = unit_name(*unit);
    match asked {
        Some(asked) => write!(f, "the action needs {asked} {unit}")?,
        None => write!(f, "the action does not say how many {unit} it needs")?,
    }
    write!(f, ", {committed} of {limit} {unit} are committed already")
}

fn write_risk(f: &mut fmt::Formatter<'_>, risk: RiskTier) -> fmt::Result {
    write!(f, "the action is of risk tier {risk}")?;
    match risk.tier() {
        Tier::X => f.write_str(", which is never available to an agent"),
        tier if tier.verdict() == Verdict::Held => match risk.approvals() {
            1 => f.write_str(" and needs a person's approval"),
            people => write!(f, " and needs the approval of {people} people"),
        },
        _ => Ok(()),
    }
}

fn write_cap(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    limit: f64,
    asked: Option<f64>,
) -> fmt::Result {
    let (thing, per) = match name {
        "max_gpus_per_job" => ("GPUs", "one job"),
        "max_instances" => ("instances", "one action"),
        "max_cost_usd" => ("USD", "one action"),
        "max_gpu_hours" => ("GPU-hours", "one action"),
        _ => {
            let path = name.strip_prefix("max_").unwrap_or(name);
            return match asked {
                Some(asked) => {
                    write!(
                        f,
                        "asked for a `{path}` of {asked}, the tenant policy caps it at {limit}"
                    )
                }
                None => write!(
                    f,
                    "`{path}` is not stated, the tenant policy caps it at {limit}"
                ),
            };
        }
    };
    match asked {
        Some(asked) => write!(f, "asked for {asked} {thing}")?,
        None => write!(f, "the action does not say how many {thing} it needs")?,
    }
    write!(f, ", the tenant policy caps {per} at {limit}")
}

fn write_member(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    allowed: &[String],
    asked: Option<&str>,
) -> fmt::Result {
    match asked {
        Some(asked) => write!(f, "`{asked}` is not a permitted {name}")?,
        None => write!(f, "the action does not state its {name}")?,
    }
    if allowed.is_empty() {
        return f.write_str("; none is permitted");
    }
    f.write_str("; permitted: ")?;
    for (at, value) in allowed.iter().take(SHOWN).enumerate() {
        write!(f, "{}`{value}`", if at > 0 { ", " } else { "" })?;
    }
    match allowed.len().checked_sub(SHOWN) {
        Some(more) if more > 0 => write!(f, " and {more} more"),
        _ => Ok(()),
    }
}

/// How many permitted values a sentence names.
const SHOWN: usize = 8;

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = match self.budget.scope.as_str() {
            "" => "the tenant",
            scope => scope,
        };
        let unit = unit_name(self.budget.unit);
        let span = match self.budget.span {
            Span::Day(_) => "daily",
            Span::Month(_) => "monthly",
        };
        write!(
            f,
            "{} of {} {unit} of the {span} budget of {whose} are committed, past the warning line \
             of {} percent",
            self.committed, self.limit, self.percent
        )
    }
}

const fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Usd => "USD",
        Unit::GpuHours => "GPU-hours",
    }
}
