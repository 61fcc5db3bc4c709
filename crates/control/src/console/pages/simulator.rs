//! The simulator: what the rules would say to an action, without anything happening.

use crate::console::{
    page::Section,
    parts::{
        badge,
        button::{Call, submit},
        conflict::{Conflict, Named, conflicts, named},
        empty::empty,
        faults::{Fault, faults},
        field::{Choice, Field, Kind},
        form::{Form, post},
        words,
    },
    paths,
};
use maud::{Markup, html};
use portcullis_firewall::visible::visible_line;
use portcullis_policy::tier::{RiskTier, Tier, Verdict};

/// The part of the console this page belongs to.
pub const SECTION: Section = Section::Simulator;

/// What the page needs.
#[derive(Clone, Debug, Default)]
pub struct Simulator {
    /// The token against forged requests.
    pub csrf: String,
    /// The agent that would ask, by id or name, as it was typed.
    pub agent: String,
    /// What was wrong with it; empty is nothing.
    pub agent_error: String,
    /// The action as JSON, as it was typed.
    pub action: String,
    /// A policy to try among those in force, as JSON; empty tries none.
    pub draft: String,
    /// The id of the policy it stands in for; empty is none.
    pub replaces: String,
    /// The policies it could stand in for.
    pub policies: Vec<Named>,
    /// Everything that was wrong with what was typed.
    pub faults: Vec<Fault>,
    /// What came out.
    pub found: Option<Found>,
}

/// What came out.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Where the draft disagrees with policies in force, whatever the action; nothing without a
    /// draft.
    pub conflicts: Option<Vec<Conflict>>,
    /// What would become of the action; nothing without one.
    pub outcome: Option<Outcome>,
    /// What becomes of it by the rules in force, when a draft is tried.
    pub now: Option<Outcome>,
}

/// What would become of an action.
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
    /// The policies that fired.
    pub fired: Vec<Named>,
    /// Where policies disagree about it.
    pub conflicts: Vec<Conflict>,
}

/// The page's body.
#[must_use]
pub fn simulator(view: &Simulator) -> Markup {
    html! {
        div class="halves" {
            section class="card" aria-labelledby="try" {
                header { h2 id="try" { "Action" } span class="quiet small" { "Nothing runs, and nothing is recorded." } }
                div class="stack" { (faults("faults", &view.faults)) (form(view)) }
            }
            section class="stack" aria-label="Outcome" aria-live="polite" {
                @match &view.found {
                    Some(found) => (outcome(found)),
                    None => div class="card" { (empty("No outcome yet", "Send an action to see the verdict, every reason, and where policies disagree. Send a policy alone to see what it disagrees with.", &html! {})) },
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
    let agent = Field::new("try", "agent", "Agent")
        .hint("Its name or id; it may stand in the action as well.")
        .value(&view.agent)
        .error(&view.agent_error);
    let action = Field::new("try", "action", "Action as JSON")
        .hint("As an agent would send it to /v1/govern.")
        .kind(Kind::Code)
        .value(&view.action);
    let draft = Field::new("try", "draft", "Policy to try, as JSON")
        .hint(
            "It is tried among the policies in force. Left empty, the rules are tried as they are.",
        )
        .kind(Kind::Code)
        .value(&view.draft);
    let mut places = vec![Choice {
        value: String::new(),
        name: "None: it comes on top".to_owned(),
    }];
    places.extend(view.policies.iter().map(|policy| Choice {
        value: policy.id.clone(),
        name: visible_line(&policy.name).into_owned(),
    }));
    let replaces = Field::new("try", "policy", "It stands in for")
        .kind(Kind::Choice(places))
        .value(&view.replaces);
    let body = html! {
        (agent.draw())
        (action.draw())
        details open[!view.draft.is_empty()] {
            summary { "Try a policy as well" }
            div class="stack inside" { (draft.draw()) (replaces.draw()) }
        }
        div { (submit(Call::Primary, "Judge it")) }
    };
    post(&form, &body)
}

fn outcome(found: &Found) -> Markup {
    html! {
        @if let Some(outcome) = &found.outcome {
            (judged("verdict", if found.now.is_some() { "With the policy" } else { "Verdict" }, outcome))
            @if !outcome.conflicts.is_empty() {
                (card("about-it", "Conflicts about this action", &conflicts(&outcome.conflicts)))
            }
        }
        @if let Some(now) = &found.now { (judged("now", "By the rules in force", now)) }
        @if let Some(list) = &found.conflicts {
            (card("conflicts", "Conflicts whatever the action", &html! {
                @if list.is_empty() { p class="quiet" { "The policy disagrees with none in force." } }
                @else { (conflicts(list)) }
            }))
        }
    }
}

fn card(id: &str, name: &str, body: &Markup) -> Markup {
    html! { section class="card stack" aria-labelledby=(id) { h2 id=(id) { (name) } (body) } }
}

fn judged(id: &str, name: &str, found: &Outcome) -> Markup {
    let body = html! {
        div class="row" { (badge::verdict(found.verdict)) (badge::risk(found.risk)) (badge::tier(found.tier)) }
        @if found.reasons.is_empty() { p { "The tenant policy allows it, and nothing speaks against it." } }
        @else {
            ul class="bullets" { @for (code, reason) in &found.reasons { li { (words::line(reason)) " " code class="quiet" { (words::line(code)) } } } }
        }
        @if !found.fired.is_empty() {
            h3 { "Policies that fired" }
            ul class="bullets" { @for one in &found.fired { li { (named(one)) } } }
        }
    };
    card(id, name, &body)
}
