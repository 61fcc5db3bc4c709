//! A hold as its page shows it.

use crate::console::{
    pages::approval::{Affected, Approval, Budget, Choice as Offer, Confidence, Ending, Vote, Why},
    parts::{
        diff::{self, Line},
        dry_run::DryRun,
        words::Said,
    },
    rooms::names::People,
};
use jiff::Timestamp;
use portcullis_firewall::{
    approval::Approval as Given,
    hold::Hold,
    sight::{self, Change, Sight},
};

/// Everything the page shows of a hold, to somebody who sees these people.
pub(super) fn view(
    hold: &Hold,
    sight: Sight,
    people: &People,
    now: Timestamp,
    (csrf, choice, requests): (String, Offer, (String, String)),
) -> Approval {
    Approval {
        now,
        csrf,
        id: hold.id.clone(),
        status: hold.status,
        action: sight.action_type,
        target: sight.target,
        environment: sight.environment,
        agent: sight.agent,
        agent_name: sight.agent_name,
        on_behalf_of: sight.works_for.unwrap_or_default(),
        credential: sight.scope.unwrap_or_default(),
        digest: sight.digest,
        requests,
        record: hold.seq,
        tier: sight.tier,
        risk: sight.risk_tier,
        why: why(hold, &sight.why),
        parameters: sight.parameters.into_iter().map(line).collect(),
        command: sight.command,
        parameters_hidden_bytes: sight.hidden_bytes,
        hidden_parts: sight.hidden_parts,
        cost: sight.cost.unwrap_or_default(),
        dry_run: sight.dry_run.map(foreseen),
        affected: sight.workloads.into_iter().map(affected).collect(),
        budgets: sight.budgets.into_iter().map(budget).collect(),
        confidence: sight
            .confidence
            .into_iter()
            .map(|(name, value)| Confidence {
                name,
                value: Some(value),
            })
            .collect(),
        said: words(sight.words, sight.evidence),
        votes: votes(hold, people),
        ending: sight.ending.map(|end| ending(hold, end, people)),
        approvals_required: sight.approvals_required,
        approvers: sight.asked,
        created_at: hold.created_at,
        timeout_at: hold.timeout_at,
        may_read: false,
        choice,
    }
}

fn votes(hold: &Hold, people: &People) -> Vec<Vote> {
    let vote = |said: &Given, is_yes| Vote {
        by: people.actor(&said.by, &said.name),
        way: said.way.as_str(),
        is_yes,
        at: said.at,
        reason: String::new(),
    };
    let yes = hold.approvals_now().map(|said| vote(said, true));
    let no = hold.rejection.iter().map(|said| vote(said, false));
    yes.chain(no).collect()
}

/// A dry run as pages draw it.
pub(in crate::console::rooms) fn foreseen(run: sight::Foreseen) -> DryRun {
    DryRun {
        has_passed: run.passed,
        effects: run.effects,
        checks: run.checks,
        plan: run.plan.unwrap_or_default(),
        at: run.made_at,
    }
}

fn ending(hold: &Hold, ending: sight::Ending, people: &People) -> Ending {
    let by = hold.decided_by.as_deref().unwrap_or_default();
    Ending {
        by: people.actor(by, &ending.by),
        at: ending.at,
        reason: ending.reason.unwrap_or_default(),
    }
}

fn why(hold: &Hold, text: &str) -> Vec<Why> {
    let policies = hold.policies_fired.iter().map(|fired| Why {
        code: fired.policy_type.clone(),
        words: fired.reason.clone().unwrap_or_else(|| text.to_owned()),
        policy: Some((fired.policy_id.to_string(), fired.policy_name.clone())),
    });
    let gate = Why {
        code: format!("tier.{}", hold.risk_tier.number()),
        words: text.to_owned(),
        policy: None,
    };
    std::iter::once(gate).chain(policies).collect()
}

fn line(line: sight::Line) -> Line {
    Line {
        change: match line.change {
            Change::Same => diff::Change::Same,
            Change::Added => diff::Change::Added,
            Change::Removed => diff::Change::Removed,
        },
        text: line.text,
    }
}

fn affected(workload: sight::Workload) -> Affected {
    Affected {
        name: workload.name,
        owner: String::new(),
        effect: workload.about.join(", "),
    }
}

fn budget(left: sight::BudgetLeft) -> Budget {
    Budget {
        name: left.name,
        used_permille: left.used_permille,
        left: format!("{} of {}", left.left, left.limit),
    }
}

fn words(reasoning: Option<String>, evidence: Vec<String>) -> Vec<Said> {
    let said = |about: &str, words| Said {
        about: about.to_owned(),
        words,
    };
    let reasoning = reasoning.into_iter().map(|words| said("Reasoning", words));
    let evidence = evidence.into_iter().map(|words| said("Evidence", words));
    reasoning.chain(evidence).collect()
}
