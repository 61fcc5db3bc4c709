//! The directory: people, groups, permission sets, workspaces and approver lists.
//!
//! The lists are of one shape, and so are the pages of one entry: facts, what belongs to it, and
//! what may be done with it. What is made or changed has a form on a page of its own.

pub mod approver_lists;
pub mod elevations;
pub mod groups;
pub mod people;
pub mod permission_sets;
pub mod scopes;
pub mod sheet;
pub mod workspaces;

use crate::console::{
    page::Crumb,
    parts::{
        button::{Call, submit, submit_about},
        deed::Deed,
        empty::empty,
        field::{Choice, Field, Kind},
        filter::filters,
        form::{Form, one_button, post},
        pager::{Pager, pager},
        table::{Column, Row, table},
        words,
    },
    paths,
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

/// A list of the directory: what was searched for, and one page of what was found.
#[derive(Clone, Debug)]
pub struct Listing<T> {
    /// What was searched for; may be empty.
    pub search: String,
    /// The entries of this page.
    pub lines: Vec<T>,
    /// Before and after.
    pub pager: Pager,
}

/// How a list is drawn.
struct List {
    name: &'static str,
    path: &'static str,
    columns: &'static [Column],
    /// What is said when there are none.
    nothing: &'static str,
}

impl List {
    fn draw<T>(&self, listing: &Listing<T>, row: impl Fn(&T) -> Row) -> Markup {
        let search = Field::new("filter", "q", "Search")
            .kind(Kind::Search)
            .value(&listing.search);
        let rows: Vec<Row> = listing.lines.iter().map(row).collect();
        html! {
            div class="card flush" {
                (filters(self.path, &[], &[search]))
                @if rows.is_empty() { (empty("Nothing here", self.nothing, &html! {})) }
                @else { (table(self.name, self.columns, &rows)) }
                (pager(&listing.pager))
            }
        }
    }
}

/// The first cell of a row: the name as a link, and what is to be known with it.
fn lead(list: &str, one: &Entry, note: &str) -> Markup {
    html! {
        a class="lead" href=(paths::one(list, &one.id)) { (words::line(&one.name)) }
        @if !note.is_empty() { div class="quiet small" { (words::line(note)) } }
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
    /// Where they are listed.
    list: &'static str,
    /// What may be added; empty adds nothing.
    others: &'v [Entry],
    /// What is to be known before somebody adds; may be empty.
    hint: &'static str,
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
                @else { ul class="votes" { @for one in self.entries { li { (self.entry(one)) } } } }
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
            (submit_about(Call::Plain, "Remove", &one.name))
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
            .hint(self.hint)
            .kind(Kind::Choice(self.others.iter().map(choice).collect()));
        post(
            &form,
            &html! { (field.draw()) div { (submit(Call::Normal, "Add")) } },
        )
    }
}

/// An entry as a link.
fn linked(list: &str, one: &Entry) -> Markup {
    html! { a href=(paths::one(list, &one.id)) { (words::line(&one.name)) } }
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

/// Words behind each other.
fn joined(texts: &[String]) -> Markup {
    html! {
        @if texts.is_empty() { span class="quiet" { "none" } }
        @else { (words::line(&texts.join(", "))) }
    }
}

fn crumb(name: &str, path: &str) -> Vec<Crumb> {
    vec![Crumb {
        name: name.to_owned(),
        path: path.to_owned(),
    }]
}
