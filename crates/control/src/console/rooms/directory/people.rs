//! People: the list, making somebody known, and changing them.

use super::{
    Changing, below, deed, entries,
    form::{Filled, FormPage, plain},
    listing, page, roles,
};
use crate::{
    console::{
        pages::directory::people::{self as view, Person as Line},
        paths,
        rooms::{
            answer::{Answer, Body},
            fields::Fields,
            question::Question,
            seat::Seated,
        },
    },
    intake::id::Named,
    rights::Gate,
};
use axum::{Router, extract::State, routing::get};
use portcullis_door::reply::Refusal;
use portcullis_firewall::{
    error::GateError,
    group::Group,
    person::Person,
    principal::Principal,
    turn::{NewPerson, PersonPatch},
    workspace::Workspace,
};
use portcullis_policy::fault::Faults;

pub(super) fn routes() -> Router<Gate> {
    Router::new()
        .route(paths::PEOPLE, get(list))
        .route(paths::NEW_PERSON, get(new).post(create))
        .route(
            &format!("{}/{{id}}/edit", paths::PEOPLE),
            get(edit).post(save),
        )
}

async fn list(State(gate): State<Gate>, seat: Seated, asked: Question) -> Answer {
    let people = gate.people(&seat.principal).await?;
    let groups = gate.groups(&seat.principal).await?;
    let texts = |person: &Person| {
        let email = person.email.clone().unwrap_or_default();
        vec![person.name.clone(), email]
    };
    let people = listing(&asked, people, texts, |person| line(&person, &groups))?;
    let body = Body {
        deeds: deed(&seat, paths::NEW_PERSON, "Make somebody known"),
        ..page("People", view::SECTION, view::people(&people))
    };
    body.ok(&seat)
}

/// A person as lists show them, with those of these groups that they are in.
pub(super) fn line(person: &Person, groups: &[Group]) -> Line {
    Line {
        entry: person.into(),
        email: person.email.clone().unwrap_or_default(),
        roles: person.grants.iter().map(roles::words).collect(),
        is_active: person.active,
        ways: ways(person),
        groups: entries(groups, |group| group.has(&person.id)),
    }
}

/// How somebody proves who they are.
fn ways(person: &Person) -> Vec<String> {
    let password = person.password.as_ref().map(|_| "password".to_owned());
    let passkeys = match person.passkeys.len() {
        0 => None,
        1 => Some("1 passkey".to_owned()),
        several => Some(format!("{several} passkeys")),
    };
    let elsewhere = person.subject.as_ref();
    let elsewhere = elsewhere.map(|subject| format!("single sign-on at {}", subject.issuer));
    [password, passkeys, elsewhere]
        .into_iter()
        .flatten()
        .collect()
}

async fn new(State(gate): State<Gate>, Changing(seat): Changing) -> Answer {
    let workspaces = gate.workspaces(&seat.principal).await?;
    unknown(&Filled::blank(), &workspaces).ask(&seat)
}

async fn create(State(gate): State<Gate>, Changing(seat): Changing, sent: Fields) -> Answer {
    let workspaces = gate.workspaces(&seat.principal).await?;
    let made = created(&gate, &seat.principal, (&sent, &workspaces)).await;
    unknown(&Filled::Sent(&sent), &workspaces).answer(&seat, made)
}

async fn created(
    gate: &Gate,
    caller: &Principal,
    (sent, workspaces): (&Fields, &[Workspace]),
) -> Result<String, Refusal> {
    let mut faults = Faults::default();
    let grants = roles::read(sent, workspaces, &[], &mut faults);
    faults.or(()).map_err(GateError::from)?;
    let new = NewPerson {
        name: sent.one("name").to_owned(),
        email: email(sent),
        grants,
    };
    let person = gate.create_person(caller, new).await?;
    Ok(paths::one(paths::PEOPLE, person.id.as_str()))
}

fn email(sent: &Fields) -> Option<String> {
    let email = sent.one("email");
    (!email.is_empty()).then(|| email.to_owned())
}

/// The form for somebody who is not known yet.
fn unknown<'v>(filled: &Filled<'_>, workspaces: &[Workspace]) -> FormPage<'v> {
    form(
        filled,
        (workspaces, "Without any they may do nothing."),
        FormPage {
            title: "Make somebody known",
            section: view::SECTION,
            crumbs: view::crumbs(),
            path: paths::NEW_PERSON.to_owned(),
            cancel: paths::PEOPLE.to_owned(),
            call: "Make them known",
            more: "",
            parts: Vec::new(),
        },
    )
}

/// The form with its fields.
fn form<'v>(
    filled: &Filled<'_>,
    (workspaces, hint): (&[Workspace], &str),
    page: FormPage<'v>,
) -> FormPage<'v> {
    let name = filled
        .line("name", "Name")
        .hint("Unique in the tenant, whatever its case. Approver lists name people by it.")
        .required();
    let email = filled
        .line("email", "Mail address")
        .hint("Where letters go. They may also sign in with it, when nobody else has it.");
    FormPage {
        parts: vec![
            plain(vec![name, email]),
            roles::part(filled, workspaces, hint),
        ],
        ..page
    }
}

/// Somebody who is known, and the workspaces in which they may have a role.
async fn known(
    gate: &Gate,
    seat: &Seated,
    id: &str,
) -> Result<(Person, Vec<Workspace>), GateError> {
    let person = gate.person(&seat.principal, id).await?;
    Ok((person, gate.workspaces(&seat.principal).await?))
}

async fn edit(State(gate): State<Gate>, Changing(seat): Changing, Named(id): Named) -> Answer {
    let (person, workspaces) = known(&gate, &seat, &id).await?;
    let mut fields = roles::known(&person.grants, &workspaces);
    let email = person.email.clone().unwrap_or_default();
    fields.extend([
        ("name".to_owned(), person.name.clone()),
        ("email".to_owned(), email),
    ]);
    change(&Filled::Known(fields), &workspaces, &person).ask(&seat)
}

async fn save(
    State(gate): State<Gate>,
    Changing(seat): Changing,
    Named(id): Named,
    sent: Fields,
) -> Answer {
    let (person, workspaces) = known(&gate, &seat, &id).await?;
    let saved = saved(&gate, &seat.principal, (&sent, &workspaces), &person).await;
    change(&Filled::Sent(&sent), &workspaces, &person).answer(&seat, saved)
}

async fn saved(
    gate: &Gate,
    caller: &Principal,
    (sent, workspaces): (&Fields, &[Workspace]),
    person: &Person,
) -> Result<String, Refusal> {
    let mut faults = Faults::default();
    let grants = roles::read(sent, workspaces, &person.grants, &mut faults);
    faults.or(()).map_err(GateError::from)?;
    let patch = PersonPatch {
        name: Some(sent.one("name").to_owned()),
        email: Some(email(sent)),
        grants: Some(grants),
        active: None,
    };
    gate.update_person(caller, person.id.as_str(), patch)
        .await?;
    Ok(paths::one(paths::PEOPLE, person.id.as_str()))
}

/// The form for somebody who is known.
fn change<'v>(filled: &Filled<'_>, workspaces: &[Workspace], person: &Person) -> FormPage<'v> {
    let path = paths::one(paths::PEOPLE, person.id.as_str());
    form(
        filled,
        (
            workspaces,
            "A change of roles ends their sign-ins and their open invitation.",
        ),
        FormPage {
            title: "Change a person",
            section: view::SECTION,
            crumbs: below(view::crumbs(), &person.name, path.clone()),
            path: paths::deed(paths::PEOPLE, person.id.as_str(), "edit"),
            cancel: path,
            call: "Save",
            more: "",
            parts: Vec::new(),
        },
    )
}
