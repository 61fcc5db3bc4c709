//! The policies of a tenant, with how each performs.

mod one;

pub use one::{OnePolicy, Version, policy};

use crate::console::{
    charts::bars::{self, Bar},
    figure,
    page::{Crumb, Section},
    parts::{
        badge::{self, Tone},
        button::{Call, link},
        empty::empty,
        field::{Field, Kind, choices},
        filter::filters,
        icon::Icon,
        moment::last,
        pager::{Pager, pager},
        table::{Row, number, table, words as column},
        tabs::{Tab, tabs},
        words,
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};

/// The part of the console these pages belong to.
pub const SECTION: Section = Section::Policies;

/// The types of policy: as the API names them, and for people.
pub const KINDS: [(&str, &str); 8] = [
    ("confidence_floor", "Confidence floor"),
    ("environment_restriction", "Environment restriction"),
    ("action_type_block", "Action type block"),
    ("rate_limit", "Rate limit"),
    ("require_reasoning", "Require reasoning"),
    ("grant_lifecycle", "Grant"),
    ("compliance_pack", "Compliance pack"),
    ("time_window", "Time window"),
];

/// What the list needs.
#[derive(Clone, Debug)]
pub struct Policies {
    /// The moment the page is made.
    pub now: Timestamp,
    /// What is asked for.
    pub filter: Filter,
    /// The policies of this page, newest first.
    pub lines: Vec<Policy>,
    /// How often those of the list fire: of how many evaluations, the most often first.
    pub rates: Vec<Bar>,
    /// Before and after.
    pub pager: Pager,
    /// Whether the reader may change policies.
    pub may_change: bool,
}

/// What is asked for; empty is all.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Filter {
    /// A type, as `?type=`.
    pub kind: String,
    /// `tenant` or `agent`, as `?scope=`.
    pub scope: String,
    /// An agent's id or name, as `?agent=`.
    pub agent: String,
    /// `enforced`, `log_only` or `off`, as `?state=`.
    pub state: String,
}

/// One policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its type, as the API names it.
    pub kind: String,
    /// What it does.
    pub mode: Mode,
    /// The agent it is for: id and name; nothing is every agent.
    pub agent: Option<(String, String)>,
    /// The version in force.
    pub version: u32,
    /// How often it was evaluated.
    pub evaluations: u64,
    /// How often it fired.
    pub fired: u64,
    /// When it last fired.
    pub fired_at: Option<Timestamp>,
    /// The verdicts of what it fired on: cleared, held, blocked.
    pub verdicts: [u64; 3],
}

/// What a policy does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mode {
    /// It binds.
    Enforced,
    /// It only notes what it would have done.
    LogOnly,
    /// It is not evaluated.
    Off,
}

impl Mode {
    /// The word in the address, as `?state=`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enforced => "enforced",
            Self::LogOnly => "log_only",
            Self::Off => "off",
        }
    }

    fn badge(self) -> Markup {
        match self {
            Self::Enforced => badge::drawn(Tone::Good, Icon::Check, "Enforced"),
            Self::LogOnly => badge::drawn(Tone::Warning, Icon::Info, "Log only"),
            Self::Off => badge::label(Tone::Quiet, "Off"),
        }
    }
}

/// The pages about rules, one of which is open.
#[must_use]
pub fn rules(open: &str) -> Markup {
    let tab = |(name, path): (&str, &str)| Tab {
        name: name.to_owned(),
        path: path.to_owned(),
        count: None,
        is_open: path == open,
    };
    let pages = [
        ("Policies", paths::POLICIES),
        ("Tenant policy", paths::TENANT_POLICY),
        ("Settings", paths::SETTINGS),
    ];
    tabs("Rules", &pages.map(tab))
}

/// The body of the list.
#[must_use]
pub fn policies(view: &Policies) -> Markup {
    let columns = [
        column("Policy"),
        column("State"),
        column("For"),
        number("Evaluated"),
        number("Fired"),
        number("Fire rate"),
        column("Cleared, held, blocked"),
        column("Last fired"),
    ];
    let rows: Vec<Row> = view.lines.iter().map(|one| row(one, view.now)).collect();
    html! {
        (rules(paths::POLICIES))
        div class="stack" {
            div class="card flush" {
                (filters(paths::POLICIES, &[], &fields(&view.filter)))
                @if rows.is_empty() {
                    (empty("No policies", "The tenant policy and the principles bind all the same.", &html! {}))
                } @else { (table("Policies", &columns, &rows)) }
                (pager(&view.pager))
            }
            @if !view.rates.is_empty() {
                section class="card" aria-labelledby="often" {
                    header { h2 id="often" { "How often they fire" } span class="quiet small" { "Of every evaluation since they were made" } }
                    (bars::lying("rates", "How often policies fire", "Fired", &view.rates))
                }
            }
        }
    }
}

/// What can be done on the list as a whole.
#[must_use]
pub fn deeds(may_change: bool) -> Markup {
    html! {
        @if may_change { (link(Call::Normal, &paths::one(paths::POLICIES, "new"), "New policy")) }
        (link(Call::Normal, paths::SIMULATOR, "Try the rules"))
    }
}

fn fields(filter: &Filter) -> [Field; 4] {
    let kinds: Vec<(&str, &str)> = std::iter::once(("", "All")).chain(KINDS).collect();
    let scopes = choices(&[
        ("", "All"),
        ("tenant", "Every agent"),
        ("agent", "One agent"),
    ]);
    let states = choices(&[
        ("", "All"),
        (Mode::Enforced.as_str(), "Enforced"),
        (Mode::LogOnly.as_str(), "Log only"),
        (Mode::Off.as_str(), "Off"),
    ]);
    let field = |name, label, value: &str| Field::new("filter", name, label).value(value);
    [
        field("type", "Type", &filter.kind).kind(choices(&kinds)),
        field("scope", "Scope", &filter.scope).kind(scopes),
        field("agent", "Agent", &filter.agent).kind(Kind::Search),
        field("state", "State", &filter.state).kind(states),
    ]
}

fn row(policy: &Policy, now: Timestamp) -> Row {
    let [cleared, held, blocked] = policy.verdicts;
    Row {
        key: policy.id.clone(),
        cells: vec![
            html! {
                a class="lead" href=(paths::one(paths::POLICIES, &policy.id)) { (words::line(&policy.name)) }
                div class="quiet small" { (words::code(&policy.kind)) " · version " (policy.version) }
            },
            policy.mode.badge(),
            scope(policy),
            html! { (figure::full(policy.evaluations)) },
            html! { (figure::full(policy.fired)) },
            html! { (figure::share(policy.fired, policy.evaluations)) },
            html! { (figure::full(cleared)) " · " (figure::full(held)) " · " (figure::full(blocked)) },
            last(policy.fired_at, now),
        ],
    }
}

fn scope(policy: &Policy) -> Markup {
    html! {
        @if let Some((id, name)) = &policy.agent { a href=(paths::one(paths::AGENTS, id)) { (words::line(name)) } }
        @else { "Every agent" }
    }
}

/// The way to the page of one policy.
#[must_use]
pub fn crumbs() -> Vec<Crumb> {
    vec![crumb("Policies", paths::POLICIES)]
}

/// The way to a form that changes something of the rules.
#[must_use]
pub fn crumbs_to(name: &str, path: &str) -> Vec<Crumb> {
    let mut way = crumbs();
    way.push(crumb(name, path));
    way
}

fn crumb(name: &str, path: &str) -> Crumb {
    Crumb {
        name: name.to_owned(),
        path: path.to_owned(),
    }
}
