//! Small worlds, so that what is asked is often what is written.

use portcullis_firewall::access::{
    Effect, Entry, Pattern, PermissionSet, PersonRole, Resource, Rights, RoleGrant, Verb,
};
use portcullis_policy::id::{AgentId, WorkspaceId};
use proptest::{collection::vec, option, prelude::*, sample::select};
use std::{cell::RefCell, collections::HashMap};

/// A pattern of a known shape.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    Exactly(&'static str),
    Starting(&'static str),
    Ending(&'static str),
    Either(&'static str, &'static str),
    Something,
    Anything,
}

impl Shape {
    pub(super) fn text(self) -> String {
        match self {
            Self::Exactly(name) => name.to_owned(),
            Self::Starting(head) => format!("regex:{head}.*"),
            Self::Ending(tail) => format!("regex:.*{tail}"),
            Self::Either(one, other) => format!("regex:{one}|{other}"),
            Self::Something => "regex:.+".to_owned(),
            Self::Anything => "regex:.*".to_owned(),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) workspace: &'static str,
    pub(super) deny: bool,
    pub(super) agents: Vec<Shape>,
    pub(super) scopes: Vec<Shape>,
}

#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) active: bool,
    pub(super) grants: Vec<(PersonRole, Option<&'static str>)>,
    pub(super) sets: Vec<Vec<Line>>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Thing {
    pub(super) workspace: Option<&'static str>,
    pub(super) agent: Option<&'static str>,
    pub(super) scope: Option<&'static str>,
}

const WORKSPACES: [&str; 3] = ["shop", "shop-2", "lab"];
const AGENTS: [&str; 3] = ["agt_a", "agt_ab", "agt_b"];
const SCOPES: [&str; 6] = ["site", "mail", "site-mail", "site\nmail", "mailsite", ""];

pub(super) fn rights(person: &Person) -> Rights {
    let grants: Vec<_> = person.grants.iter().map(grant).collect();
    let sets: Vec<_> = person.sets.iter().enumerate().map(set).collect();
    Rights::of(person.active, &grants, &sets.iter().collect::<Vec<_>>())
}

pub(super) fn may(rights: &Rights, verb: Verb, thing: &Thing) -> bool {
    let workspace = thing.workspace.map(|id| WorkspaceId::new(id).unwrap());
    let agent = thing.agent.map(|id| AgentId::new(id).unwrap());
    let resource = Resource {
        workspace: workspace.as_ref(),
        agent: agent.as_ref(),
        scope: thing.scope,
    };
    rights.may(verb, &resource)
}

fn grant((role, workspace): &(PersonRole, Option<&str>)) -> RoleGrant {
    RoleGrant {
        role: *role,
        workspace: workspace.map(|id| WorkspaceId::new(id).unwrap()),
    }
}

fn set((number, lines): (usize, &Vec<Line>)) -> PermissionSet {
    PermissionSet {
        id: format!("set_{number}"),
        name: "a set".to_owned(),
        description: String::new(),
        entries: lines.iter().map(entry).collect(),
    }
}

fn entry(line: &Line) -> Entry {
    let patterns = |shapes: &[Shape]| shapes.iter().map(|shape| pattern(*shape)).collect();
    Entry {
        workspace: WorkspaceId::new(line.workspace).unwrap(),
        effect: if line.deny {
            Effect::Deny
        } else {
            Effect::Allow
        },
        agents: patterns(&line.agents),
        scopes: patterns(&line.scopes),
    }
}

/// Compiling takes most of the time, and there are few.
fn pattern(shape: Shape) -> Pattern {
    thread_local! {
        static COMPILED: RefCell<HashMap<String, Pattern>> = RefCell::default();
    }
    COMPILED.with_borrow_mut(|compiled| {
        let text = shape.text();
        let new = |text: &String| Pattern::new(text).unwrap();
        compiled.entry(text).or_insert_with_key(new).clone()
    })
}

pub(super) fn any_person() -> impl Strategy<Value = Person> {
    let role = select(vec![
        PersonRole::Viewer,
        PersonRole::Operator,
        PersonRole::Architect,
    ]);
    let grant = (role, option::weighted(0.7, select(&WORKSPACES[..])));
    let sets = vec(vec(any_line(), 0..4), 0..4);
    (prop::bool::weighted(0.9), vec(grant, 0..4), sets).prop_map(|(active, grants, sets)| Person {
        active,
        grants,
        sets,
    })
}

pub(super) fn any_line() -> impl Strategy<Value = Line> {
    (
        select(&WORKSPACES[..]),
        prop::bool::weighted(0.3),
        vec(any_shape(&["agt_a", "agt_b"], "agt_", "b"), 0..3),
        vec(any_shape(&["site", "mail"], "site", "mail"), 0..3),
    )
        .prop_map(|(workspace, deny, agents, scopes)| Line {
            workspace,
            deny,
            agents,
            scopes,
        })
}

fn any_shape(
    names: &'static [&'static str; 2],
    head: &'static str,
    tail: &'static str,
) -> impl Strategy<Value = Shape> {
    prop_oneof![
        select(&names[..]).prop_map(Shape::Exactly),
        Just(Shape::Starting(head)),
        Just(Shape::Ending(tail)),
        Just(Shape::Either(names[0], names[1])),
        Just(Shape::Something),
        Just(Shape::Anything),
    ]
}

pub(super) fn any_thing() -> impl Strategy<Value = Thing> {
    (
        option::weighted(0.9, select(&WORKSPACES[..])),
        option::weighted(0.8, select(&AGENTS[..])),
        option::weighted(0.8, select(&SCOPES[..])),
    )
        .prop_map(|(workspace, agent, scope)| Thing {
            workspace,
            agent,
            scope,
        })
}

pub(super) fn any_verb() -> impl Strategy<Value = Verb> {
    select(&Verb::ALL[..])
}
