//! What a person may, in sentences.

use super::entry;
use crate::console::pages::directory::people::Right;
use portcullis_firewall::{
    access::{self, Effect, PermissionSet, PersonRole, RoleGrant},
    group::Group,
    person::Person,
};

/// What a person's roles, and the sets of their groups, come to.
pub(super) fn of(person: &Person, groups: &[Group], sets: &[PermissionSet]) -> Vec<Right> {
    let plain = |words: String| Right { words, by: None };
    let mut rights = Vec::new();
    if !person.active {
        rights.push(plain("Nothing while they are not active.".to_owned()));
    }
    rights.extend(person.grants.iter().map(|grant| plain(role(grant))));
    for group in groups {
        let carried = sets
            .iter()
            .filter(|set| group.permission_sets.contains(&set.id));
        for set in carried {
            let by = (group.into(), entry(&set.id, &set.name));
            rights.extend(set.entries.iter().map(|one| Right {
                words: self::set(one),
                by: Some(by.clone()),
            }));
        }
    }
    rights
}

fn role(grant: &RoleGrant) -> String {
    let may = match grant.role {
        PersonRole::Viewer => "read",
        PersonRole::Operator => {
            "read, decide holds, resolve violations and have credentials issued"
        }
        PersonRole::Architect => {
            "read, decide holds, resolve violations, have credentials issued, and change everything"
        }
    };
    let (place, reach) = match (&grant.workspace, grant.role) {
        (None, PersonRole::Architect) => ("In the whole tenant".to_owned(), ""),
        (None, _) => (
            "In the whole tenant".to_owned(),
            ", except what a permission set denies",
        ),
        (Some(id), PersonRole::Architect) => (format!("In the workspace {id}"), ""),
        (Some(id), _) => (
            format!("In the workspace {id}"),
            ", as far as a permission set opens it",
        ),
    };
    format!("{place}: {may}{reach}.")
}

fn set(one: &access::Entry) -> String {
    let effect = match one.effect {
        Effect::Allow => "opens",
        Effect::Deny => "closes",
    };
    format!(
        "In the workspace {} it {effect} {} for {}.",
        one.workspace,
        list(&one.scopes, "scopes", one.effect),
        list(&one.agents, "agents", one.effect),
    )
}

/// The patterns of a list; an empty one is nothing to an entry that allows, and all to one that
/// denies.
fn list(patterns: &[access::Pattern], what: &str, effect: Effect) -> String {
    let texts: Vec<&str> = patterns.iter().map(access::Pattern::as_str).collect();
    let is_all = texts.contains(&"regex:.*") || (texts.is_empty() && effect == Effect::Deny);
    if is_all {
        format!("all {what}")
    } else if texts.is_empty() {
        format!("no {what}")
    } else {
        format!("the {what} `{}`", texts.join("`, `"))
    }
}
