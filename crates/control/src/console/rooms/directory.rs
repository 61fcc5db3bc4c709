//! The directory: people, groups, permission sets, workspaces and approver lists.
//!
//! Every room reads what the firewall shows to its reader. What changes something asks for an
//! architect before it reads what was sent, and the firewall checks again.

mod approver_lists;
mod elevations;
mod form;
mod groups;
mod people;
mod permission_sets;
mod person;
mod rights;
mod roles;
mod scopes;
mod workspaces;

use super::{
    answer::{Body, Refused},
    question::Question,
    seat::Seated,
};
use crate::{
    console::{
        page::{Crumb, Section},
        pages::directory::{Entry, Listing},
        parts::button::{Call, link},
    },
    rights::Gate,
};
use axum::{Router, extract::FromRequestParts, http::request::Parts};
use maud::{Markup, html};
use portcullis_firewall::{access::PermissionSet, error::GateError, group::Group, person::Person};

pub(super) fn routes() -> Router<Gate> {
    Router::new()
        .merge(approver_lists::routes())
        .merge(elevations::routes())
        .merge(groups::routes())
        .merge(people::routes())
        .merge(permission_sets::routes())
        .merge(person::routes())
        .merge(scopes::routes())
        .merge(workspaces::routes())
}

/// An architect who is signed in.
///
/// Fails closed: for anybody else nothing of the request is read, and nothing is drawn.
struct Changing(Seated);

impl FromRequestParts<Gate> for Changing {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, gate: &Gate) -> Result<Self, Refused> {
        let seat = Seated::from_request_parts(parts, gate).await?;
        seat.must_configure()?;
        Ok(Self(seat))
    }
}

/// A page that is not drawn yet.
fn page(title: &str, section: Section, markup: Markup) -> Body<'_> {
    Body {
        title,
        section,
        crumbs: Vec::new(),
        deeds: html! {},
        markup,
    }
}

/// The one of all that is meant.
///
/// # Errors
/// [`GateError::NotFound`].
fn found<T>(
    all: Vec<T>,
    (what, id): (&'static str, &str),
    is_meant: impl Fn(&T) -> bool,
) -> Result<T, GateError> {
    let found = all.into_iter().find(is_meant);
    found.ok_or_else(|| GateError::NotFound(what, id.to_owned()))
}

/// The one main deed of a page: a link for who may change the directory, nothing for others.
fn deed(seat: &Seated, path: &str, words: &str) -> Markup {
    html! { @if seat.principal.configures() { (link(Call::Primary, path, words)) } }
}

/// One step more on the way to a page.
fn below(mut crumbs: Vec<Crumb>, name: &str, path: String) -> Vec<Crumb> {
    crumbs.push(Crumb {
        name: name.to_owned(),
        path,
    });
    crumbs
}

/// One page of those whose texts hold what was searched for, drawn line by line.
///
/// # Errors
/// 422 for a page that is no number.
fn listing<T, L>(
    asked: &Question,
    mut all: Vec<T>,
    texts: impl Fn(&T) -> Vec<String>,
    line: impl FnMut(T) -> L,
) -> Result<Listing<L>, GateError> {
    let search = asked.word("q").to_lowercase();
    let has = |text: &String| text.to_lowercase().contains(&search);
    all.retain(|one| texts(one).iter().any(has));
    let (found, pager) = asked.cut(all)?;
    Ok(Listing {
        search: asked.word("q").to_owned(),
        lines: found.into_iter().map(line).collect(),
        pager,
    })
}

fn entry(id: &str, name: &str) -> Entry {
    Entry {
        id: id.to_owned(),
        name: name.to_owned(),
    }
}

impl From<&Person> for Entry {
    fn from(person: &Person) -> Self {
        entry(person.id.as_str(), &person.name)
    }
}

impl From<&Group> for Entry {
    fn from(group: &Group) -> Self {
        entry(group.id.as_str(), &group.name)
    }
}

impl From<&PermissionSet> for Entry {
    fn from(set: &PermissionSet) -> Self {
        entry(&set.id, &set.name)
    }
}

/// Those of them that are meant, as links.
fn entries<'t, T: 't>(all: &'t [T], meant: impl Fn(&T) -> bool) -> Vec<Entry>
where
    Entry: From<&'t T>,
{
    all.iter()
        .filter(|one| meant(one))
        .map(Entry::from)
        .collect()
}
