//! One session: what it may, what was minted for it, and what was done in it.

use super::{Line, State, opener};
use crate::console::{
    page::Crumb,
    pages::leases::{Lease, of_session},
    parts::{
        actor::Actor,
        badge,
        button::{Call, submit, submit_about},
        deed::Deed,
        field::Field,
        form::{Form, one_button, post},
        moment::{clock, moment},
        pairs::pairs,
        table::{Row, table, words as column},
        words,
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};
use portcullis_firewall::scope::Mode;
use portcullis_policy::tier::Verdict;

/// What the page needs.
#[derive(Clone, Debug)]
pub struct OneSession {
    /// The moment the page is made.
    pub now: Timestamp,
    /// The token against forged requests.
    pub csrf: String,
    /// The session.
    pub line: Line,
    /// When it ends at the latest.
    pub until: Timestamp,
    /// By whom it was ended, and why; when it was.
    pub end: Option<(Actor, String)>,
    /// Its scopes.
    pub scopes: Vec<Scope>,
    /// What was minted for it.
    pub leases: Vec<Lease>,
    /// What was asked for in it, newest first.
    pub work: Vec<Work>,
    /// Whether more was asked for than is listed.
    pub has_more_work: bool,
    /// Whether the reader may renew it, close it, and take scopes away.
    pub may_change: bool,
}

/// A scope that a session has.
#[derive(Clone, Debug)]
pub struct Scope {
    /// Which.
    pub name: String,
    /// What was granted.
    pub mode: Mode,
    /// Who gave it; nobody when the agent took it by itself.
    pub given_by: Option<Actor>,
}

/// An action that was asked for in a session.
#[derive(Clone, Debug)]
pub struct Work {
    /// The record of its verdict.
    pub record: u64,
    /// When.
    pub at: Timestamp,
    /// The verdict.
    pub verdict: Verdict,
    /// Its type.
    pub action: String,
    /// On what.
    pub target: String,
    /// The scope that it named; may be empty.
    pub scope: String,
    /// What became of it, as far as that is known; may be empty.
    pub outcome: String,
    /// The same in a sentence; may be empty.
    pub effect: String,
}

/// The way to the page of one session.
#[must_use]
pub fn crumbs() -> Vec<Crumb> {
    vec![Crumb {
        name: "Sessions".to_owned(),
        path: paths::SESSIONS.to_owned(),
    }]
}

/// The body of one session's page.
#[must_use]
pub fn session(view: &OneSession) -> Markup {
    html! {
        div class="stack" {
            div class="halves" { (facts(view)) (scopes(view)) }
            (of_session(&view.leases, view.now))
            (work(view))
        }
    }
}

fn facts(view: &OneSession) -> Markup {
    let line = &view.line;
    let mut facts = vec![
        ("State", line.state.badge()),
        ("Agent", line.agent.draw()),
        (
            "Workspace",
            html! { a href=(paths::one(paths::WORKSPACES, &line.workspace)) { (words::line(&line.workspace)) } },
        ),
        ("Opened by", opener(line.opened_by.as_ref())),
        (
            "Opened",
            html! { (clock(line.opened_at)) " " span class="quiet" { "(" (moment(line.opened_at, view.now)) ")" } },
        ),
    ];
    if !line.ticket.is_empty() {
        facts.push(("Ticket", words::line(&line.ticket)));
    }
    match &view.end {
        None => {
            facts.push((
                "Ends",
                html! { (moment(line.ends_at, view.now)) ", unless it is renewed" },
            ));
            facts.push(("At the latest", clock(view.until)));
        }
        Some((by, why)) => {
            facts.push(("Ended", clock(line.ends_at)));
            facts.push(("Ended by", by.draw()));
            facts.push(("Because", words::line(why)));
        }
    }
    facts.push(("Id", words::code(&line.id)));
    html! {
        section class="card stack" aria-label="Facts" {
            (pairs(&facts))
            @if view.may_change && line.state == State::Open { (deeds(view)) }
        }
    }
}

fn deeds(view: &OneSession) -> Markup {
    let path = |deed| paths::deed(paths::SESSIONS, &view.line.id, deed);
    let renew = Deed {
        path: path("renew"),
        csrf: &view.csrf,
        call: Call::Normal,
        words: "Renew for 15 minutes",
        whom: "",
        confirm: "",
    };
    let close = Form {
        path: &path("close"),
        csrf: &view.csrf,
        confirm: "Nothing is minted for it from now on, everything that was is ended, and its directory is cleared.",
        ..Form::default()
    };
    let reason = Field::new("close", "reason", "Why it is closed")
        .hint("For the record. May be left empty.");
    html! {
        div { (renew.draw()) }
        (post(&close, &html! { (reason.draw()) div { (submit(Call::Danger, "Close the session")) } }))
    }
}

fn scopes(view: &OneSession) -> Markup {
    // The last one stays: then the session is closed instead.
    let takes = view.may_change && view.line.state == State::Open && view.scopes.len() > 1;
    let row = |scope: &Scope| {
        let mut cells = vec![
            html! { a class="lead" href=(paths::one(paths::SCOPES, &scope.name)) { (words::line(&scope.name)) } },
            badge::mode(scope.mode),
            opener(scope.given_by.as_ref()),
        ];
        cells.extend(takes.then(|| take_away(view, scope)));
        Row {
            key: String::new(),
            cells,
        }
    };
    let rows: Vec<Row> = view.scopes.iter().map(row).collect();
    let mut columns = vec![column("Scope"), column("May"), column("Given by")];
    columns.extend(takes.then(|| column("Deed")));
    html! {
        section class="card flush" aria-labelledby="scopes" {
            header { h2 id="scopes" { "Scopes" } }
            (table("Scopes", &columns, &rows))
        }
    }
}

fn take_away(view: &OneSession, scope: &Scope) -> Markup {
    let form = Form {
        path: &paths::deed(paths::SESSIONS, &view.line.id, "take-away"),
        csrf: &view.csrf,
        confirm: "Everything that was minted from it for this session is ended.",
        ..Form::default()
    };
    let button = html! {
        input type="hidden" name="scope" value=(scope.name);
        (submit_about(Call::Danger, "Take away", &scope.name))
    };
    one_button(&form, &button)
}

fn work(view: &OneSession) -> Markup {
    let row = |one: &Work| Row {
        key: one.record.to_string(),
        cells: vec![
            html! {
                a class="lead" href=(paths::one(paths::AUDIT, &one.record.to_string())) { (words::line(&one.action)) }
                div { (words::line(&one.target)) }
            },
            badge::verdict(one.verdict),
            words::line(&one.scope),
            html! {
                (words::line(&one.outcome))
                @if !one.effect.is_empty() { div class="quiet small" { (words::line(&one.effect)) } }
            },
            moment(one.at, view.now),
        ],
    };
    let rows: Vec<Row> = view.work.iter().map(row).collect();
    let columns = [
        column("Action"),
        column("Verdict"),
        column("Scope"),
        column("Outcome"),
        column("When"),
    ];
    html! {
        section class="card flush" aria-labelledby="work" {
            header {
                h2 id="work" { "What was done in it" }
                @if view.has_more_work { span class="quiet small" { "The newest " (rows.len()) } }
            }
            @if rows.is_empty() { p class="empty" { "Nothing yet." } } @else { (table("What was done in it", &columns, &rows)) }
        }
    }
}
