//! The directory: people, groups, permission sets and approver lists.
//!
//! The lists are of one shape, and so are the pages of one entry: facts, what belongs to it, and
//! what may be done with it.

pub mod approver_lists;
pub mod groups;
pub mod people;
pub mod permission_sets;

use crate::console::{
    page::Crumb,
    parts::{
        button::{Call, submit},
        empty::empty,
        field::{Choice, Field, Kind},
        filter::filters,
        form::{Form, one_button, post},
        pager::{Pager, pager},
        table::{Column, Row, table},
        words,
    },
};
use maud::{Markup, html};
use portcullis_firewall::visible::visible_line;

/// A link to another entry of the directory.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A list with a search above it.
struct List<'v> {
    name: &'static str,
    path: &'static str,
    search: &'v str,
    columns: &'v [Column],
    rows: Vec<Row>,
    pager: &'v Pager,
    /// What is said when there are none.
    nothing: &'static str,
}

impl List<'_> {
    fn draw(&self) -> Markup {
        let search = Field::new("filter", "q", "Search")
            .kind(Kind::Search)
            .value(self.search);
        html! {
            div class="card flush" {
                (filters(self.path, &[], &[search]))
                @if self.rows.is_empty() { (empty("Nothing here", self.nothing, &html! {})) }
                @else { (table(self.name, self.columns, &self.rows)) }
                (pager(self.pager))
            }
        }
    }
}

/// Things that belong to an entry, each of which can be taken away, and one that can be added.
struct Members<'v> {
    /// The heading.
    name: &'static str,
    /// The id of the heading, and the name of the form.
    id: &'static str,
    /// What belongs to it.
    entries: &'v [Entry],
    /// Where they are listed; empty links nowhere.
    list: &'static str,
    /// What may be added; empty adds nothing.
    others: &'v [Entry],
    /// Where the forms post to, without the deed; empty when the reader may not change it.
    path: String,
    csrf: &'v str,
}

impl Members<'_> {
    fn draw(&self) -> Markup {
        html! {
            section class="card stack" aria-labelledby=(self.id) {
                h2 id=(self.id) { (self.name) }
                @if self.entries.is_empty() { p class="quiet" { "None." } }
                ul class="votes" { @for one in self.entries { li { (self.entry(one)) } } }
                @if !self.path.is_empty() && !self.others.is_empty() { (self.add()) }
            }
        }
    }

    fn entry(&self, one: &Entry) -> Markup {
        let form = Form {
            path: &format!("{}/remove", self.path),
            csrf: self.csrf,
            confirm: "It is taken away at once.",
            ..Form::default()
        };
        let button = html! {
            input type="hidden" name="id" value=(one.id);
            button type="submit" class="button plain slim" { "Remove" span class="hush" { " " (words::line(&one.name)) } }
        };
        html! {
            (linked(self.list, one))
            @if !self.path.is_empty() { (one_button(&form, &button)) }
        }
    }

    fn add(&self) -> Markup {
        let form = Form {
            path: &format!("{}/add", self.path),
            csrf: self.csrf,
            ..Form::default()
        };
        let choice = |one: &Entry| Choice {
            value: one.id.clone(),
            name: visible_line(&one.name).into_owned(),
        };
        let field = Field::new(self.id, "id", "Add")
            .kind(Kind::Choice(self.others.iter().map(choice).collect()));
        post(
            &form,
            &html! { (field.draw()) div { (submit(Call::Normal, "Add")) } },
        )
    }
}

/// An entry as a link, if it has a page.
fn linked(list: &str, one: &Entry) -> Markup {
    html! {
        @if list.is_empty() { (words::line(&one.name)) }
        @else { a href=(crate::console::paths::one(list, &one.id)) { (words::line(&one.name)) } }
    }
}

/// Entries behind each other.
fn several(list: &str, entries: &[Entry]) -> Markup {
    html! {
        @if entries.is_empty() { span class="quiet" { "none" } }
        @for (place, one) in entries.iter().enumerate() {
            @if place > 0 { ", " }
            (linked(list, one))
        }
    }
}

fn crumb(name: &str, path: &str) -> Vec<Crumb> {
    vec![Crumb {
        name: name.to_owned(),
        path: path.to_owned(),
    }]
}
