//! The tenant policy, its versions, and the form that applies another.

mod editing;

use super::{
    answer::{Answer, Body, file},
    drafts::{
        self,
        versions::{Makers, picked},
    },
    question::Question,
    seat::Seated,
};
use crate::{
    console::{
        pages::{
            policies,
            tenant_policy::{self as page, TenantPolicy, Version},
        },
        parts::{
            change::Change,
            diff::{compare, plain},
            versions::Seal,
        },
        paths,
    },
    rest::tenant_policy::Summary,
    rights::Gate,
};
use axum::{Router, extract::State, routing::get};
use portcullis_firewall::{error::GateError, principal::Principal, state::KeptTenantPolicy};
use portcullis_policy::tenant::{self, change};
use std::cmp::Reverse;

pub(super) fn routes() -> Router<Gate> {
    Router::new()
        .route(paths::TENANT_POLICY, get(show))
        .route(&paths::one(paths::TENANT_POLICY, "text"), get(text))
        .merge(editing::routes())
}

/// Every version, newest first.
async fn versions(gate: &Gate, caller: &Principal) -> Result<Vec<KeptTenantPolicy>, GateError> {
    let mut versions = gate.tenant_policy_versions(caller).await?;
    versions.sort_by_key(|kept| Reverse(kept.version));
    Ok(versions)
}

/// A policy as people read and edit it.
fn written(policy: &tenant::TenantPolicy) -> String {
    let value = serde_json::to_value(policy).unwrap_or_default();
    drafts::yaml::written(&value)
}

fn of_number(versions: &[KeptTenantPolicy], number: u32) -> Option<&tenant::TenantPolicy> {
    let found = versions.iter().find(|kept| kept.version == number);
    found.map(|kept| &kept.policy)
}

/// The text of a version; of one that there is not, nothing.
fn text_of(versions: &[KeptTenantPolicy], number: u32) -> String {
    of_number(versions, number).map_or_else(String::new, written)
}

fn changes(before: Option<&tenant::TenantPolicy>, after: &tenant::TenantPolicy) -> Vec<Change> {
    let found = change::diff(before, Some(after)).into_iter();
    let change = |change: change::Change| Change {
        path: change.path,
        before: change.before,
        after: change.after,
        loosens: change.loosens,
    };
    found.map(change).collect()
}

async fn text(State(gate): State<Gate>, seat: Seated, asked: Question) -> Answer {
    let versions = versions(&gate, &seat.principal).await?;
    let pick = picked(&asked, numbers(&versions))?;
    let policy = of_number(&versions, pick.version);
    let policy = policy.ok_or_else(|| GateError::NotFound("version", pick.version.to_string()))?;
    let name = format!("tenant-policy-version-{}.yaml", pick.version);
    file(&name, "application/yaml", written(policy).into_bytes())
}

fn numbers(versions: &[KeptTenantPolicy]) -> Vec<u32> {
    versions.iter().map(|kept| kept.version).collect()
}

async fn show(State(gate): State<Gate>, seat: Seated, asked: Question) -> Answer {
    let caller = &seat.principal;
    let versions = versions(&gate, caller).await?;
    let pick = picked(&asked, numbers(&versions))?;
    let picked = of_number(&versions, pick.version);
    let against = of_number(&versions, pick.against);
    let text = text_of(&versions, pick.version);
    let makers = Makers::read(&gate, caller).await?;
    let version = |kept: &KeptTenantPolicy| Version {
        number: kept.version,
        seal: Seal {
            record: kept.since_seq,
            by: makers.name(&kept.applied_by),
            at: kept.applied_at,
        },
    };
    let (listed, pager) = asked.cut(versions.iter().map(version).collect())?;
    let may_change = caller.configures();
    let view = TenantPolicy {
        now: gate.now(),
        version: numbers(&versions).first().copied().unwrap_or_default(),
        facts: picked.map(facts).unwrap_or_default(),
        text: match against {
            None => plain(text.trim_end()),
            Some(against) => compare(written(against).trim_end(), text.trim_end()),
        },
        changes: against
            .zip(picked)
            .map(|(before, after)| changes(Some(before), after)),
        pick,
        versions: listed,
        pager,
        may_change,
    };
    let body = Body {
        title: "Tenant policy",
        section: policies::SECTION,
        crumbs: Vec::new(),
        deeds: page::deeds(may_change),
        markup: page::tenant_policy(&view),
    };
    body.ok(&seat)
}

/// What is in a policy, in short.
fn facts(policy: &tenant::TenantPolicy) -> Vec<(&'static str, String)> {
    let found = Summary::from(policy);
    let has = |there: bool| if there { "there are some" } else { "none" }.to_owned();
    vec![
        ("Entries that allow", found.allowed.to_string()),
        ("Entries that forbid", found.forbidden.to_string()),
        ("Own action types", found.catalogue.to_string()),
        ("Budgets", has(found.budgets)),
        ("Rate limits", has(found.rate_limits)),
        ("Own approvers", has(found.approvals)),
        ("Time zone", found.timezone),
    ]
}
