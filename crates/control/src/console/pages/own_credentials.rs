//! Where one's own credential is used in the place of a shared one. Nobody sees another's.

use crate::console::{
    page::Section,
    parts::{
        badge::{self, Tone},
        button::{Call, submit},
        deed::Deed,
        empty::empty,
        field::{Choice, Field, Kind},
        form::{Form, post},
        icon::Icon,
        moment::moment,
        notice::notice,
        table::{Row, table, words as column},
        words,
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};
use portcullis_firewall::visible::visible_line;

/// The part of the console this page belongs to.
pub const SECTION: Section = Section::OwnCredentials;

/// What the page needs.
#[derive(Clone, Debug)]
pub struct OwnCredentials {
    /// The moment the page is made.
    pub now: Timestamp,
    /// The token against forged requests.
    pub csrf: String,
    /// What the reader has said.
    pub lines: Vec<Line>,
    /// The scopes about which they may say something else.
    pub others: Vec<String>,
}

/// What somebody has said about one scope.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// Which.
    pub scope: String,
    /// Whether their own credential is used.
    pub is_on: bool,
    /// Since when.
    pub since: Timestamp,
}

/// The page's body.
#[must_use]
pub fn own_credentials(view: &OwnCredentials) -> Markup {
    let rows: Vec<Row> = view.lines.iter().map(|line| row(view, line)).collect();
    let columns = [
        column("Scope"),
        column("Your own credential"),
        column("Since"),
        column("Deeds"),
    ];
    html! {
        div class="stack" {
            (notice(Tone::Quiet, &html! {
                "In the sessions that you open, and in no other, your own credential at a provider can stand in for the shared one. "
                "The operator keeps the credential itself with the provider: none is typed in here, and none is ever shown."
            }))
            section class="card flush" aria-labelledby="said" {
                header { h2 id="said" { "What you said" } }
                @if rows.is_empty() { (empty("Nothing yet", "The shared credentials are used.", &html! {})) }
                @else { (table("What you said", &columns, &rows)) }
            }
            @if !view.others.is_empty() { (add(view)) }
        }
    }
}

fn row(view: &OwnCredentials, line: &Line) -> Row {
    let deed = |deed, call, words, confirm| Deed {
        path: paths::deed(paths::OWN_CREDENTIALS, &line.scope, deed),
        csrf: &view.csrf,
        call,
        words,
        whom: &line.scope,
        confirm,
    };
    let ends = "What was minted the other way is ended at once.";
    let turn = if line.is_on {
        deed("off", Call::Normal, "Switch off", ends)
    } else {
        deed("on", Call::Normal, "Switch on", ends)
    };
    let state = if line.is_on {
        badge::drawn(Tone::Good, Icon::Check, "Used")
    } else {
        badge::label(Tone::Quiet, "Off: the shared one is used")
    };
    Row {
        key: line.scope.clone(),
        cells: vec![
            html! { a class="lead" href=(paths::one(paths::SCOPES, &line.scope)) { (words::line(&line.scope)) } },
            state,
            moment(line.since, view.now),
            html! {
                div class="row" {
                    (turn.draw())
                    (deed("forget", Call::Danger, "Forget", "The shared one is used from now on.").draw())
                }
            },
        ],
    }
}

fn add(view: &OwnCredentials) -> Markup {
    let form = Form {
        path: paths::OWN_CREDENTIALS,
        csrf: &view.csrf,
        ..Form::default()
    };
    let choice = |scope: &String| Choice {
        value: scope.clone(),
        name: visible_line(scope).into_owned(),
    };
    let field = Field::new("add", "scope", "Scope")
        .hint("Those that you may have credentials issued for.")
        .kind(Kind::Choice(view.others.iter().map(choice).collect()));
    html! {
        section class="card stack narrow" aria-labelledby="add" {
            h2 id="add" { "Use your own" }
            (post(&form, &html! { (field.draw()) div { (submit(Call::Primary, "Use my own credential")) } }))
        }
    }
}
