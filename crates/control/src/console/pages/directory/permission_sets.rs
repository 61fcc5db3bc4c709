//! Permission sets, and one of them: which agents and scopes of which workspaces are open to the
//! people of a group, and which are closed.

use super::{Deed, Entry, List, Listing, crumb, groups::facts, joined, lead, several};
use crate::console::{
    figure,
    page::{Crumb, Section},
    parts::{
        badge::{self, Tone},
        button::Call,
        icon::Icon,
        table::{Row, number, table, words as column},
        words,
    },
    paths,
};
use maud::{Markup, html};

/// The part of the console these pages belong to.
pub const SECTION: Section = Section::PermissionSets;

/// One permission set.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PermissionSet {
    /// The set.
    pub set: Entry,
    /// What it is for; may be empty.
    pub description: String,
    /// What it allows and denies.
    pub grants: Vec<Grant>,
    /// The groups that carry it.
    pub groups: Vec<Entry>,
}

/// What the page of one set needs.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct OneSet {
    /// The token against forged requests.
    pub csrf: String,
    /// The set.
    pub set: PermissionSet,
    /// Whether the reader may change it.
    pub may_change: bool,
}

/// One entry of a set.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Grant {
    /// Whether what it covers is denied, else allowed.
    pub denies: bool,
    /// Where.
    pub workspace: String,
    /// Which agents: ids, or patterns over them.
    pub agents: Vec<String>,
    /// Which scopes: names, or patterns over them.
    pub scopes: Vec<String>,
}

impl Grant {
    /// What an empty list means: an allow entry covers nothing with it, a deny entry everything.
    fn over(&self, patterns: &[String]) -> Markup {
        let nothing = if self.denies {
            "all of them"
        } else {
            "none: it covers nothing"
        };
        html! {
            @if patterns.is_empty() { span class="quiet" { (nothing) } }
            @for (place, pattern) in patterns.iter().enumerate() {
                @if place > 0 { br; }
                (words::code(pattern))
            }
        }
    }

    fn effect(&self) -> Markup {
        if self.denies {
            badge::drawn(Tone::Bad, Icon::Cross, "Denies")
        } else {
            badge::drawn(Tone::Good, Icon::Check, "Allows")
        }
    }
}

/// The body of the list.
#[must_use]
pub fn permission_sets(view: &Listing<PermissionSet>) -> Markup {
    let list = List {
        name: "Permission sets",
        path: paths::PERMISSION_SETS,
        columns: &const {
            [
                column("Set"),
                number("Entries"),
                column("Workspaces"),
                column("Carried by"),
            ]
        },
        nothing: "A set opens agents and scopes of a workspace to the people of a group, or closes them.",
    };
    list.draw(view, |one| Row {
        key: one.set.id.clone(),
        cells: vec![
            lead(paths::PERMISSION_SETS, &one.set, &one.description),
            html! { (figure::full(u64::try_from(one.grants.len()).unwrap_or(u64::MAX))) },
            joined(&workspaces(&one.grants)),
            several(paths::GROUPS, &one.groups),
        ],
    })
}

fn workspaces(grants: &[Grant]) -> Vec<String> {
    let mut names: Vec<String> = grants.iter().map(|grant| grant.workspace.clone()).collect();
    names.sort();
    names.dedup();
    names
}

/// The way to the page of one set.
#[must_use]
pub fn crumbs() -> Vec<Crumb> {
    crumb("Permission sets", paths::PERMISSION_SETS)
}

/// The body of one set's page.
#[must_use]
pub fn permission_set(view: &OneSet) -> Markup {
    let row = |grant: &Grant| Row {
        key: String::new(),
        cells: vec![
            grant.effect(),
            super::linked(
                paths::WORKSPACES,
                &Entry {
                    id: grant.workspace.clone(),
                    name: grant.workspace.clone(),
                },
            ),
            grant.over(&grant.agents),
            grant.over(&grant.scopes),
        ],
    };
    let rows: Vec<Row> = view.set.grants.iter().map(row).collect();
    let columns = [
        column("Effect"),
        column("Workspace"),
        column("Agents"),
        column("Scopes"),
    ];
    let carried = ("Carried by", several(paths::GROUPS, &view.set.groups));
    let remove = Deed {
        path: paths::deed(paths::PERMISSION_SETS, &view.set.set.id, "delete"),
        csrf: &view.csrf,
        call: Call::Danger,
        words: "Delete the set",
        whom: "",
        confirm: "Its entries are gone for good.",
    };
    html! {
        div class="stack" {
            (facts(&view.set.description, &view.set.set.id, &[carried]))
            section class="card flush" aria-labelledby="entries" {
                header { h2 id="entries" { "Entries" } span class="quiet small" { "Deny beats allow. Neither binds an architect." } }
                @if rows.is_empty() { p class="empty" { "None: it changes nothing." } } @else { (table("Entries", &columns, &rows)) }
            }
            @if view.may_change { div { (remove.draw()) } }
        }
    }
}
