//! The agents of a tenant, and one of them.

mod belongings;

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
        form::{Form, one_button, post},
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
use portcullis_firewall::hold::HoldStatus;

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
    /// The id of that person; empty when nobody knows them here.
    pub owner_id: String,
    /// Where it stands.
    pub state: State,
    /// When it last asked.
    pub seen_at: Option<Timestamp>,
    /// Its judgements so far: CLEARED, HELD, BLOCKED.
    pub verdicts: [u64; 3],
}

impl Agent {
    fn owner(&self) -> Markup {
        html! {
            @if self.owner_id.is_empty() { (words::line(&self.owner)) }
            @else { a href=(paths::one(paths::PEOPLE, &self.owner_id)) { (words::line(&self.owner)) } }
        }
    }

    fn judgements(&self) -> u64 {
        self.verdicts
            .iter()
            .fold(0, |sum, one| sum.saturating_add(*one))
    }
}

/// Where an agent stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// It may ask.
    Active,
    /// Everything it asks for waits for people until somebody resumes it.
    Paused,
    /// It is refused: something was wrong with it.
    Blocked,
    /// It is no more.
    Deregistered,
    /// It is no more, for ever.
    Revoked,
}

impl State {
    fn badge(self) -> Markup {
        match self {
            Self::Active => badge::drawn(Tone::Good, Icon::Check, "Active"),
            Self::Paused => badge::drawn(Tone::Warning, Icon::Pause, "Paused"),
            Self::Blocked => badge::drawn(Tone::Bad, Icon::Cross, "Blocked"),
            Self::Deregistered => badge::label(Tone::Quiet, "Deregistered"),
            Self::Revoked => badge::label(Tone::Bad, "Identity revoked"),
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
    /// Its judgements of the last day by hour, oldest first.
    pub by_hour: Vec<u64>,
    /// What else is known: name and value, as they came.
    pub facts: Vec<(String, String)>,
    /// Its newest holds.
    pub holds: Vec<AgentHold>,
    /// Its newest violations.
    pub violations: Vec<AgentViolation>,
    /// What is in the field for the owner.
    pub owner_typed: String,
    /// What was wrong with the owner that was sent; empty is nothing.
    pub owner_error: String,
    /// Whether the reader may pause and resume it.
    pub may_change: bool,
}

/// A hold of an agent.
#[derive(Clone, Debug)]
pub struct AgentHold {
    /// Its id.
    pub id: String,
    /// What it is about, in a line.
    pub what: String,
    /// Where it stands.
    pub status: HoldStatus,
    /// When it was made.
    pub at: Timestamp,
}

/// A violation of an agent.
#[derive(Clone, Debug)]
pub struct AgentViolation {
    /// The record of the verdict.
    pub record: u64,
    /// Its kind, as the API names it.
    pub kind: String,
    /// Why, in words.
    pub reason: String,
    /// Whether nobody dealt with it yet.
    pub is_open: bool,
    /// When.
    pub at: Timestamp,
}

/// The body of the list.
#[must_use]
pub fn agents(view: &Agents) -> Markup {
    let columns = [
        column("Agent"),
        column("State"),
        column("Owner"),
        number("Judgements"),
        number("Held"),
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
        ("identity_revoked", "Identity revoked"),
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
    let [_, held, blocked] = agent.verdicts;
    Row {
        key: agent.id.clone(),
        cells: vec![
            html! {
                a class="lead" href=(paths::one(paths::AGENTS, &agent.id)) { (words::line(&agent.name)) }
                div class="quiet small" { (words::code(&agent.id)) }
            },
            agent.state.badge(),
            agent.owner(),
            html! { (figure::full(agent.judgements())) },
            html! { (figure::full(held)) },
            html! { (figure::full(blocked)) },
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
    let [cleared, held, blocked] = agent.verdicts;
    let mut facts = vec![
        ("State", agent.state.badge()),
        ("Id", words::code(&agent.id)),
        ("Owner", agent.owner()),
        ("Last asked", last(agent.seen_at, view.now)),
        (
            "So far",
            html! {
                (figure::count(agent.judgements(), "judgement")) ": " (figure::full(cleared)) " cleared, "
                (figure::full(held)) " held, " (figure::full(blocked)) " blocked"
            },
        ),
        (
            "Last 24 hours",
            spark::line("Judgements by hour", &view.by_hour),
        ),
    ];
    let more = view.facts.iter();
    facts.extend(more.map(|(name, value)| (name.as_str(), words::line(value))));
    let activity = paths::with_query(paths::FEED, &[("agent", &agent.id)]);
    html! {
        div class="stack" {
            div class="card stack" {
                (pairs(&facts))
                div class="row" {
                    a class="button slim" href=(activity) { "See its judgements" }
                    @if view.may_change { (change(view)) }
                }
                @if view.may_change { (owner(view)) }
            }
            (belongings::holds(view))
            (belongings::violations(view))
        }
    }
}

fn owner(view: &OneAgent) -> Markup {
    let form = Form {
        path: &paths::deed(paths::AGENTS, &view.agent.id, "owner"),
        csrf: &view.csrf,
        ..Form::default()
    };
    let field = Field::new("owner", "owner", "Owner")
        .hint("The name of a person. They answer for the agent, and do not approve what it asks. Left empty, it has none.")
        .value(&view.owner_typed)
        .error(&view.owner_error);
    post(
        &form,
        &html! { (field.draw()) div { (submit(Call::Normal, "Change the owner")) } },
    )
}

fn change(view: &OneAgent) -> Markup {
    let (deed, call, words, confirm) = match view.agent.state {
        State::Active => (
            "pause",
            Call::Danger,
            "Pause",
            "Everything this agent asks for waits for people until somebody resumes it.",
        ),
        State::Blocked => (
            "unblock",
            Call::Normal,
            "Unblock",
            "This agent may ask again, under the rules as they are now.",
        ),
        State::Paused => (
            "resume",
            Call::Normal,
            "Resume",
            "This agent may ask again, under the rules as they are now.",
        ),
        State::Deregistered | State::Revoked => return html! {},
    };
    let form = Form {
        path: &paths::deed(paths::AGENTS, &view.agent.id, deed),
        csrf: &view.csrf,
        confirm,
        ..Form::default()
    };
    one_button(&form, &submit(call, words))
}
