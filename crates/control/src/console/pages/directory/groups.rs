//! Groups, and one of them.

use super::{Entry, List, Members, crumb, several};
use crate::console::{
    figure,
    page::{Crumb, Section},
    parts::{
        pager::Pager,
        table::{Row, number, words as column},
        words,
    },
    paths,
};
use maud::{Markup, html};

/// The part of the console these pages belong to.
pub const SECTION: Section = Section::Groups;

/// What the list needs.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Groups {
    /// What was searched for; may be empty.
    pub search: String,
    /// The groups of this page.
    pub lines: Vec<Line>,
    /// Before and after.
    pub pager: Pager,
}

/// One group in the list.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Line {
    /// The group.
    pub group: Entry,
    /// Where it comes from: `here`, or the name of a provider.
    pub source: String,
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
    /// Where it comes from; people of a group from elsewhere are changed there.
    pub source: String,
    /// Who is in it.
    pub people: Vec<Entry>,
    /// Who could be added.
    pub other_people: Vec<Entry>,
    /// The permission sets it carries.
    pub permission_sets: Vec<Entry>,
    /// Sets that could be added.
    pub other_sets: Vec<Entry>,
    /// Whether the reader may change who is in it.
    pub may_change_people: bool,
    /// Whether the reader may change what it carries.
    pub may_change_sets: bool,
}

/// The body of the list.
#[must_use]
pub fn groups(view: &Groups) -> Markup {
    let columns = [
        column("Group"),
        column("From"),
        number("People"),
        column("Permission sets"),
    ];
    let row = |line: &Line| Row {
        key: line.group.id.clone(),
        cells: vec![
            html! { a class="lead" href=(paths::one(paths::GROUPS, &line.group.id)) { (words::line(&line.group.name)) } },
            words::line(&line.source),
            html! { (figure::full(line.people)) },
            several(paths::PERMISSION_SETS, &line.permission_sets),
        ],
    };
    let list = List {
        name: "Groups",
        path: paths::GROUPS,
        search: &view.search,
        columns: &columns,
        rows: view.lines.iter().map(row).collect(),
        pager: &view.pager,
        nothing: "A group gives its people the permission sets it carries.",
    };
    list.draw()
}

/// The way to the page of one group.
#[must_use]
pub fn crumbs() -> Vec<Crumb> {
    crumb("Groups", paths::GROUPS)
}

/// The body of one group's page.
#[must_use]
pub fn group(view: &Group) -> Markup {
    let path = |may: bool, deed| {
        if may {
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
        path: path(view.may_change_people, "people"),
        csrf: &view.csrf,
    };
    let sets = Members {
        name: "Permission sets",
        id: "sets",
        entries: &view.permission_sets,
        list: paths::PERMISSION_SETS,
        others: &view.other_sets,
        path: path(view.may_change_sets, "permission-sets"),
        csrf: &view.csrf,
    };
    html! {
        div class="stack" {
            p class="quiet" { "Id " (words::code(&view.group.id)) ", from " (words::line(&view.source)) "." }
            div class="halves" { (people.draw()) (sets.draw()) }
        }
    }
}
