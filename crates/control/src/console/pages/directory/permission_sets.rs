//! Permission sets, and one of them: which deeds, over which workspaces, scopes and agents.

use super::{Entry, List, crumb, several};
use crate::console::{
    page::{Crumb, Section},
    parts::{
        pager::Pager,
        pairs::pairs,
        table::{Row, table, words as column},
        words,
    },
    paths,
};
use maud::{Markup, html};

/// The part of the console these pages belong to.
pub const SECTION: Section = Section::PermissionSets;

/// What the list needs.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PermissionSets {
    /// What was searched for; may be empty.
    pub search: String,
    /// The sets of this page.
    pub lines: Vec<PermissionSet>,
    /// Before and after.
    pub pager: Pager,
}

/// One permission set.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PermissionSet {
    /// The set.
    pub set: Entry,
    /// What it is for.
    pub description: String,
    /// What it allows.
    pub grants: Vec<Grant>,
    /// The groups that carry it.
    pub groups: Vec<Entry>,
}

/// One line of what a set allows.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Grant {
    /// The deed: `approve`, `view audit`.
    pub deed: String,
    /// Over which workspaces; empty is all.
    pub workspaces: String,
    /// Over which scopes; empty is all.
    pub scopes: String,
    /// Over which agents; empty is all.
    pub agents: String,
}

/// The body of the list.
#[must_use]
pub fn permission_sets(view: &PermissionSets) -> Markup {
    let columns = [column("Set"), column("Allows"), column("Carried by")];
    let row = |one: &PermissionSet| {
        let deeds: Vec<&str> = one.grants.iter().map(|grant| grant.deed.as_str()).collect();
        Row {
            key: one.set.id.clone(),
            cells: vec![
                html! {
                    a class="lead" href=(paths::one(paths::PERMISSION_SETS, &one.set.id)) { (words::line(&one.set.name)) }
                    div class="quiet small" { (words::line(&one.description)) }
                },
                words::line(&deeds.join(", ")),
                several(paths::GROUPS, &one.groups),
            ],
        }
    };
    let list = List {
        name: "Permission sets",
        path: paths::PERMISSION_SETS,
        search: &view.search,
        columns: &columns,
        rows: view.lines.iter().map(row).collect(),
        pager: &view.pager,
        nothing: "Without a set that allows it, nobody may do anything.",
    };
    list.draw()
}

/// The way to the page of one set.
#[must_use]
pub fn crumbs() -> Vec<Crumb> {
    crumb("Permission sets", paths::PERMISSION_SETS)
}

/// The body of one set's page.
#[must_use]
pub fn permission_set(view: &PermissionSet) -> Markup {
    let over = |text: &str| {
        if text.is_empty() {
            html! { span class="quiet" { "all" } }
        } else {
            words::line(text)
        }
    };
    let row = |grant: &Grant| Row {
        key: String::new(),
        cells: vec![
            words::line(&grant.deed),
            over(&grant.workspaces),
            over(&grant.scopes),
            over(&grant.agents),
        ],
    };
    let rows: Vec<Row> = view.grants.iter().map(row).collect();
    let columns = [
        column("May"),
        column("Workspaces"),
        column("Scopes"),
        column("Agents"),
    ];
    let facts = [
        ("Id", words::code(&view.set.id)),
        ("For", words::line(&view.description)),
        ("Carried by", several(paths::GROUPS, &view.groups)),
    ];
    html! {
        div class="stack" {
            section class="card" aria-label="Facts" { (pairs(&facts)) }
            section class="card flush" aria-labelledby="allows" {
                header { h2 id="allows" { "Allows" } }
                @if rows.is_empty() { p class="empty" { "Nothing." } } @else { (table("Allows", &columns, &rows)) }
            }
        }
    }
}
