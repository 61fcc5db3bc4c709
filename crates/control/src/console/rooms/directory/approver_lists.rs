//! Approver lists: what the tenant policy names, and whom it comes to now.

use super::{entries, page};
use crate::{
    console::{
        page::Section,
        pages::directory::{
            Entry,
            approver_lists::{self as view, ApproverList, ApproverLists},
        },
        paths,
        rooms::{answer::Answer, seat::Seated},
    },
    rights::Gate,
};
use axum::{Router, extract::State, routing::get};
use portcullis_firewall::{
    error::GateError,
    firewall::{Bar, Elector, Electors},
    group::Group,
    person::Person,
};
use portcullis_policy::{
    tenant::{EscalationStep, TenantPolicy, TierApproval},
    tier::RiskTier,
};

pub(super) fn routes() -> Router<Gate> {
    Router::new().route(paths::APPROVER_LISTS, get(show))
}

async fn show(State(gate): State<Gate>, seat: Seated) -> Answer {
    let caller = &seat.principal;
    let (people, groups) = (gate.people(caller).await?, gate.groups(caller).await?);
    let policy = match gate.tenant_policy(caller).await {
        Ok(kept) => Some(kept.policy),
        Err(GateError::NotFound(..)) => None,
        Err(error) => return Err(error.into()),
    };
    let mut lists = Vec::new();
    for risk in [RiskTier::HighWrite, RiskTier::Destructive] {
        let tier = tier(policy.as_ref(), risk);
        let electors = gate.electors(caller, risk, &tier.approvers).await?;
        lists.push(list(risk, &tier, electors, (&people, &groups)));
    }
    let reaches = seat.who.sections.contains(&Section::Policies);
    let view = ApproverLists {
        lists,
        change: if reaches {
            paths::TENANT_POLICY.to_owned()
        } else {
            String::new()
        },
    };
    page("Approver lists", view::SECTION, view::approver_lists(&view)).ok(&seat)
}

/// What the tenant policy says of a tier; its usual next level when the tier has none of its own.
fn tier(policy: Option<&TenantPolicy>, risk: RiskTier) -> TierApproval {
    let approvals = policy.and_then(|policy| policy.approvals.as_ref());
    let tier = approvals.and_then(|approvals| match risk {
        RiskTier::Destructive => approvals.tier4.as_ref(),
        _ => approvals.tier3.as_ref(),
    });
    let mut tier = tier.cloned().unwrap_or_default();
    let slack = policy.and_then(|policy| policy.slack.as_ref());
    let channel = slack.and_then(|slack| slack.escalation_channel.clone());
    if tier.escalate.is_empty() && channel.is_some() {
        tier.escalate.push(EscalationStep {
            channel,
            ..EscalationStep::default()
        });
    }
    tier
}

fn list(
    risk: RiskTier,
    tier: &TierApproval,
    electors: Electors,
    (people, groups): (&[Person], &[Group]),
) -> ApproverList {
    let Electors {
        electorate,
        unknown,
        people: asked,
    } = electors;
    let named = |elector: Elector| {
        let person = people.iter().find(|person| person.id == elector.person);
        let bar = elector.bar.map_or("", why).to_owned();
        person.map(|person| (Entry::from(person), bar))
    };
    let slack = electorate.slack_users.into_iter();
    ApproverList {
        risk,
        is_open: electorate.anybody,
        groups: entries(groups, |group| electorate.groups.contains(&group.id)),
        people: entries(people, |person| electorate.people.contains(&person.id)),
        slack_users: slack.filter(|user| !unknown.contains(user)).collect(),
        unknown,
        required: u64::from(tier.required.unwrap_or_default().max(risk.approvals())),
        electors: asked.into_iter().filter_map(named).collect(),
        owner_may: tier.owner_approval,
        next: tier.escalate.iter().map(level).collect(),
    }
}

const fn why(bar: Bar) -> &'static str {
    match bar {
        Bar::Inactive => "is not active",
        Bar::Role => "has no role that decides",
        Bar::Workspaces => "decides in single workspaces alone",
        Bar::Entry => "has no way to sign in yet",
        Bar::Passkey => "has no passkey, which is asked for",
    }
}

/// Who is asked next, where and for how long.
fn level(step: &EscalationStep) -> String {
    let who = if step.approvers.is_empty() {
        "the same people".to_owned()
    } else {
        step.approvers.join(", ")
    };
    let place = step
        .channel
        .as_ref()
        .map(|channel| format!(", in {channel}"));
    let minutes = step
        .minutes
        .map(|minutes| format!(", for {minutes} minutes"));
    format!(
        "{who}{}{}",
        place.unwrap_or_default(),
        minutes.unwrap_or_default()
    )
}
