//! The agents of a tenant, and one of them.

use crate::console::{
    charts::spark,
    figure,
    page::{Crumb, Section},
    parts::{
        badge::{self, Tone},
        button::{Call, submit},
        empty::empty,
        field::{Field, Kind, choices},
        filter::filters,
        form::{Form, one_button},
        icon::Icon,
        moment::last,
        pager::{Pager, pager},
        pairs::pairs,
        table::{Row, number, table, words as column},
        words,
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};

/// The part of the console these pages belong to.
pub const SECTION: Section = Section::Agents;

/// What the list needs.
#[derive(Clone, Debug)]
pub struct Agents {
    /// The moment the page is made.
    pub now: Timestamp,
    /// What was searched for; may be empty.
    pub search: String,
    /// The state that is asked for; empty is all.
    pub state: String,
    /// The agents of this page.
    pub lines: Vec<Agent>,
    /// Before and after.
    pub pager: Pager,
}

/// One agent.
#[derive(Clone, Debug)]
pub struct Agent {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who answers for it; empty is nobody.
    pub owner: String,
    /// Where it stands.
    pub state: State,
    /// When it last asked.
    pub seen_at: Option<Timestamp>,
    /// Its judgements in the last day.
    pub judgements: u64,
    /// How many of those were BLOCKED.
    pub blocked: u64,
    /// Its judgements by hour, oldest first.
    pub by_hour: Vec<u64>,
}

/// Where an agent stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// It may ask.
    Active,
    /// It is refused until somebody resumes it.
    Paused,
    /// It is refused: something was wrong with it.
    Blocked,
    /// It is no more.
    Deregistered,
}

impl State {
    fn badge(self) -> Markup {
        match self {
            Self::Active => badge::drawn(Tone::Good, Icon::Check, "Active"),
            Self::Paused => badge::drawn(Tone::Warning, Icon::Pause, "Paused"),
            Self::Blocked => badge::drawn(Tone::Bad, Icon::Cross, "Blocked"),
            Self::Deregistered => badge::label(Tone::Quiet, "Deregistered"),
        }
    }
}

/// What the page of one agent needs.
#[derive(Clone, Debug)]
pub struct OneAgent {
    /// The moment the page is made.
    pub now: Timestamp,
    /// The token against forged requests.
    pub csrf: String,
    /// The agent.
    pub agent: Agent,
    /// What else is known: name and value, as they came.
    pub facts: Vec<(String, String)>,
    /// Whether the reader may pause and resume it.
    pub may_change: bool,
}

/// The body of the list.
#[must_use]
pub fn agents(view: &Agents) -> Markup {
    let columns = [
        column("Agent"),
        column("State"),
        column("Owner"),
        column("Last 24 hours"),
        number("Judgements"),
        number("Blocked"),
        column("Last asked"),
    ];
    let rows: Vec<Row> = view
        .lines
        .iter()
        .map(|agent| row(agent, view.now))
        .collect();
    let states = choices(&[
        ("", "All"),
        ("active", "Active"),
        ("paused", "Paused"),
        ("blocked", "Blocked"),
        ("deregistered", "Deregistered"),
    ]);
    let fields = [
        Field::new("filter", "q", "Search")
            .kind(Kind::Search)
            .value(&view.search),
        Field::new("filter", "state", "State")
            .kind(states)
            .value(&view.state),
    ];
    html! {
        div class="card flush" {
            (filters(paths::AGENTS, &[], &fields))
            @if rows.is_empty() { (empty("No agents", "An agent that is registered over the API or the command line is listed here.", &html! {})) }
            @else { (table("Agents", &columns, &rows)) }
            (pager(&view.pager))
        }
    }
}

fn row(agent: &Agent, now: Timestamp) -> Row {
    Row {
        key: agent.id.clone(),
        cells: vec![
            html! {
                a class="lead" href=(paths::one(paths::AGENTS, &agent.id)) { (words::line(&agent.name)) }
                div class="quiet small" { (words::code(&agent.id)) }
            },
            agent.state.badge(),
            words::line(&agent.owner),
            spark::line("Judgements by hour", &agent.by_hour),
            html! { (figure::full(agent.judgements)) },
            html! { (figure::full(agent.blocked)) },
            last(agent.seen_at, now),
        ],
    }
}

/// The way to the page of one agent.
#[must_use]
pub fn crumbs() -> Vec<Crumb> {
    vec![Crumb {
        name: "Agents".to_owned(),
        path: paths::AGENTS.to_owned(),
    }]
}

/// The body of one agent's page.
#[must_use]
pub fn agent(view: &OneAgent) -> Markup {
    let agent = &view.agent;
    let mut facts = vec![
        ("State", agent.state.badge()),
        ("Id", words::code(&agent.id)),
        ("Owner", words::line(&agent.owner)),
        ("Last asked", last(agent.seen_at, view.now)),
        (
            "Last 24 hours",
            html! { (figure::count(agent.judgements, "judgement")) ", " (figure::full(agent.blocked)) " blocked" },
        ),
        ("By hour", spark::line("Judgements by hour", &agent.by_hour)),
    ];
    let more = view.facts.iter();
    facts.extend(more.map(|(name, value)| (name.as_str(), words::line(value))));
    let activity = paths::with_query(paths::FEED, &[("agent", &agent.id)]);
    html! {
        div class="card stack" {
            (pairs(&facts))
            div class="row" {
                a class="button slim" href=(activity) { "See its judgements" }
                @if view.may_change { (change(view)) }
            }
        }
    }
}

fn change(view: &OneAgent) -> Markup {
    let (deed, call, words, confirm) = match view.agent.state {
        State::Active => (
            "pause",
            Call::Danger,
            "Pause",
            "Everything this agent asks for is refused until somebody resumes it.",
        ),
        State::Paused | State::Blocked => (
            "resume",
            Call::Normal,
            "Resume",
            "This agent may ask again, under the rules as they are now.",
        ),
        State::Deregistered => return html! {},
    };
    let form = Form {
        path: &paths::deed(paths::AGENTS, &view.agent.id, deed),
        csrf: &view.csrf,
        confirm,
        ..Form::default()
    };
    one_button(&form, &submit(call, words))
}
