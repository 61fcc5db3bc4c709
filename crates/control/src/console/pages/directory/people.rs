//! People, and one of them.

use super::{Entry, List, Members, crumb, several};
use crate::console::{
    page::{Crumb, Section},
    parts::{
        badge::{self, Tone},
        button::{Call, submit},
        form::{Form, one_button},
        icon::Icon,
        moment::last,
        pager::Pager,
        pairs::pairs,
        table::{Row, words as column},
        words,
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};

/// The part of the console these pages belong to.
pub const SECTION: Section = Section::People;

/// What the list needs.
#[derive(Clone, Debug)]
pub struct People {
    /// The moment the page is made.
    pub now: Timestamp,
    /// What was searched for; may be empty.
    pub search: String,
    /// The people of this page.
    pub lines: Vec<Person>,
    /// Before and after.
    pub pager: Pager,
}

/// One person.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Person {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their address for mail; may be empty.
    pub email: String,
    /// Whether they may sign in and decide.
    pub is_enabled: bool,
    /// The groups they are in.
    pub groups: Vec<Entry>,
    /// How many passkeys they have.
    pub passkeys: u64,
    /// How they are known elsewhere: `Slack`, `single sign-on`.
    pub linked: Vec<String>,
    /// When they last signed in.
    pub seen_at: Option<Timestamp>,
}

/// What the page of one person needs.
#[derive(Clone, Debug)]
pub struct OnePerson {
    /// The moment the page is made.
    pub now: Timestamp,
    /// The token against forged requests.
    pub csrf: String,
    /// The person.
    pub person: Person,
    /// Groups they could be added to.
    pub other_groups: Vec<Entry>,
    /// Whether the reader may change them.
    pub may_change: bool,
}

/// The body of the list.
#[must_use]
pub fn people(view: &People) -> Markup {
    let columns = [
        column("Name"),
        column("State"),
        column("Groups"),
        column("Passkeys"),
        column("Last signed in"),
    ];
    let list = List {
        name: "People",
        path: paths::PEOPLE,
        search: &view.search,
        columns: &columns,
        rows: view.lines.iter().map(|one| row(one, view.now)).collect(),
        pager: &view.pager,
        nothing: "People appear when they are invited or sign in for the first time.",
    };
    list.draw()
}

fn row(person: &Person, now: Timestamp) -> Row {
    Row {
        key: person.id.clone(),
        cells: vec![
            html! {
                a class="lead" href=(paths::one(paths::PEOPLE, &person.id)) { (words::line(&person.name)) }
                @if !person.email.is_empty() { div class="quiet small" { (words::line(&person.email)) } }
            },
            state(person),
            several(paths::GROUPS, &person.groups),
            html! { (person.passkeys) },
            last(person.seen_at, now),
        ],
    }
}

fn state(person: &Person) -> Markup {
    if person.is_enabled {
        badge::drawn(Tone::Good, Icon::Check, "Enabled")
    } else {
        badge::drawn(Tone::Bad, Icon::Cross, "Disabled")
    }
}

/// The way to the page of one person.
#[must_use]
pub fn crumbs() -> Vec<Crumb> {
    crumb("People", paths::PEOPLE)
}

/// The body of one person's page.
#[must_use]
pub fn person(view: &OnePerson) -> Markup {
    let person = &view.person;
    let linked = if person.linked.is_empty() {
        "nowhere".to_owned()
    } else {
        person.linked.join(", ")
    };
    let facts = [
        ("State", state(person)),
        ("Id", words::code(&person.id)),
        ("Mail", words::line(&person.email)),
        ("Linked", words::line(&linked)),
        ("Passkeys", html! { (person.passkeys) }),
        ("Last signed in", last(person.seen_at, view.now)),
    ];
    let groups = Members {
        name: "Groups",
        id: "groups",
        entries: &person.groups,
        list: paths::GROUPS,
        others: &view.other_groups,
        path: if view.may_change {
            paths::deed(paths::PEOPLE, &person.id, "groups")
        } else {
            String::new()
        },
        csrf: &view.csrf,
    };
    html! {
        div class="halves" {
            section class="card stack" aria-label="Facts" {
                (pairs(&facts))
                @if view.may_change { div { (switch(view)) } }
            }
            (groups.draw())
        }
    }
}

fn switch(view: &OnePerson) -> Markup {
    let (deed, call, words, confirm) = if view.person.is_enabled {
        (
            "disable",
            Call::Danger,
            "Disable",
            "They are signed out, their tokens end, and their approvals of what waits no longer count.",
        )
    } else {
        ("enable", Call::Normal, "Enable", "They may sign in again.")
    };
    let form = Form {
        path: &paths::deed(paths::PEOPLE, &view.person.id, deed),
        csrf: &view.csrf,
        confirm,
        ..Form::default()
    };
    one_button(&form, &submit(call, words))
}
