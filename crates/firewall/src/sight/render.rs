//! From a hold and what stands around it to what people see.

use super::{BudgetLeft, Ending, Foreseen, Previous, Sight, Vote, command, difference, workload};
use crate::{
    approval::{Approval, Choice},
    dry_run::Rehearsed,
    hold::{Hold, HoldStatus},
    state::State,
    visible,
};
use jiff::Timestamp;
use portcullis_policy::{
    facts::{Span, Unit},
    tenant::rules::Allowance,
    tier::RiskTier,
};
use serde_json::Value;

/// The longest text of the agent that is shown, in bytes.
const WORDS_MAX_BYTES: usize = 16_384;
/// The most pieces of evidence that are shown.
const EVIDENCE_MAX: usize = 64;
/// The longest piece of evidence that is shown, in bytes.
const EVIDENCE_MAX_BYTES: usize = 1_024;
/// The most lines of parameters that are shown, of both sides together.
const LINES_MAX: usize = 2_000;

/// What stands around a hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Around<'a> {
    /// The tenant's image.
    pub(crate) state: &'a State,
    /// The record of the HELD verdict.
    pub(crate) record: &'a Value,
    /// The earlier action to compare with, and its parameters.
    pub(crate) before: Option<(&'a Previous, &'a Value)>,
    /// What it would do.
    pub(crate) dry_run: Option<&'a Rehearsed>,
    /// The moment.
    pub(crate) now: Timestamp,
}

/// Renders a hold for people.
pub(crate) fn render(hold: &Hold, around: &Around<'_>) -> Sight {
    let state = around.state;
    let agent = state.agents.get(&hold.agent_id);
    let before = around.before.map(|(_, parameters)| parameters);
    let mut parameters = difference::compare(before, &hold.parameters);
    let mut hidden_bytes = cut(&mut parameters);
    let words = hold.reasoning.as_deref().map(|words| {
        let excerpt = visible::excerpt(words, WORDS_MAX_BYTES);
        visible::visible_block(excerpt.text).into_owned()
    });
    let evidence = evidence(around.record, &mut hidden_bytes);
    Sight {
        tenant: state.tenant.id.to_string(),
        hold: hold.id.clone(),
        status: hold.status,
        agent: hold.agent_id.to_string(),
        agent_name: agent.map_or_else(String::new, |agent| shown(&agent.name)),
        action_type: shown(&hold.action_type),
        target: shown(&hold.target_service),
        environment: shown(&hold.environment),
        workspace: hold.workspace_id.as_ref().map(ToString::to_string),
        scope: scope(hold, around.record),
        works_for: hold.works_for.as_ref().map(|person| {
            let known = state.people.persons.get(person);
            shown(known.map_or(person.as_str(), |known| &known.name))
        }),
        digest: hold.action_digest.to_string(),
        parameters,
        command: command::lines(&hold.action_type, &hold.parameters),
        previous: around.before.map(|(previous, _)| previous.clone()),
        tier: hold.tier,
        risk_tier: hold.risk_tier,
        why: shown(&hold.decision_reasoning),
        policies: policies(hold),
        cost: cost(hold, state),
        dry_run: around.dry_run.map(Foreseen::of),
        workloads: hold
            .parameters
            .as_object()
            .map_or_else(Vec::new, workload::affected),
        budgets: budgets(hold, around),
        evidence,
        confidence: confidence(hold),
        words,
        hidden_bytes,
        hidden_parts: hidden_parts(around.record),
        votes: votes(hold),
        approvals_required: hold.approvals_required,
        asked: hold.approvers.iter().map(|word| shown(word)).collect(),
        level: hold.level.saturating_add(1),
        levels: u8::try_from(hold.ladder.len()).unwrap_or(u8::MAX).max(1),
        channel: hold
            .ladder
            .get(usize::from(hold.level))
            .and_then(|rung| rung.channel.clone()),
        created_at: hold.created_at,
        ends_at: hold.timeout_at,
        ending: ending(hold, state),
    }
}

/// What the credential would be minted from, and what might be done with it.
fn scope(hold: &Hold, record: &Value) -> Option<String> {
    let text = |key: &str| record.get(key).and_then(Value::as_str);
    let (scope, session) = (text("scope")?, text("session_id").unwrap_or_default());
    let deed = if hold.risk_tier >= RiskTier::LowWrite {
        "to write"
    } else {
        "to read"
    };
    Some(shown(&format!("{scope}, {deed}, in session {session}")))
}

pub(super) fn shown(text: &str) -> String {
    visible::visible_line(text).into_owned()
}

/// Leaves out the lines that are too many; how many bytes those were.
fn cut(lines: &mut Vec<super::Line>) -> usize {
    let hidden = lines
        .iter()
        .skip(LINES_MAX)
        .map(|line| line.text.len())
        .sum();
    lines.truncate(LINES_MAX);
    hidden
}

fn policies(hold: &Hold) -> Vec<(String, Option<String>)> {
    let told = |fired: &crate::hold::Fired| {
        (
            shown(&fired.policy_name),
            fired.reason.as_deref().map(shown),
        )
    };
    hold.policies_fired.iter().map(told).collect()
}

fn evidence(record: &Value, hidden_bytes: &mut usize) -> Vec<String> {
    let pieces = record.get("evidence").and_then(Value::as_array);
    let pieces = pieces.map_or(&[][..], Vec::as_slice);
    let mut told = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let text = match piece {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let room = if at < EVIDENCE_MAX {
            EVIDENCE_MAX_BYTES
        } else {
            0
        };
        let excerpt = visible::excerpt(&text, room);
        *hidden_bytes = hidden_bytes.saturating_add(excerpt.hidden_bytes);
        if room > 0 {
            told.push(shown(excerpt.text));
        }
    }
    told
}

fn hidden_parts(record: &Value) -> u64 {
    let parts = record.get("hidden_parts").and_then(Value::as_u64);
    parts.unwrap_or(0)
}

fn confidence(hold: &Hold) -> Vec<(String, f64)> {
    let confidence = hold.confidence;
    [
        ("incident", confidence.incident),
        ("fix", confidence.fix),
        ("containment", confidence.containment),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect()
}

/// What the action would cost by the rules of now.
fn cost(hold: &Hold, state: &State) -> Option<String> {
    let frozen = state.frozen.get(&hold.id)?;
    let estimate = state.rulebook.rules.tenant_rules().estimate(&frozen.action);
    let parts: Vec<String> = [
        estimate.usd.map(|amount| money(amount, Unit::Usd)),
        estimate
            .gpu_hours
            .map(|amount| money(amount, Unit::GpuHours)),
    ]
    .into_iter()
    .flatten()
    .flatten()
    .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// An amount with its unit; nothing for nothing.
fn money(amount: portcullis_policy::amount::Micros, unit: Unit) -> Option<String> {
    (amount.get() > 0).then(|| with_unit(amount.units(), unit))
}

pub(super) fn with_unit(amount: f64, unit: Unit) -> String {
    match unit {
        Unit::Usd => format!("{amount:.2} USD"),
        Unit::GpuHours => format!("{amount:.1} GPU-hours"),
    }
}

/// The budgets of the tenant, of the agent, and of the workspace.
fn budgets(hold: &Hold, around: &Around<'_>) -> Vec<BudgetLeft> {
    let state = around.state;
    let own = [
        String::new(),
        format!("agent:{}", hold.agent_id),
        hold.workspace_id
            .as_ref()
            .map_or_else(String::new, |id| format!("workspace:{id}")),
    ];
    let allowances = state.rulebook.rules.tenant_rules().budgets(around.now);
    allowances
        .into_iter()
        .filter(|allowance| own.contains(&allowance.budget.scope))
        .map(|allowance| left(&allowance, state))
        .collect()
}

fn left(allowance: &Allowance, state: &State) -> BudgetLeft {
    let budget = &allowance.budget;
    let committed = state.tally.books.account(budget).committed();
    let span = match budget.span {
        Span::Day(_) => "today",
        Span::Month(_) => "this month",
    };
    let scope = if budget.scope.is_empty() {
        "tenant"
    } else {
        &budget.scope
    };
    BudgetLeft {
        name: format!("{}, {span}", shown(scope)),
        left: with_unit(allowance.limit.minus(committed).units(), budget.unit),
        limit: with_unit(allowance.limit.units(), budget.unit),
        used_permille: permille(committed.get(), allowance.limit.get()),
    }
}

/// A part in thousandths of the whole; all of it when there is nothing to be a part of.
fn permille(part: u64, whole: u64) -> u32 {
    let thousandths = part.saturating_mul(1_000).checked_div(whole);
    thousandths
        .and_then(|part| u32::try_from(part).ok())
        .unwrap_or(1_000)
}

fn votes(hold: &Hold) -> Vec<Vote> {
    let vote = |approval: &Approval, choice| Vote {
        name: shown(&approval.name),
        choice,
        at: approval.at,
        way: approval.way,
    };
    let yes = hold
        .approvals_now()
        .map(|approval| vote(approval, Choice::Approve));
    let no = hold
        .rejection
        .iter()
        .map(|approval| vote(approval, Choice::Reject));
    yes.chain(no).collect()
}

fn ending(hold: &Hold, state: &State) -> Option<Ending> {
    if hold.status == HoldStatus::Held {
        return None;
    }
    let by = hold.decided_by.as_deref().unwrap_or("portcullis");
    let person = by
        .strip_prefix("person:")
        .and_then(|id| state.people.persons.get(id));
    Some(Ending {
        by: shown(person.map_or(by, |person| &person.name)),
        at: hold.decided_at.unwrap_or(hold.timeout_at),
        reason: hold.decision_reason.as_deref().map(shown),
    })
}
