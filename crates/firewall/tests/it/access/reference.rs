//! The plain evaluator: the page of decisions, sentence by sentence, with no thought of speed.

use super::world::{Line, Person, Shape, Thing};
use portcullis_firewall::access::{
    PersonRole::{Architect, Operator, Viewer},
    Verb,
};

pub(super) fn may(person: &Person, verb: Verb, thing: &Thing) -> bool {
    // Whoever is not active may nothing.
    if !person.active {
        return false;
    }
    let holds = |role, place| person.grants.contains(&(role, place));
    // No set binds an architect where they are one.
    if holds(Architect, None) || (thing.workspace.is_some() && holds(Architect, thing.workspace)) {
        return true;
    }
    let roles = match verb {
        Verb::View => vec![Viewer, Operator],
        Verb::Decide | Verb::IssueCredential => vec![Operator],
        Verb::Configure => vec![],
    };
    let of_tenant = roles.iter().any(|role| holds(*role, None));
    // What has no workspace is reached by grants of the whole tenant only.
    let Some(workspace) = thing.workspace else {
        return of_tenant;
    };
    let of_workspace = roles.iter().any(|role| holds(*role, Some(workspace)));
    // Deny beats allow, for both kinds of role.
    let lines = || {
        person
            .sets
            .iter()
            .flatten()
            .filter(|line| line.workspace == workspace)
    };
    if lines().any(|line| line.deny && denied(line, thing)) {
        return false;
    }
    of_tenant || (of_workspace && lines().any(|line| !line.deny && allowed(line, thing)))
}

fn allowed(line: &Line, thing: &Thing) -> bool {
    let list = |shapes: &[Shape], name: Option<&str>| match name {
        Some(name) => shapes.iter().any(|shape| covers(*shape, name)),
        None => !shapes.is_empty(),
    };
    list(&line.agents, thing.agent) && list(&line.scopes, thing.scope)
}

fn denied(line: &Line, thing: &Thing) -> bool {
    let list = |shapes: &[Shape], name: Option<&str>| {
        shapes.is_empty()
            || shapes
                .iter()
                .any(|shape| covers(*shape, name.unwrap_or("")))
    };
    list(&line.agents, thing.agent) && list(&line.scopes, thing.scope)
}

fn covers(shape: Shape, name: &str) -> bool {
    match shape {
        Shape::Exactly(one) => name == one,
        Shape::Starting(head) => name.starts_with(head),
        Shape::Ending(tail) => name.ends_with(tail),
        Shape::Either(one, other) => name == one || name == other,
        Shape::Something => !name.is_empty(),
        Shape::Anything => true,
    }
}
