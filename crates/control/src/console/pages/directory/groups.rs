//! Groups, and one of them.

use super::{Deed, Entry, List, Listing, Members, crumb, lead, several};
use crate::console::{
    figure,
    page::{Crumb, Section},
    parts::{
        button::Call,
        pairs::pairs,
        table::{Row, number, words as column},
        tabs::{Tab, tabs},
        words,
    },
    paths,
};
use maud::{Markup, html};

/// The part of the console these pages belong to.
pub const SECTION: Section = Section::Groups;

/// What the list needs.
#[derive(Clone, Debug)]
pub struct Groups {
    /// The groups.
    pub listing: Listing<Line>,
    /// How many changes wait for a second architect.
    pub waiting: u64,
}

/// One group in the list.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Line {
    /// The group.
    pub group: Entry,
    /// What it is for; may be empty.
    pub description: String,
    /// How many people are in it.
    pub people: u64,
    /// The permission sets it carries.
    pub permission_sets: Vec<Entry>,
}

/// What the page of one group needs.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Group {
    /// The token against forged requests.
    pub csrf: String,
    /// The group.
    pub group: Entry,
    /// What it is for; may be empty.
    pub description: String,
    /// Who is in it.
    pub people: Vec<Entry>,
    /// Who could be added.
    pub other_people: Vec<Entry>,
    /// The permission sets it carries.
    pub permission_sets: Vec<Entry>,
    /// Sets that could be added.
    pub other_sets: Vec<Entry>,
    /// Whether the reader may change it.
    pub may_change: bool,
}

/// The groups, or what waits for a second architect: two pages beside each other.
pub(super) fn sides(waiting: u64, is_waiting: bool) -> Markup {
    let tab = |name: &str, path: &str, count, is_open| Tab {
        name: name.to_owned(),
        path: path.to_owned(),
        count,
        is_open,
    };
    tabs(
        "Groups",
        &[
            tab("Groups", paths::GROUPS, None, !is_waiting),
            tab("Waiting", paths::ELEVATIONS, Some(waiting), is_waiting),
        ],
    )
}

/// The body of the list.
#[must_use]
pub fn groups(view: &Groups) -> Markup {
    let list = List {
        name: "Groups",
        path: paths::GROUPS,
        columns: &const { [column("Group"), number("People"), column("Permission sets")] },
        nothing: "A group gives its people the permission sets it carries, and approver lists name it.",
    };
    let row = |line: &Line| Row {
        key: line.group.id.clone(),
        cells: vec![
            lead(paths::GROUPS, &line.group, &line.description),
            html! { (figure::full(line.people)) },
            several(paths::PERMISSION_SETS, &line.permission_sets),
        ],
    };
    html! { (sides(view.waiting, false)) (list.draw(&view.listing, row)) }
}

/// The way to the page of one group.
#[must_use]
pub fn crumbs() -> Vec<Crumb> {
    crumb("Groups", paths::GROUPS)
}

/// The body of one group's page.
#[must_use]
pub fn group(view: &Group) -> Markup {
    let path = |deed| {
        if view.may_change {
            paths::deed(paths::GROUPS, &view.group.id, deed)
        } else {
            String::new()
        }
    };
    let people = Members {
        name: "People",
        id: "people",
        entries: &view.people,
        list: paths::PEOPLE,
        others: &view.other_people,
        hint: "Whoever adds themselves waits for a second architect.",
        path: path("people"),
        csrf: &view.csrf,
    };
    let sets = Members {
        name: "Permission sets",
        id: "sets",
        entries: &view.permission_sets,
        list: paths::PERMISSION_SETS,
        others: &view.other_sets,
        hint: "Everybody in the group has it at once.",
        path: path("permission-sets"),
        csrf: &view.csrf,
    };
    let remove = Deed {
        path: path("delete"),
        csrf: &view.csrf,
        call: Call::Danger,
        words: "Delete the group",
        whom: "",
        confirm: "What waits for this group can then be decided by nobody else in its place.",
    };
    html! {
        div class="stack" {
            (facts(&view.description, &view.group.id, &[]))
            div class="halves" { (people.draw()) (sets.draw()) }
            @if view.may_change { div { (remove.draw()) } }
        }
    }
}

/// What groups and permission sets are: what they are for, and who they are to programs.
pub(super) fn facts(description: &str, id: &str, more: &[(&str, Markup)]) -> Markup {
    let what = if description.is_empty() {
        html! { span class="quiet" { "not said" } }
    } else {
        words::line(description)
    };
    let facts = [&[("For", what)], more, &[("Id", words::code(id))]].concat();
    html! { section class="card" aria-label="Facts" { (pairs(&facts)) } }
}
