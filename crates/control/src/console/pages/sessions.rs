//! Sessions: pieces of work that agents do, each with scopes; and one of them.

mod one;

pub use one::{OneSession, Scope, Work, crumbs, session};

use crate::console::{
    figure,
    page::Section,
    parts::{
        actor::Actor,
        badge::{self, Tone},
        empty::empty,
        field::{Field, Kind},
        filter::filters,
        icon::Icon,
        moment::moment,
        pager::{Pager, pager},
        table::{Row, number, table, words as column},
        tabs::{Tab, tabs},
        words,
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};
use portcullis_firewall::scope::Mode;

/// The part of the console these pages belong to.
pub const SECTION: Section = Section::Sessions;

/// What the list needs.
#[derive(Clone, Debug)]
pub struct Sessions {
    /// The moment the page is made.
    pub now: Timestamp,
    /// Whether those that are over are listed too.
    pub shows_all: bool,
    /// What was searched for; may be empty.
    pub search: String,
    /// An agent's id or name; empty is all.
    pub agent: String,
    /// The sessions of this page.
    pub lines: Vec<Line>,
    /// Before and after.
    pub pager: Pager,
}

/// One session in the list.
#[derive(Clone, Debug)]
pub struct Line {
    /// `ses_…`
    pub id: String,
    /// Where it stands.
    pub state: State,
    /// Whose work it is.
    pub agent: Actor,
    /// Where.
    pub workspace: String,
    /// The ticket it is about; may be empty.
    pub ticket: String,
    /// What it may be done with.
    pub scopes: Vec<(String, Mode)>,
    /// Who opened it; nobody when the agent did.
    pub opened_by: Option<Actor>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it ends, or ended.
    pub ends_at: Timestamp,
    /// How many credentials live or may live.
    pub leases: u64,
    /// How many of these could not be ended.
    pub unended: u64,
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// It may be worked in.
    Open,
    /// Its time is over, and the gate has not cleared it away yet.
    TimeOver,
    /// It is over, and its directory is not known to be cleared.
    Closing,
    /// It is over.
    Closed,
}

impl State {
    fn badge(self) -> Markup {
        match self {
            Self::Open => badge::drawn(Tone::Good, Icon::Check, "Open"),
            Self::TimeOver => badge::drawn(Tone::Warning, Icon::Hourglass, "Its time is over"),
            Self::Closing => badge::drawn(Tone::Warning, Icon::Pause, "Being cleared away"),
            Self::Closed => badge::label(Tone::Quiet, "Closed"),
        }
    }
}

/// Who opened a session.
fn opener(by: Option<&Actor>) -> Markup {
    by.map_or_else(
        || html! { span class="quiet" { "the agent itself" } },
        Actor::draw,
    )
}

/// The body of the list.
#[must_use]
pub fn sessions(view: &Sessions) -> Markup {
    let columns = [
        column("Session"),
        column("State"),
        column("Agent"),
        column("Scopes"),
        column("Opened by"),
        column("Ends"),
        number("Leases in force"),
    ];
    let rows: Vec<Row> = view.lines.iter().map(|line| row(line, view.now)).collect();
    let show = if view.shows_all { "all" } else { "" };
    html! {
        (tabs("Sessions", &[tab("Open", "", !view.shows_all), tab("All", "all", view.shows_all)]))
        div class="card flush" {
            (filters(paths::SESSIONS, &[("show", show)], &fields(view)))
            @if rows.is_empty() {
                (empty("No sessions", "A session is one piece of work: an agent, a workspace, and what it may be done with. Agents and people open them.", &html! {}))
            } @else { (table("Sessions", &columns, &rows)) }
            (pager(&view.pager))
        }
    }
}

fn tab(name: &str, show: &str, is_open: bool) -> Tab {
    Tab {
        name: name.to_owned(),
        path: paths::with_query(paths::SESSIONS, &[("show", show)]),
        count: None,
        is_open,
    }
}

fn fields(view: &Sessions) -> [Field; 2] {
    [
        Field::new("filter", "q", "Search id, ticket, workspace, scope")
            .kind(Kind::Search)
            .value(&view.search),
        Field::new("filter", "agent", "Agent").value(&view.agent),
    ]
}

fn row(line: &Line, now: Timestamp) -> Row {
    Row {
        key: line.id.clone(),
        cells: vec![
            html! {
                a class="lead" href=(paths::one(paths::SESSIONS, &line.id)) { (words::line(&line.id)) }
                div class="quiet small" {
                    "in " (words::line(&line.workspace))
                    @if !line.ticket.is_empty() { ", for " (words::line(&line.ticket)) }
                }
            },
            line.state.badge(),
            line.agent.draw(),
            html! {
                @for (scope, mode) in &line.scopes { div { (words::line(scope)) " " (badge::mode(*mode)) } }
            },
            opener(line.opened_by.as_ref()),
            moment(line.ends_at, now),
            html! {
                (figure::full(line.leases))
                @if line.unended > 0 { " " (badge::drawn(Tone::Bad, Icon::Warning, "Not ended")) }
            },
        ],
    }
}
