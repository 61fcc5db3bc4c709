//! People, and one of them.

use super::{Deed, Entry, List, Listing, Members, crumb, joined, lead, several};
use crate::console::{
    page::{Crumb, Section},
    parts::{
        badge::{self, Tone},
        button::{self, Call},
        icon::Icon,
        moment::moment,
        notice::notice,
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

/// One person.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Person {
    /// Their id and their name.
    pub entry: Entry,
    /// Their address for mail; may be empty.
    pub email: String,
    /// Their roles, in a few words each.
    pub roles: Vec<String>,
    /// Whether they may do anything at all.
    pub is_active: bool,
    /// How they prove who they are: `password`, `2 passkeys`.
    pub ways: Vec<String>,
    /// The groups they are in.
    pub groups: Vec<Entry>,
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
    /// When they were made known.
    pub created_at: Timestamp,
    /// Since when whoever uses their credentials is who they say.
    pub known_since: Timestamp,
    /// Their user in Slack; empty when it is not linked.
    pub slack: String,
    /// What they may, in sentences.
    pub rights: Vec<Right>,
    /// Groups they could be added to.
    pub other_groups: Vec<Entry>,
    /// Whether the reader may change them.
    pub may_change: bool,
    /// Whether it is the reader.
    pub is_self: bool,
    /// A link that was just made: it is shown once, here; empty is none.
    pub invitation: String,
    /// When that link ends.
    pub invitation_ends: Option<Timestamp>,
}

/// Something a person may, or may not.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Right {
    /// In a sentence.
    pub words: String,
    /// The group that gives it, and the permission set in which it stands; `None` for a role.
    pub by: Option<(Entry, Entry)>,
}

/// The body of the list.
#[must_use]
pub fn people(view: &Listing<Person>) -> Markup {
    let list = List {
        name: "People",
        path: paths::PEOPLE,
        columns: &const {
            [
                column("Name"),
                column("Roles"),
                column("State"),
                column("Signs in with"),
                column("Groups"),
            ]
        },
        nothing: "People appear when they are made known or sign in for the first time.",
    };
    list.draw(view, |person| Row {
        key: person.entry.id.clone(),
        cells: vec![
            lead(paths::PEOPLE, &person.entry, &person.email),
            joined(&person.roles),
            state(person),
            joined(&person.ways),
            several(paths::GROUPS, &person.groups),
        ],
    })
}

fn state(person: &Person) -> Markup {
    if person.is_active {
        badge::drawn(Tone::Good, Icon::Check, "Active")
    } else {
        badge::drawn(Tone::Bad, Icon::Cross, "Not active")
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
    let groups = Members {
        name: "Groups",
        id: "groups",
        entries: &view.person.groups,
        list: paths::GROUPS,
        others: &view.other_groups,
        hint: if view.is_self {
            "You wait for a second architect."
        } else {
            ""
        },
        path: if view.may_change {
            paths::deed(paths::PEOPLE, &view.person.entry.id, "groups")
        } else {
            String::new()
        },
        csrf: &view.csrf,
    };
    html! {
        div class="stack" {
            @if !view.invitation.is_empty() { (invitation(view)) }
            div class="halves" {
                (facts(view))
                div class="stack" { (groups.draw()) (rights(&view.rights)) }
            }
        }
    }
}

fn facts(view: &OnePerson) -> Markup {
    let person = &view.person;
    let email = if person.email.is_empty() {
        html! { span class="quiet" { "none" } }
    } else {
        words::line(&person.email)
    };
    let slack = if view.slack.is_empty() {
        html! { span class="quiet" { "not linked" } }
    } else {
        words::code(&view.slack)
    };
    let facts = [
        ("State", state(person)),
        ("Roles", joined(&person.roles)),
        ("Mail", email),
        ("Signs in with", joined(&person.ways)),
        ("Slack", slack),
        ("Made known", moment(view.created_at, view.now)),
        ("Known since", moment(view.known_since, view.now)),
        ("Id", words::code(&person.entry.id)),
    ];
    html! {
        section class="card stack" aria-label="Facts" {
            (pairs(&facts))
            @if view.may_change || (view.is_self && !view.slack.is_empty()) { (deeds(view)) }
        }
    }
}

fn deeds(view: &OnePerson) -> Markup {
    let deed = |deed, call, words, confirm| Deed {
        path: paths::deed(paths::PEOPLE, &view.person.entry.id, deed),
        csrf: &view.csrf,
        call,
        words,
        whom: "",
        confirm,
    };
    let (invite, confirm) = if view.person.ways.is_empty() {
        ("Invite", "")
    } else {
        (
            "Invite again",
            "Whoever has the new link chooses a new password. Their sign-ins end then.",
        )
    };
    html! {
        div class="row" {
            @if view.may_change && view.person.is_active {
                (deed("invite", Call::Normal, invite, confirm).draw())
            }
            @if !view.slack.is_empty() {
                (deed("unlink-slack", Call::Normal, "Unlink Slack", "They can no longer decide in Slack.").draw())
            }
            @if view.may_change && view.person.is_active {
                (deed(
                    "deactivate", Call::Danger, "Deactivate",
                    "They are signed out, their tokens stop working, and they decide nothing any more.",
                ).draw())
            } @else if view.may_change {
                (deed("activate", Call::Normal, "Activate", "They may sign in again, and their tokens work again.").draw())
            }
        }
    }
}

fn invitation(view: &OnePerson) -> Markup {
    notice(
        Tone::Good,
        &html! {
            div class="stack tight" {
                strong { "This is the link of the invitation. It is not shown again." }
                div class="row" {
                    code id="invitation" { (view.invitation) }
                    (button::copy("invitation", "the link"))
                }
                p class="small" {
                    "Bring it to them in a way that nobody else reads: whoever opens it first chooses the password. "
                    "It is good once"
                    @if let Some(ends) = view.invitation_ends { ", and ends " (moment(ends, view.now)) }
                    ". Links made before no longer work."
                }
            }
        },
    )
}

fn rights(rights: &[Right]) -> Markup {
    html! {
        section class="card stack" aria-labelledby="rights" {
            h2 id="rights" { "What they may" }
            @if rights.is_empty() { p class="quiet" { "Nothing: they have no role." } }
            @else {
                ul class="bullets" {
                    @for right in rights {
                        li {
                            (words::line(&right.words))
                            @if let Some((group, set)) = &right.by {
                                div class="quiet small" {
                                    "By " (super::linked(paths::PERMISSION_SETS, set)) ", which the group "
                                    (super::linked(paths::GROUPS, group)) " carries."
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
