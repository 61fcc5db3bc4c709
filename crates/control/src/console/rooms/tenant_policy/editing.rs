//! Applying another tenant policy: checked before, and never over one that was not seen.

use super::{changes, text_of, versions, written};
use crate::{
    console::{
        pages::{
            draft::{self as page, Draft, Moved, Review},
            policies,
        },
        paths,
        rooms::{
            answer::{Answer, Body, back},
            drafts::{self, shown::Shown, versions::Makers},
            fields::Fields,
            policies::seen,
            seat::Seated,
        },
    },
    rights::Gate,
};
use axum::{Router, extract::State, routing::get};
use maud::html;
use portcullis_firewall::{error::GateError, state::KeptTenantPolicy};
use portcullis_policy::{
    fault::{Fault, Faults},
    id::TenantId,
    tenant::{TenantPolicy, read, rules::TenantRules},
};

pub(super) fn routes() -> Router<Gate> {
    let path = paths::one(paths::TENANT_POLICY, "edit");
    Router::new().route(&path, get(open).post(change))
}

/// What a tenant begins with that never had a policy: nothing is allowed.
const BEGINNING: &str = "version: 1
timezone: UTC
actions:
  - action: workloads.list
budgets:
  daily_usd: 100
";

/// Reads a draft; what is good could be put in force for this tenant.
fn parsed(text: &str, tenant: &TenantId) -> Result<TenantPolicy, Faults> {
    drafts::must_be_visible(text)?;
    let policy = read::parse(text)?;
    TenantRules::compile(Some(&policy), tenant)?;
    Ok(policy)
}

/// What would change with a policy.
fn review(text: &str, policy: &TenantPolicy, versions: &[KeptTenantPolicy]) -> Review {
    let present = versions.first().map(|kept| &kept.policy);
    let changes = changes(present, policy);
    let before = present.map(written).unwrap_or_default();
    Review {
        digest: drafts::digest(text, &changes),
        words: Vec::new(),
        conflicts: None,
        lines: drafts::changed(&before, &written(policy)),
        changes: Some(changes),
    }
}

/// What somebody who applies a policy must have seen.
fn first(review: &Review) -> Option<&'static str> {
    let mut changes = review.changes.iter().flatten();
    changes.any(|change| change.loosens).then_some(
        "It makes more possible than the one in force. Look at what loosens, and apply it again \
         if it is right.",
    )
}

async fn open(State(gate): State<Gate>, seat: Seated) -> Answer {
    seat.must_configure()?;
    let versions = versions(&gate, &seat.principal).await?;
    let text = versions
        .first()
        .map_or_else(|| BEGINNING.to_owned(), |kept| written(&kept.policy));
    draw(&gate, &seat, (&text, &versions), Shown::default())
}

async fn change(State(gate): State<Gate>, seat: Seated, sent: Fields) -> Answer {
    seat.must_configure()?;
    let caller = &seat.principal;
    let (seen, text) = (seen(&sent)?, sent.verbatim("draft"));
    let before = versions(&gate, caller).await?;
    if seen != number(&before) {
        return moved(&gate, &seat, (text, seen)).await;
    }
    let policy = match parsed(text, &caller.tenant) {
        Ok(policy) => policy,
        Err(faults) => return draw(&gate, &seat, (text, &before), Shown::faults(faults)),
    };
    if before.first().is_some_and(|kept| kept.policy == policy) {
        let same = Fault::new("", "says what is in force already").into();
        return draw(&gate, &seat, (text, &before), Shown::faults(same));
    }
    let found = review(text, &policy, &before);
    let must_see = first(&found);
    if let Some(shown) = Shown::before_saving(&sent, found, must_see) {
        return draw(&gate, &seat, (text, &before), shown);
    }
    let applied = gate.replace_tenant_policy(caller, policy, Some(seen));
    match applied.await {
        Ok(_) => back(paths::TENANT_POLICY),
        Err(GateError::Invalid(faults)) => {
            draw(&gate, &seat, (text, &before), Shown::faults(faults))
        }
        Err(GateError::Conflict {
            code: "tenant_policy.moved",
            ..
        }) => moved(&gate, &seat, (text, seen)).await,
        Err(error) => Err(error.into()),
    }
}

/// The number of the newest version; 0 when there is none.
fn number(versions: &[KeptTenantPolicy]) -> u32 {
    versions.first().map_or(0, |kept| kept.version)
}

/// The form again, with what somebody else did since the version that was seen.
async fn moved(gate: &Gate, seat: &Seated, (text, seen): (&str, u32)) -> Answer {
    let versions = versions(gate, &seat.principal).await?;
    let missing = || GateError::NotFound("tenant policy", seen.to_string());
    let newest = versions.first().ok_or_else(missing)?;
    let makers = Makers::read(gate, &seat.principal).await?;
    let was = text_of(&versions, seen);
    let moved = Moved {
        number: newest.version,
        by: makers.name(&newest.applied_by),
        at: newest.applied_at,
        lines: drafts::changed(&was, &written(&newest.policy)),
    };
    draw(gate, seat, (text, &versions), Shown::moved(moved))
}

fn draw(
    gate: &Gate,
    seat: &Seated,
    (text, versions): (&str, &[KeptTenantPolicy]),
    shown: Shown,
) -> Answer {
    let view = Draft {
        now: gate.now(),
        csrf: seat.csrf.clone(),
        path: paths::one(paths::TENANT_POLICY, "edit"),
        back: paths::TENANT_POLICY.to_owned(),
        label: "Tenant policy as YAML or JSON",
        hint: "The whole policy: it takes the place of the one in force.",
        text: text.to_owned(),
        version: Some(number(versions)),
        policy: String::new(),
        can_be_tried: false,
        faults: shown.faults,
        review: shown.review,
        moved: shown.moved,
        save: "Apply it",
        beginnings: Vec::new(),
    };
    let body = Body {
        title: "Change the tenant policy",
        section: policies::SECTION,
        crumbs: policies::crumbs_to("Tenant policy", paths::TENANT_POLICY),
        deeds: html! {},
        markup: page::draft(&view),
    };
    Ok(body.show(seat, shown.status, &shown.flash))
}
