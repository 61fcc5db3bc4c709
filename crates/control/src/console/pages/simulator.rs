//! The simulator: what the rules would say to an action, without anything happening.

use crate::console::{
    page::Section,
    parts::{
        badge,
        button::{Call, submit},
        empty::empty,
        field::{Field, Kind},
        form::{Form, post},
        icon::Icon,
        table::{Row, table, words as column},
        words,
    },
    paths,
};
use maud::{Markup, html};
use portcullis_policy::tier::{RiskTier, Tier, Verdict};

/// The part of the console this page belongs to.
pub const SECTION: Section = Section::Simulator;

/// What the page needs.
#[derive(Clone, Debug, Default)]
pub struct Simulator {
    /// The token against forged requests.
    pub csrf: String,
    /// The action as JSON, as it was typed.
    pub action: String,
    /// What was wrong with it; empty is nothing.
    pub action_error: String,
    /// A rule set to try instead of the one in force, as YAML or JSON; empty is the one in force.
    pub rules: String,
    /// What was wrong with it, line by line; empty is nothing.
    pub rules_error: String,
    /// What came out.
    pub outcome: Option<Outcome>,
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// Who decides.
    pub tier: Tier,
    /// How risky it is.
    pub risk: RiskTier,
    /// The reasons: code and sentence, the one that decides first.
    pub reasons: Vec<(String, String)>,
    /// What is owed before it may run, in words.
    pub obligations: Vec<String>,
    /// Every policy that was looked at.
    pub policies: Vec<Evaluated>,
    /// Where policies disagree.
    pub conflicts: Vec<Conflict>,
}

/// One policy that was looked at.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Evaluated {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it fired.
    pub has_fired: bool,
    /// What it found, in a sentence.
    pub found: String,
}

/// Two policies that disagree.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Conflict {
    /// The kind, as the API names it.
    pub kind: String,
    /// The policy that wins, by name.
    pub winner: String,
    /// The policies that give way, by name.
    pub losers: Vec<String>,
    /// Why it wins.
    pub why: String,
}

/// The page's body.
#[must_use]
pub fn simulator(view: &Simulator) -> Markup {
    html! {
        div class="halves" {
            section class="card" aria-labelledby="try" {
                header { h2 id="try" { "Action" } span class="quiet small" { "Nothing runs, and nothing is recorded." } }
                (form(view))
            }
            section class="stack" aria-label="Outcome" aria-live="polite" {
                @match &view.outcome {
                    Some(found) => (outcome(found)),
                    None => div class="card" { (empty("No outcome yet", "Send an action to see the verdict, every reason, and where policies disagree.", &html! {})) },
                }
            }
        }
    }
}

fn form(view: &Simulator) -> Markup {
    let form = Form {
        path: paths::SIMULATOR,
        csrf: &view.csrf,
        ..Form::default()
    };
    let action = Field::new("try", "action", "Action as JSON")
        .hint("As an agent would send it to /v1/govern.")
        .kind(Kind::Code)
        .value(&view.action)
        .error(&view.action_error)
        .required();
    let rules = Field::new("try", "rules", "Policies to try instead")
        .hint("YAML or JSON. Left empty, the rules in force are used.")
        .kind(Kind::Code)
        .value(&view.rules)
        .error(&view.rules_error);
    let body = html! {
        (action.draw())
        details open[!view.rules.is_empty()] { summary { "Try other policies" } (rules.draw()) }
        (submit(Call::Primary, "Judge it"))
    };
    post(&form, &body)
}

fn outcome(found: &Outcome) -> Markup {
    html! {
        section class="card stack" aria-labelledby="verdict" {
            h2 id="verdict" { "Verdict" }
            div class="row" { (badge::verdict(found.verdict)) (badge::risk(found.risk)) (badge::tier(found.tier)) }
            ul class="bullets" { @for (code, reason) in &found.reasons { li { (words::line(reason)) " " code class="quiet" { (words::line(code)) } } } }
            @if !found.obligations.is_empty() {
                h3 { "Owed before it may run" }
                ul class="bullets" { @for one in &found.obligations { li { (words::line(one)) } } }
            }
        }
        (conflicts(&found.conflicts))
        (policies(&found.policies))
    }
}

fn conflicts(conflicts: &[Conflict]) -> Markup {
    html! {
        section class="card stack" aria-labelledby="conflicts" {
            h2 id="conflicts" { "Conflicts" }
            @if conflicts.is_empty() { p class="quiet" { "No policies disagree about this action." } }
            @for one in conflicts {
                div class="notice is-warning" {
                    (Icon::Warning.draw())
                    div {
                        strong { (words::line(&one.winner)) } " wins over "
                        @for (place, loser) in one.losers.iter().enumerate() {
                            @if place > 0 { ", " }
                            (words::line(loser))
                        }
                        ". " (words::line(&one.why)) " " code class="quiet" { (words::line(&one.kind)) }
                    }
                }
            }
        }
    }
}

fn policies(policies: &[Evaluated]) -> Markup {
    if policies.is_empty() {
        return html! {};
    }
    let row = |one: &Evaluated| Row {
        key: String::new(),
        cells: vec![
            html! { a href=(paths::one(paths::POLICIES, &one.id)) { (words::line(&one.name)) } },
            html! { @if one.has_fired { strong { "Fired" } } @else { span class="quiet" { "Passed" } } },
            words::line(&one.found),
        ],
    };
    let rows: Vec<Row> = policies.iter().map(row).collect();
    html! {
        section class="card flush" aria-labelledby="looked-at" {
            header { h2 id="looked-at" { "Policies looked at" } }
            (table("Policies looked at", &[column("Policy"), column("Result"), column("Found")], &rows))
        }
    }
}
