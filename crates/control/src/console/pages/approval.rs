//! One hold, with everything a person needs to decide it.
//!
//! What the gate knows stands first, drawn from the bytes that will run. What the agent says for
//! itself stands apart. Nothing is decided by one key or one careless press: a reason is asked
//! for, and a destructive action asks for a passkey.

mod decide;
mod facts;

use crate::console::{
    page::{Crumb, Section},
    parts::{
        actor::Actor,
        badge::{self, Tone},
        code::{Block, block},
        diff::{Line, plain},
        dry_run::{DryRun, dry_run},
        moment::clock,
        notice::notice,
        words::{self, Said},
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};
use portcullis_firewall::{hold::HoldStatus, visible::Layout};
use portcullis_policy::tier::{RiskTier, Tier};

/// The part of the console this page belongs to.
pub const SECTION: Section = Section::Approvals;

/// What the page needs.
#[derive(Clone, Debug)]
pub struct Approval {
    /// The moment the page is made.
    pub now: Timestamp,
    /// The token against forged requests.
    pub csrf: String,
    /// `esc_…`
    pub id: String,
    /// Where it stands.
    pub status: HoldStatus,
    /// The action's type, as the agent sent it.
    pub action: String,
    /// On what.
    pub target: String,
    /// Where.
    pub environment: String,
    /// Who asks: the agent's id.
    pub agent: String,
    /// Its name.
    pub agent_name: String,
    /// For whom the agent works: the person who opened its session; empty is nobody known.
    pub on_behalf_of: String,
    /// What its credential is minted from, and what for; empty when it names no scope.
    pub credential: String,
    /// The digest of exactly what will run.
    pub digest: String,
    /// The signed requests that a yes and a no answer; empty when it does not wait.
    pub requests: (String, String),
    /// The number of the HELD verdict's record.
    pub record: u64,
    /// Who must decide.
    pub tier: Tier,
    /// How risky it is.
    pub risk: RiskTier,
    /// Why it is held, in the gate's words.
    pub why: Vec<Why>,
    /// The parameters as indented JSON; with what is there now, as a comparison.
    pub parameters: Vec<Line>,
    /// How many bytes of the parameters are not in the lines above.
    pub parameters_hidden_bytes: usize,
    /// What a command does, line by line; empty for other actions.
    pub command: Vec<String>,
    /// How many parts of the action are hidden from everybody.
    pub hidden_parts: u64,
    /// What it costs at most, in words; empty is unknown.
    pub cost: String,
    /// What would happen, if that was tried.
    pub dry_run: Option<DryRun>,
    /// What else it touches: workloads, hosts, tables.
    pub affected: Vec<Affected>,
    /// What is left of the budgets it draws on.
    pub budgets: Vec<Budget>,
    /// How sure the agent says it is: each dimension with a value from 0 to 1.
    pub confidence: Vec<Confidence>,
    /// The agent's reasoning and evidence, in its own words.
    pub said: Vec<Said>,
    /// Who decided so far.
    pub votes: Vec<Vote>,
    /// How it ended, when it has.
    pub ending: Option<Ending>,
    /// How many different people must approve.
    pub approvals_required: u8,
    /// Who may: groups and people; empty is any operator.
    pub approvers: Vec<String>,
    /// When it came.
    pub created_at: Timestamp,
    /// When it ends by itself, refused.
    pub timeout_at: Timestamp,
    /// Whether the reader may look at agents and policies.
    pub may_read: bool,
    /// What the reader may do.
    pub choice: Choice,
}

/// One reason.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Why {
    /// The stable code: `tier.approval_required`.
    pub code: String,
    /// The sentence.
    pub words: String,
    /// The policy that says so, as id and name; empty for the gate itself.
    pub policy: Option<(String, String)>,
}

/// One thing that is touched.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Affected {
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub owner: String,
    /// What becomes of it.
    pub effect: String,
}

/// What is left of a budget.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Budget {
    /// Its name.
    pub name: String,
    /// What is used and reserved, in thousandths of the limit; over 1000 is over the limit.
    pub used_permille: u32,
    /// What is left, in words with a unit.
    pub left: String,
}

/// One dimension of how sure the agent says it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Confidence {
    /// Its name.
    pub name: String,
    /// The value as the agent gave it, from 0 to 1; `None` is not given.
    pub value: Option<f64>,
}

/// One person's answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Vote {
    /// Who.
    pub by: Actor,
    /// Where they said it, e.g. `slack`.
    pub way: &'static str,
    /// Yes or no.
    pub is_yes: bool,
    /// When.
    pub at: Timestamp,
    /// Why, in their words; may be empty.
    pub reason: String,
}

/// How a hold ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ending {
    /// Who ended it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// Why, in their words; may be empty.
    pub reason: String,
}

/// What the reader may do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Choice {
    /// Approve and reject.
    Decide {
        /// The options of a passkey ceremony over this very action, as JSON; empty when none is due.
        passkey_options: String,
        /// What was wrong with an answer that was just sent; empty is nothing.
        error: String,
    },
    /// Approve only after a passkey was registered; reject at once.
    RegisterFirst,
    /// Only reject, and why not approve, in a sentence.
    RejectOnly(String),
    /// Only look, and why, in a sentence.
    Look(String),
}

/// The way to this page.
#[must_use]
pub fn crumbs() -> Vec<Crumb> {
    vec![Crumb {
        name: "Approvals".to_owned(),
        path: paths::APPROVALS.to_owned(),
    }]
}

/// The page's body.
#[must_use]
pub fn approval(view: &Approval) -> Markup {
    html! {
        div class="split" id="hold" data-live=(paths::EVENTS) {
            div class="stack" {
                (action(view))
                (facts::command(view))
                (parameters(view))
                (why(view))
                (dry_run(view.dry_run.as_ref(), view.now))
                (facts::affected(view))
                (words::untrusted(&view.said))
                (facts::confidence(view))
            }
            aside class="stack" aria-label="Decision" {
                (decide::panel(view))
                (facts::money(view))
            }
        }
    }
}

fn action(view: &Approval) -> Markup {
    let exact = |value: &str| words::shown(value, Layout::Line);
    html! {
        section class="card stack" aria-labelledby="what" {
            div class="row" {
                (badge::hold(view.status)) (badge::risk(view.risk)) (badge::tier(view.tier))
            }
            a class="button jump" href="#decision" { "To the decision" }
            h2 id="what" class="hush" { "What will run" }
            dl class="pairs" {
                div { dt { "Action" } dd { strong { (exact(&view.action)) } } }
                div { dt { "Target" } dd { strong { (exact(&view.target)) } } }
                div { dt { "Environment" } dd { (exact(&view.environment)) } }
                div {
                    dt { "Agent" }
                    dd {
                        @if view.may_read { a href=(paths::one(paths::AGENTS, &view.agent)) { (exact(&view.agent_name)) } } @else { (exact(&view.agent_name)) }
                        " " (words::code(&view.agent))
                        @if !view.on_behalf_of.is_empty() { " for " (exact(&view.on_behalf_of)) }
                    }
                }
                @if !view.credential.is_empty() { div { dt { "Credential" } dd { (exact(&view.credential)) } } }
                div { dt { "Asked" } dd { (clock(view.created_at)) } }
                div { dt { "Digest" } dd { (words::digest("digest", &view.digest)) } }
                div {
                    dt { "Record" }
                    dd { a href=(paths::one(paths::AUDIT, &view.record.to_string())) { "#" (view.record) } }
                }
            }
        }
    }
}

fn parameters(view: &Approval) -> Markup {
    let none;
    let lines = if view.parameters.is_empty() {
        none = plain("{}");
        &none
    } else {
        &view.parameters
    };
    let path = paths::deed(paths::APPROVALS, &view.id, "parameters");
    let code = Block {
        id: "parameters".to_owned(),
        name: "Parameters".to_owned(),
        lines: lines.clone(),
        full_path: path.clone(),
    };
    html! {
        section class="card" aria-labelledby="parameters-title" {
            header { h2 id="parameters-title" { "Parameters" } span class="quiet small" { "Exactly what will run" } }
            div class="stack tight" {
                @if view.hidden_parts > 0 {
                    p class="quiet small" { (view.hidden_parts) " hidden as secrets or personal data; they run as they came" }
                }
                @if view.parameters_hidden_bytes > 0 { (words::hidden_bytes(view.parameters_hidden_bytes, Some(&path))) }
                (block(&code))
            }
        }
    }
}

fn why(view: &Approval) -> Markup {
    html! {
        section class="card" aria-labelledby="why" {
            header { h2 id="why" { "Why people are asked" } }
            @if view.why.is_empty() { (notice(Tone::Warning, &html! { "The record gives no reason." })) }
            ul class="bullets" {
                @for one in &view.why {
                    li {
                        (words::line(&one.words)) " " code class="quiet" { (words::line(&one.code)) }
                        @if let Some((id, name)) = &one.policy {
                            div class="small" {
                                "Policy "
                                @if view.may_read { a href=(paths::one(paths::POLICIES, id)) { (words::line(name)) } } @else { (words::line(name)) }
                                " " (words::code(id))
                            }
                        }
                    }
                }
            }
        }
    }
}
