//! Making a policy, and a new version of one: checked before it is saved, and never over what
//! somebody else changed meanwhile.

use super::{
    beginnings,
    kept::{numbers, text_of, versions, written},
    names, seen, spoken,
};
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
            question::Question,
            seat::Seated,
        },
    },
    intake::id::Named,
    rights::Gate,
};
use axum::{Router, extract::State, routing::get};
use maud::html;
use portcullis_firewall::{
    error::GateError,
    firewall::{PolicyTest, PolicyView},
    principal::Principal,
    proposal::PolicyPatch,
};
use portcullis_policy::{
    cham::{self, read},
    fault::Faults,
    id::PolicyId,
};

pub(super) fn routes() -> Router<Gate> {
    let at = |place: &str| format!("{}{place}", paths::POLICIES);
    Router::new()
        .route(&at("/new"), get(blank).post(make))
        .route(&at("/{id}/edit"), get(open).post(change))
}

/// What a draft says of itself, with everything that is wrong with it.
type Looked = Result<(read::Draft, Review), Faults>;

/// Reads a draft, and sees what it would do among the policies in force. Nothing is changed.
async fn look(
    gate: &Gate,
    caller: &Principal,
    text: &str,
    replaced: Option<&PolicyView>,
) -> Result<Looked, GateError> {
    let draft = drafts::json(text).and_then(|value| read::draft(&value));
    let draft = match draft {
        Ok(draft) => draft,
        Err(faults) => return Ok(Err(faults)),
    };
    if let Some(replaced) = replaced
        && let Err(faults) = stays(&draft, &replaced.policy)
    {
        return Ok(Err(faults));
    }
    let id = replaced.map(|view| view.policy.id.to_string());
    let test = PolicyTest {
        draft: draft.clone(),
        replaces: id.clone(),
        action: None,
    };
    let found = gate.test_policy(caller, test).await?;
    if !found.faults.is_empty() {
        return Ok(Err(Faults(found.faults)));
    }
    let mut names = names(gate, caller).await?;
    names.0.remove(id.as_deref().unwrap_or_default());
    let reports = found.conflicts.iter().map(|report| names.report(report));
    let policy = drafted(&draft, gate)?;
    let before = replaced.map(|view| written(&view.policy));
    let review = Review {
        words: spoken(&policy),
        conflicts: Some(reports.collect()),
        changes: None,
        lines: before.map_or_else(Vec::new, |before| {
            drafts::changed(&before, &written(&policy))
        }),
        digest: String::new(),
    };
    let digest = drafts::digest(text, &review.conflicts);
    Ok(Ok((draft, Review { digest, ..review })))
}

/// A draft as the policy that it would become.
fn drafted(draft: &read::Draft, gate: &Gate) -> Result<cham::Policy, GateError> {
    let id = PolicyId::new("pol_draft")
        .map_err(|error| GateError::Unavailable(format!("a draft: {error}")))?;
    Ok(draft.clone().into_policy(id, gate.now()))
}

/// What a new version cannot change.
fn stays(draft: &read::Draft, policy: &cham::Policy) -> Result<(), Faults> {
    let same = [
        ("type", draft.rule.kind() == policy.rule.kind()),
        ("agent_id", draft.agent == policy.agent),
        ("hold_minutes", draft.hold_minutes == policy.hold_minutes),
        ("severity", draft.severity == policy.severity),
    ];
    let mut faults = Faults::default();
    for (path, _) in same.into_iter().filter(|(_, is_same)| !is_same) {
        faults.add(
            path,
            "stays as it is in every version; make another policy for another",
        );
    }
    let is_same = draft.name == policy.name
        && draft.rule == policy.rule
        && (draft.active, draft.log_only) == (policy.active, policy.log_only);
    if is_same && faults.0.is_empty() {
        faults.add("", "says what is in force already");
    }
    faults.or(())
}

/// What somebody who saves a draft must have seen.
fn first(review: &Review) -> Option<&'static str> {
    let list = review.conflicts.as_ref()?;
    (!list.is_empty()).then_some(
        "It disagrees with policies in force. Look at the conflicts, and save it again if it is \
         right.",
    )
}

async fn blank(State(gate): State<Gate>, seat: Seated, asked: Question) -> Answer {
    seat.must_configure()?;
    let text = beginnings::example(asked.word("type"));
    New(text).draw(&gate, &seat, Shown::default())
}

async fn make(State(gate): State<Gate>, seat: Seated, sent: Fields) -> Answer {
    seat.must_configure()?;
    let caller = &seat.principal;
    let form = New(sent.verbatim("draft"));
    let (draft, review) = match look(&gate, caller, form.0, None).await? {
        Ok(found) => found,
        Err(faults) => return form.draw(&gate, &seat, Shown::faults(faults)),
    };
    let must_see = first(&review);
    if let Some(shown) = Shown::before_saving(&sent, review, must_see) {
        return form.draw(&gate, &seat, shown);
    }
    match gate.create_policies(caller, vec![draft]).await {
        Ok(ids) => {
            let id = ids.first().map(PolicyId::as_str).unwrap_or_default();
            back(&paths::one(paths::POLICIES, id))
        }
        Err(GateError::Invalid(faults)) => form.draw(&gate, &seat, Shown::faults(faults)),
        Err(error) => Err(error.into()),
    }
}

async fn open(State(gate): State<Gate>, seat: Seated, Named(id): Named) -> Answer {
    seat.must_configure()?;
    let policy = gate.policy(&seat.principal, &id).await?;
    let text = written(&policy.policy);
    Edit(&policy, &text).draw(&gate, &seat, Shown::default())
}

async fn change(State(gate): State<Gate>, seat: Seated, Named(id): Named, sent: Fields) -> Answer {
    seat.must_configure()?;
    let caller = &seat.principal;
    let policy = gate.policy(caller, &id).await?;
    let (seen, text) = (seen(&sent)?, sent.verbatim("draft"));
    let form = Edit(&policy, text);
    if seen != policy.policy.version {
        let moved = moved(&gate, caller, &id, seen).await?;
        return form.draw(&gate, &seat, Shown::moved(moved));
    }
    let (draft, review) = match look(&gate, caller, text, Some(&policy)).await? {
        Ok(found) => found,
        Err(faults) => return form.draw(&gate, &seat, Shown::faults(faults)),
    };
    let must_see = first(&review);
    if let Some(shown) = Shown::before_saving(&sent, review, must_see) {
        return form.draw(&gate, &seat, shown);
    }
    let patch = PolicyPatch {
        name: Some(draft.name),
        rule: Some(draft.rule),
        active: Some(draft.active),
        log_only: Some(draft.log_only),
        seen: Some(seen),
    };
    match gate.update_policy(caller, &id, patch).await {
        Ok(()) => back(&paths::one(paths::POLICIES, &id)),
        Err(GateError::Invalid(faults)) => form.draw(&gate, &seat, Shown::faults(faults)),
        Err(GateError::Conflict {
            code: "policy.moved",
            ..
        }) => {
            let policy = gate.policy(caller, &id).await?;
            let moved = moved(&gate, caller, &id, seen).await?;
            Edit(&policy, text).draw(&gate, &seat, Shown::moved(moved))
        }
        Err(error) => Err(error.into()),
    }
}

/// What somebody else did since a version.
async fn moved(gate: &Gate, caller: &Principal, id: &str, seen: u32) -> Result<Moved, GateError> {
    let versions = versions(gate, caller, id).await?;
    let missing = || GateError::NotFound("policy", id.to_owned());
    let newest = versions.first().ok_or_else(missing)?;
    let number = numbers(&versions).first().copied().unwrap_or_default();
    let makers = Makers::read(gate, caller).await?;
    let at = newest.policy.policy.updated_at;
    let seal = makers.seal(newest.since_seq, at).await?;
    Ok(Moved {
        number,
        by: seal.by,
        at,
        lines: drafts::changed(&text_of(&versions, seen), &text_of(&versions, number)),
    })
}

const HINT: &str = "One policy, as the HTTP API takes it.";

/// The form of a new policy.
struct New<'t>(&'t str);

impl New<'_> {
    fn draw(&self, gate: &Gate, seat: &Seated, shown: Shown) -> Answer {
        let path = paths::one(paths::POLICIES, "new");
        let view = Draft {
            now: gate.now(),
            csrf: seat.csrf.clone(),
            back: paths::POLICIES.to_owned(),
            label: "Policy as JSON",
            hint: HINT,
            text: drafts::visible_json(self.0),
            version: None,
            policy: String::new(),
            can_be_tried: true,
            faults: shown.faults,
            review: shown.review,
            moved: shown.moved,
            save: "Make the policy",
            beginnings: beginnings::links(&path),
            path,
        };
        let body = Body {
            title: "New policy",
            section: policies::SECTION,
            crumbs: policies::crumbs(),
            deeds: html! {},
            markup: page::draft(&view),
        };
        Ok(body.show(seat, shown.status, &shown.flash))
    }
}

/// The form of a new version of a policy, made from the one in force.
struct Edit<'t>(&'t PolicyView, &'t str);

impl Edit<'_> {
    fn draw(&self, gate: &Gate, seat: &Seated, shown: Shown) -> Answer {
        let policy = &self.0.policy;
        let one = paths::one(paths::POLICIES, policy.id.as_str());
        let view = Draft {
            now: gate.now(),
            csrf: seat.csrf.clone(),
            path: format!("{one}/edit"),
            back: one.clone(),
            label: "Policy as JSON",
            hint: HINT,
            text: drafts::visible_json(self.1),
            version: Some(policy.version),
            policy: policy.id.to_string(),
            can_be_tried: true,
            faults: shown.faults,
            review: shown.review,
            moved: shown.moved,
            save: "Save as a new version",
            beginnings: Vec::new(),
        };
        let body = Body {
            title: &format!("Edit {}", policy.name),
            section: policies::SECTION,
            crumbs: policies::crumbs_to(&policy.name, &one),
            deeds: html! {},
            markup: page::draft(&view),
        };
        Ok(body.show(seat, shown.status, &shown.flash))
    }
}
