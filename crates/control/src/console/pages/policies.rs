//! The policies of a tenant, and one of them with its versions and metrics.

use crate::console::{
    figure,
    page::{Crumb, Section},
    parts::{
        badge::{self, Tone},
        button::{Call, link, submit},
        code::{Block, block},
        diff::Line as CodeLine,
        empty::empty,
        form::{Form, one_button},
        icon::Icon,
        moment::{last, moment},
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
pub const SECTION: Section = Section::Policies;

/// What the list needs.
#[derive(Clone, Debug)]
pub struct Policies {
    /// The moment the page is made.
    pub now: Timestamp,
    /// The digest of the rules in force.
    pub rules_digest: String,
    /// The policies of this page.
    pub lines: Vec<Policy>,
    /// Before and after.
    pub pager: Pager,
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
    /// The agent it is for; empty is every agent.
    pub agent: String,
    /// The version in force.
    pub version: u64,
    /// How often it was evaluated.
    pub evaluations: u64,
    /// How often it fired.
    pub fired: u64,
    /// When it last fired.
    pub fired_at: Option<Timestamp>,
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
    fn badge(self) -> Markup {
        match self {
            Self::Enforced => badge::drawn(Tone::Good, Icon::Check, "Enforced"),
            Self::LogOnly => badge::drawn(Tone::Warning, Icon::Info, "Log only"),
            Self::Off => badge::label(Tone::Quiet, "Off"),
        }
    }
}

/// What the page of one policy needs.
#[derive(Clone, Debug)]
pub struct OnePolicy {
    /// The moment the page is made.
    pub now: Timestamp,
    /// The token against forged requests.
    pub csrf: String,
    /// The policy.
    pub policy: Policy,
    /// What it says for itself.
    pub description: String,
    /// How often it changed a verdict: from and to, and the count.
    pub impact: Vec<(String, u64)>,
    /// Its text, compared with the version before it when one is asked for.
    pub text: Vec<CodeLine>,
    /// What the text above shows: `Version 4`, `Version 3 → 4`.
    pub text_name: String,
    /// Its versions, newest first.
    pub versions: Vec<Version>,
    /// Whether the reader may switch it.
    pub may_change: bool,
}

/// One version.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its number.
    pub number: u64,
    /// Who made it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What they said about it; may be empty.
    pub note: String,
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
        column("Last fired"),
    ];
    let rows: Vec<Row> = view.lines.iter().map(|one| row(one, view.now)).collect();
    html! {
        div class="stack" {
            div class="card flush" {
                @if rows.is_empty() {
                    (empty("No policies", "The tenant policy and the principles bind all the same. Policies are applied with the command line or the API.", &html! {}))
                } @else { (table("Policies", &columns, &rows)) }
                (pager(&view.pager))
            }
            p class="quiet small" { "Rules in force: " (words::digest("rules", &view.rules_digest)) }
        }
    }
}

fn row(policy: &Policy, now: Timestamp) -> Row {
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
            last(policy.fired_at, now),
        ],
    }
}

fn scope(policy: &Policy) -> Markup {
    if policy.agent.is_empty() {
        return html! { "Every agent" };
    }
    words::line(&policy.agent)
}

/// The way to the page of one policy.
#[must_use]
pub fn crumbs() -> Vec<Crumb> {
    vec![Crumb {
        name: "Policies".to_owned(),
        path: paths::POLICIES.to_owned(),
    }]
}

/// The body of one policy's page.
#[must_use]
pub fn policy(view: &OnePolicy) -> Markup {
    let text = Block {
        id: "text".to_owned(),
        name: view.text_name.clone(),
        lines: view.text.clone(),
        full_path: paths::deed(paths::POLICIES, &view.policy.id, "text"),
    };
    html! {
        div class="split" {
            div class="stack" {
                section class="card" aria-labelledby="rule" {
                    header { h2 id="rule" { (words::line(&view.text_name)) } }
                    @if !view.description.is_empty() { p { (words::line(&view.description)) } }
                    (block(&text))
                }
                (versions(view))
            }
            aside class="stack" { (metrics(view)) (switch(view)) }
        }
    }
}

fn metrics(view: &OnePolicy) -> Markup {
    let policy = &view.policy;
    let mut facts = vec![
        ("State", policy.mode.badge()),
        ("Type", words::code(&policy.kind)),
        ("For", scope(policy)),
        ("Evaluated", html! { (figure::full(policy.evaluations)) }),
        (
            "Fired",
            html! { (figure::full(policy.fired)) " (" (figure::share(policy.fired, policy.evaluations)) ")" },
        ),
        ("Last fired", last(policy.fired_at, view.now)),
    ];
    let impact = view.impact.iter();
    facts.extend(impact.map(|(name, count)| (name.as_str(), html! { (figure::full(*count)) })));
    html! {
        section class="card stack" aria-labelledby="metrics" {
            h2 id="metrics" { "Metrics" }
            (pairs(&facts))
        }
    }
}

fn switch(view: &OnePolicy) -> Markup {
    if !view.may_change {
        return html! {};
    }
    let id = &view.policy.id;
    let button = |deed, call, words, confirm| {
        let form = Form {
            path: &paths::deed(paths::POLICIES, id, deed),
            csrf: &view.csrf,
            confirm,
            ..Form::default()
        };
        one_button(&form, &submit(call, words))
    };
    html! {
        section class="card stack" aria-labelledby="switch" {
            h2 id="switch" { "Change" }
            p class="small quiet" { "It binds from the next judgement on. Holds that wait on this policy end, and agents must ask again." }
            div class="row" {
                @if view.policy.mode != Mode::Enforced { (button("enforce", Call::Normal, "Enforce", "The policy binds from the next judgement on.")) }
                @if view.policy.mode == Mode::Enforced { (button("log-only", Call::Danger, "Log only", "The policy stops binding: it only notes what it would have done.")) }
                (link(Call::Normal, paths::SIMULATOR, "Try the rules"))
            }
        }
    }
}

fn versions(view: &OnePolicy) -> Markup {
    let path = paths::one(paths::POLICIES, &view.policy.id);
    let row = |version: &Version| {
        let number = version.number.to_string();
        Row {
            key: String::new(),
            cells: vec![
                html! { a href=(paths::with_query(&path, &[("version", &number)])) { "Version " (number) } },
                words::line(&version.by),
                moment(version.at, view.now),
                words::line(&version.note),
            ],
        }
    };
    let rows: Vec<Row> = view.versions.iter().map(row).collect();
    let columns = [
        column("Version"),
        column("By"),
        column("When"),
        column("Note"),
    ];
    html! {
        section class="card flush" aria-labelledby="versions" {
            header { h2 id="versions" { "Versions" } }
            (table("Versions", &columns, &rows))
        }
    }
}
