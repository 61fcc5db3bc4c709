//! Workspaces, and one of them.

use super::{Entry, List, Listing, crumb, groups::facts, lead};
use crate::console::{
    page::{Crumb, Section},
    parts::{
        badge::{self, Tone},
        icon::Icon,
        moment::moment,
        table::{Row, words as column},
        words,
    },
    paths,
};
use jiff::Timestamp;
use maud::Markup;

/// The part of the console these pages belong to.
pub const SECTION: Section = Section::Workspaces;

/// One workspace.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Workspace {
    /// Its name, which never changes.
    pub id: String,
    /// What its tickets begin with.
    pub short_name: String,
    /// What it is for; may be empty.
    pub description: String,
    /// Whether it can be used.
    pub is_active: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Workspace {
    fn state(&self) -> Markup {
        if self.is_active {
            badge::drawn(Tone::Good, Icon::Check, "Active")
        } else {
            badge::drawn(Tone::Bad, Icon::Cross, "Not active")
        }
    }
}

/// The body of the list.
#[must_use]
pub fn workspaces(view: &Listing<Workspace>) -> Markup {
    let list = List {
        name: "Workspaces",
        path: paths::WORKSPACES,
        columns: &const { [column("Workspace"), column("Short name"), column("State")] },
        nothing: "A workspace is a part of the tenant: roles, permission sets and the tenant policy name it.",
    };
    list.draw(view, |one| {
        let entry = Entry {
            id: one.id.clone(),
            name: one.id.clone(),
        };
        Row {
            key: one.id.clone(),
            cells: vec![
                lead(paths::WORKSPACES, &entry, &one.description),
                words::code(&one.short_name),
                one.state(),
            ],
        }
    })
}

/// The way to the page of one workspace.
#[must_use]
pub fn crumbs() -> Vec<Crumb> {
    crumb("Workspaces", paths::WORKSPACES)
}

/// The body of one workspace's page.
#[must_use]
pub fn workspace(view: &Workspace, now: Timestamp) -> Markup {
    let more = [
        ("Short name", words::code(&view.short_name)),
        ("State", view.state()),
        ("Made", moment(view.created_at, now)),
    ];
    facts(&view.description, &view.id, &more)
}
