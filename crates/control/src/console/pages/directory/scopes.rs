//! Scopes, and one of them: what credentials are minted from, and where.

use super::{Entry, List, Listing, crumb, joined, lead};
use crate::console::{
    page::{Crumb, Section},
    parts::{
        actor::Actor,
        badge,
        button::Call,
        code::{Block, block},
        deed::Deed,
        diff::plain,
        moment::moment,
        pairs::pairs,
        table::{Row, table, words as column},
        words,
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};
use portcullis_firewall::scope::Mode;

/// The part of the console these pages belong to.
pub const SECTION: Section = Section::Scopes;

/// One scope.
#[derive(Clone, Debug)]
pub struct Scope {
    /// Its name, which never changes.
    pub name: String,
    /// What it is for; may be empty.
    pub description: String,
    /// Who mints.
    pub provider: String,
    /// Where it reaches.
    pub environment: String,
    /// The most that may be done with it.
    pub mode: Mode,
    /// Where it may be used.
    pub places: Vec<Place>,
}

/// A workspace that a scope may be used in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
    /// Where.
    pub workspace: String,
    /// What an agent may take by itself; nothing when it may not.
    pub agents: Option<Mode>,
}

/// What the page of one scope needs.
#[derive(Clone, Debug)]
pub struct OneScope {
    /// The moment the page is made.
    pub now: Timestamp,
    /// The token against forged requests.
    pub csrf: String,
    /// The scope.
    pub scope: Scope,
    /// How it narrows its provider, as indented JSON.
    pub filters: String,
    /// One more whenever what it reaches changes.
    pub revision: u32,
    /// Who added it.
    pub added_by: Actor,
    /// When.
    pub added_at: Timestamp,
    /// When it was last changed.
    pub changed_at: Timestamp,
    /// Whether the reader may change it.
    pub may_change: bool,
}

/// The body of the list.
#[must_use]
pub fn scopes(view: &Listing<Scope>) -> Markup {
    let list = List {
        name: "Scopes",
        path: paths::SCOPES,
        columns: &const {
            [
                column("Scope"),
                column("At most"),
                column("Provider"),
                column("Environment"),
                column("Workspaces"),
            ]
        },
        nothing: "A scope is a provider of the operator's, narrowed, in one environment: what credentials may be minted from.",
    };
    list.draw(view, |one| {
        let entry = Entry {
            id: one.name.clone(),
            name: one.name.clone(),
        };
        let places: Vec<String> = one.places.iter().map(|at| at.workspace.clone()).collect();
        Row {
            key: one.name.clone(),
            cells: vec![
                lead(paths::SCOPES, &entry, &one.description),
                badge::mode(one.mode),
                words::line(&one.provider),
                words::line(&one.environment),
                joined(&places),
            ],
        }
    })
}

/// The way to the page of one scope.
#[must_use]
pub fn crumbs() -> Vec<Crumb> {
    crumb("Scopes", paths::SCOPES)
}

/// The body of one scope's page.
#[must_use]
pub fn scope(view: &OneScope) -> Markup {
    let filters = Block {
        id: "filters-json".to_owned(),
        name: "Filters".to_owned(),
        lines: plain(&view.filters),
        full_path: String::new(),
    };
    let remove = Deed {
        path: paths::deed(paths::SCOPES, &view.scope.name, "remove"),
        csrf: &view.csrf,
        call: Call::Danger,
        words: "Remove the scope",
        whom: "",
        confirm: "Every credential that was minted from it is ended.",
    };
    html! {
        div class="stack" {
            div class="halves" { (facts(view)) (places(view)) }
            section class="card stack" aria-labelledby="filters" {
                h2 id="filters" { "How it narrows its provider" }
                @if view.filters.is_empty() { p class="quiet" { "Not at all: it reaches what the provider does." } }
                @else { (block(&filters)) }
            }
            @if view.may_change { div { (remove.draw()) } }
        }
    }
}

fn facts(view: &OneScope) -> Markup {
    let scope = &view.scope;
    let what = if scope.description.is_empty() {
        html! { span class="quiet" { "not said" } }
    } else {
        words::line(&scope.description)
    };
    let used = paths::with_query(paths::LEASES, &[("provider", &scope.provider)]);
    let facts = [
        ("For", what),
        ("At most", badge::mode(scope.mode)),
        (
            "Provider",
            html! { (words::line(&scope.provider)) " " a class="small" href=(used) { "its leases" } },
        ),
        ("Environment", words::line(&scope.environment)),
        (
            "Revision",
            html! { (view.revision) " " span class="quiet small" { "a session has it as it was given" } },
        ),
        (
            "Added",
            html! { (moment(view.added_at, view.now)) " by " (view.added_by.draw()) },
        ),
        ("Changed", moment(view.changed_at, view.now)),
        ("Name", words::code(&scope.name)),
    ];
    html! { section class="card" aria-label="Facts" { (pairs(&facts)) } }
}

fn places(view: &OneScope) -> Markup {
    let row = |place: &Place| Row {
        key: String::new(),
        cells: vec![
            html! { a href=(paths::one(paths::WORKSPACES, &place.workspace)) { (words::line(&place.workspace)) } },
            match place.agents {
                Some(mode) => badge::mode(mode),
                None => html! { span class="quiet" { "nothing: a person gives it" } },
            },
        ],
    };
    let rows: Vec<Row> = view.scope.places.iter().map(row).collect();
    let columns = [column("Workspace"), column("Agents take by themselves")];
    html! {
        section class="card flush" aria-labelledby="places" {
            header { h2 id="places" { "Where it may be used" } }
            @if rows.is_empty() { p class="empty" { "Nowhere: no session can have it." } } @else { (table("Where it may be used", &columns, &rows)) }
        }
    }
}
