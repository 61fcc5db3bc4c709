//! The policies, and one of them with its versions.

mod beginnings;
mod editing;
mod kept;
mod spoken;

use super::{
    answer::{Answer, Body, back, bad, file},
    drafts::{
        Names,
        versions::{Makers, picked},
    },
    fields::Fields,
    names::Agents,
    question::Question,
    refused::Refused,
    seat::Seated,
    telling::sentence,
};
use crate::{
    console::{
        charts::bars::Bar,
        page::Flash,
        pages::policies::{
            self as page, Filter, KINDS, Mode, OnePolicy, Policies, Policy, Version,
        },
        parts::{
            diff::{compare, plain},
            versions::Pick,
        },
        paths,
    },
    intake::id::Named,
    rights::Gate,
    wire::policy::KeptVersion,
};
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    routing::{MethodRouter, get, post},
};
pub(super) use kept::written;
use kept::{numbers, text_of, versions};
use portcullis_firewall::{
    error::GateError, firewall::PolicyView, principal::Principal, proposal::PolicyPatch,
};
use portcullis_policy::cham::{self, Rule};
use spoken::spoken;
use std::cmp::Reverse;

/// The most policies in the plot.
const PLOTTED: usize = 10;

pub(super) fn routes() -> Router<Gate> {
    let one = |deed: &str| format!("{}/{{id}}{deed}", paths::POLICIES);
    Router::new()
        .route(paths::POLICIES, get(list))
        .route(&one(""), get(show))
        .route(&one("/text"), get(text))
        .route(&one("/enforce"), switching(Mode::Enforced))
        .route(&one("/log-only"), switching(Mode::LogOnly))
        .route(&one("/off"), switching(Mode::Off))
        .merge(editing::routes())
}

async fn list(State(gate): State<Gate>, seat: Seated, asked: Question) -> Answer {
    let caller = &seat.principal;
    let agents = Agents::read(&gate, caller).await?;
    let filter = filtered(&asked)?;
    let agent = agents.meant(&filter.agent);
    let mut views = gate.policies(caller).await?;
    views.reverse();
    views.retain(|view| fits(view, &filter, agent.as_deref()));
    let rates = rates(&views);
    let (views, pager) = asked.cut(views)?;
    let may_change = caller.configures();
    let view = Policies {
        now: gate.now(),
        filter,
        lines: views.iter().map(|view| line(view, &agents)).collect(),
        rates,
        pager,
        may_change,
    };
    let body = Body {
        title: "Policies",
        section: page::SECTION,
        crumbs: Vec::new(),
        deeds: page::deeds(may_change),
        markup: page::policies(&view),
    };
    body.ok(&seat)
}

/// What is asked for; a word that is none of ours is refused.
fn filtered(asked: &Question) -> Result<Filter, GateError> {
    let one_of = |name: &str, known: &[&str]| {
        let word = asked.word(name);
        if word.is_empty() || known.contains(&word) {
            return Ok(word.to_owned());
        }
        let message = format!("expected one of `{}`", known.join("`, `"));
        Err(GateError::invalid(name, message))
    };
    let states = [Mode::Enforced, Mode::LogOnly, Mode::Off].map(Mode::as_str);
    Ok(Filter {
        kind: one_of("type", &KINDS.map(|(kind, _)| kind))?,
        scope: one_of("scope", &["tenant", "agent"])?,
        agent: asked.word("agent").to_owned(),
        state: one_of("state", &states)?,
    })
}

fn fits(view: &PolicyView, filter: &Filter, agent: Option<&str>) -> bool {
    let policy = &view.policy;
    let scope = if policy.agent.is_some() {
        "agent"
    } else {
        "tenant"
    };
    let own = policy.agent.as_ref().map(|agent| agent.as_str());
    [
        (filter.kind.as_str(), policy.rule.kind()),
        (&filter.scope, scope),
        (&filter.state, mode(policy).as_str()),
    ]
    .into_iter()
    .all(|(wanted, is)| wanted.is_empty() || wanted == is)
        && (agent.is_none() || agent == own)
}

/// How often policies fire, the most often first.
fn rates(views: &[PolicyView]) -> Vec<Bar> {
    let mut looked_at: Vec<&PolicyView> = views
        .iter()
        .filter(|view| view.metrics.evaluations > 0)
        .collect();
    let rate = |view: &&PolicyView| {
        let metrics = &view.metrics;
        u128::from(metrics.fires) * 1_000_000 / u128::from(metrics.evaluations.max(1))
    };
    looked_at.sort_by_key(|view| Reverse(rate(view)));
    let bar = |view: &PolicyView| Bar {
        name: view.policy.name.clone(),
        count: view.metrics.fires,
        whole: view.metrics.evaluations,
    };
    looked_at.into_iter().take(PLOTTED).map(bar).collect()
}

const fn mode(policy: &cham::Policy) -> Mode {
    match (policy.active, policy.log_only) {
        (false, _) => Mode::Off,
        (true, true) => Mode::LogOnly,
        (true, false) => Mode::Enforced,
    }
}

fn line(view: &PolicyView, agents: &Agents) -> Policy {
    let (policy, metrics) = (&view.policy, &view.metrics);
    let agent = policy.agent.as_ref();
    Policy {
        id: policy.id.to_string(),
        name: policy.name.clone(),
        kind: policy.rule.kind().to_owned(),
        mode: mode(policy),
        agent: agent.map(|id| (id.to_string(), agents.name(id.as_str()))),
        version: policy.version,
        evaluations: metrics.evaluations,
        fired: metrics.fires,
        fired_at: metrics.last_fired_at(),
        verdicts: metrics.verdicts,
    }
}

/// What policies are called.
pub(super) async fn names(gate: &Gate, caller: &Principal) -> Result<Names, GateError> {
    let named = |view: PolicyView| (view.policy.id.to_string(), view.policy.name.clone());
    let policies = gate.policies(caller).await?;
    Ok(Names(policies.into_iter().map(named).collect()))
}

async fn text(State(gate): State<Gate>, seat: Seated, Named(id): Named, asked: Question) -> Answer {
    let versions = versions(&gate, &seat.principal, &id).await?;
    let pick = picked(&asked, numbers(&versions))?;
    let text = text_of(&versions, pick.version);
    let name = format!("{id}-version-{}.json", pick.version);
    file(&name, "application/json", text.into_bytes())
}

async fn show(State(gate): State<Gate>, seat: Seated, Named(id): Named, asked: Question) -> Answer {
    draw(&gate, &seat, &id, &asked, (StatusCode::OK, &[])).await
}

async fn draw(
    gate: &Gate,
    seat: &Seated,
    id: &str,
    asked: &Question,
    (status, flash): (StatusCode, &[Flash]),
) -> Answer {
    let caller = &seat.principal;
    let present = gate.policy(caller, id).await?;
    let agents = Agents::read(gate, caller).await?;
    let versions = versions(gate, caller, id).await?;
    let pick = picked(asked, numbers(&versions))?;
    let words = shown(&versions, &pick).map(spoken).unwrap_or_default();
    let text = text_of(&versions, pick.version);
    let text = if pick.against == 0 {
        plain(&text)
    } else {
        compare(&text_of(&versions, pick.against), &text)
    };
    let uses = match &present.policy.rule {
        Rule::GrantLifecycle(grant) => Some((present.metrics.uses, grant.max_uses)),
        _ => None,
    };
    let (versions, pager) = asked.cut(versions)?;
    let view = OnePolicy {
        now: gate.now(),
        csrf: seat.csrf.clone(),
        policy: line(&present, &agents),
        words,
        uses,
        text,
        pick,
        versions: sealed(gate, caller, versions).await?,
        pager,
        may_change: caller.configures(),
    };
    let body = Body {
        title: &present.policy.name,
        section: page::SECTION,
        crumbs: page::crumbs(),
        deeds: maud::html! {},
        markup: page::policy(&view),
    };
    Ok(body.show(seat, status, flash))
}

fn shown<'v>(versions: &'v [KeptVersion], pick: &Pick) -> Option<&'v cham::Policy> {
    let mut all = versions.iter().map(|kept| &*kept.policy.policy);
    all.find(|policy| policy.version == pick.version)
}

async fn sealed(
    gate: &Gate,
    caller: &Principal,
    versions: Vec<KeptVersion>,
) -> Result<Vec<Version>, GateError> {
    let makers = Makers::read(gate, caller).await?;
    let mut lines = Vec::with_capacity(versions.len());
    for kept in versions {
        let policy = &kept.policy.policy;
        lines.push(Version {
            number: policy.version,
            name: policy.name.clone(),
            mode: mode(policy),
            seal: makers.seal(kept.since_seq, policy.updated_at).await?,
        });
    }
    Ok(lines)
}

/// The deed that makes a policy bind, only note, or rest.
fn switching(wanted: Mode) -> MethodRouter<Gate> {
    let deed = async move |State(gate): State<Gate>,
                           seat: Seated,
                           Named(id): Named,
                           asked: Question,
                           sent: Fields| {
        switch(&gate, &seat, (&id, wanted), &asked, &sent).await
    };
    post(deed)
}

/// Switches the version that was seen; with any other in force, shows that one and does nothing.
async fn switch(
    gate: &Gate,
    seat: &Seated,
    (id, wanted): (&str, Mode),
    asked: &Question,
    sent: &Fields,
) -> Answer {
    seat.must_configure()?;
    let patch = PolicyPatch {
        active: Some(wanted != Mode::Off),
        log_only: match wanted {
            Mode::Off => None,
            Mode::LogOnly | Mode::Enforced => Some(wanted == Mode::LogOnly),
        },
        seen: Some(seen(sent)?),
        ..PolicyPatch::default()
    };
    match gate.update_policy(&seat.principal, id, patch).await {
        Ok(()) => back(&paths::one(paths::POLICIES, id)),
        Err(error @ GateError::Conflict { .. }) => {
            let refused = Refused::from(error);
            let flash = [bad(sentence(refused.words()))];
            draw(gate, seat, id, asked, (refused.status(), &flash)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The version that somebody saw when they decided to change it.
///
/// # Errors
/// 422 without one.
pub(super) fn seen(sent: &Fields) -> Result<u32, GateError> {
    let word = sent.one("version");
    let is_number = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let number = word.parse().ok().filter(|_| is_number);
    number.ok_or_else(|| GateError::invalid("version", "must say which version was seen"))
}
