//! Roles in a form: one choice for the whole tenant, and one for each workspace.

use super::form::Filled;
use crate::{
    console::{
        pages::directory::sheet::Part,
        parts::field::{Field, choices},
        rooms::fields::Fields,
    },
    intake::field::Field as _,
};
use portcullis_firewall::{
    access::{PersonRole, RoleGrant},
    workspace::Workspace,
};
use portcullis_policy::{fault::Faults, id::WorkspaceId};
use serde_json::Value;

/// The name of the field for a place; `None` is the whole tenant.
fn field(place: Option<&WorkspaceId>) -> String {
    place.map_or_else(|| "role".to_owned(), |id| format!("role-in-{id}"))
}

/// The places a role can hold in.
fn places(workspaces: &[Workspace]) -> impl Iterator<Item = Option<&WorkspaceId>> {
    std::iter::once(None).chain(workspaces.iter().map(|one| Some(&one.id)))
}

/// The strongest role of some that holds in a place.
fn strongest(grants: &[RoleGrant], place: Option<&WorkspaceId>) -> Option<PersonRole> {
    let here = grants
        .iter()
        .filter(|grant| grant.workspace.as_ref() == place);
    here.map(|grant| grant.role).max()
}

const fn word(role: Option<PersonRole>) -> &'static str {
    match role {
        None => "",
        Some(PersonRole::Viewer) => "viewer",
        Some(PersonRole::Operator) => "operator",
        Some(PersonRole::Architect) => "architect",
    }
}

/// The roles somebody has, as the fields of the form say it.
pub(super) fn known(grants: &[RoleGrant], workspaces: &[Workspace]) -> Vec<(String, String)> {
    let known = |place| (field(place), word(strongest(grants, place)).to_owned());
    places(workspaces).map(known).collect()
}

/// The fields of the form.
pub(super) fn part(filled: &Filled<'_>, workspaces: &[Workspace], hint: &str) -> Part {
    let roles = [
        ("", "None"),
        ("viewer", "Viewer: reads"),
        ("operator", "Operator: also decides"),
        ("architect", "Architect: also changes everything"),
    ];
    let one = |place: Option<&WorkspaceId>| {
        let label = place.map_or_else(
            || "In the whole tenant".to_owned(),
            |id| format!("In the workspace {id}"),
        );
        let name = field(place);
        Field::new("form", &name, &label)
            .value(filled.of(&name))
            .kind(choices(&roles))
    };
    Part {
        legend: "Roles".to_owned(),
        hint: hint.to_owned(),
        fields: places(workspaces).map(one).collect(),
        leave_out: None,
    }
}

/// The roles that were sent; a place that was not asked for keeps the ones it has.
pub(super) fn read(
    sent: &Fields,
    workspaces: &[Workspace],
    before: &[RoleGrant],
    faults: &mut Faults,
) -> Vec<RoleGrant> {
    let mut grants = Vec::new();
    for place in places(workspaces) {
        let name = field(place);
        let kept = || {
            before
                .iter()
                .filter(move |grant| grant.workspace.as_ref() == place)
                .cloned()
        };
        let wish = match sent.one(&name) {
            "" => None,
            word => PersonRole::read(Value::String(word.to_owned()), &name, faults),
        };
        if !sent.has(&name) || wish == strongest(before, place) {
            grants.extend(kept());
        } else if let Some(role) = wish {
            grants.push(RoleGrant {
                role,
                workspace: place.cloned(),
            });
        }
    }
    grants
}

/// A role in a few words.
pub(super) fn words(grant: &RoleGrant) -> String {
    let role = word(Some(grant.role));
    match &grant.workspace {
        Some(workspace) => format!("{role} in {workspace}"),
        None => role.to_owned(),
    }
}
