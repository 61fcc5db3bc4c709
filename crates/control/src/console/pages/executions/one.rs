//! One execution: the dry run beside the outcome, and the form for who found out what nobody could
//! tell.

use super::Line;
use crate::console::{
    figure,
    page::Crumb,
    parts::{
        actor::Actor,
        badge::{self, Tone},
        button::{Call, submit},
        dry_run::{DryRun, dry_run},
        field::Field,
        form::{Form, post},
        icon::Icon,
        moment::{clock, moment},
        pairs::pairs,
        words,
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};
use portcullis_firewall::execution::Stage;

/// What the page needs.
#[derive(Clone, Debug)]
pub struct OneExecution {
    /// The moment the page is made.
    pub now: Timestamp,
    /// The token against forged requests.
    pub csrf: String,
    /// The execution.
    pub line: Line,
    /// The digest of exactly what was done.
    pub digest: String,
    /// The hold that people released for it; may be empty.
    pub hold: String,
    /// What was foreseen of it.
    pub dry_run: Option<DryRun>,
    /// Looks after the first, in order: when, and whether they found the same.
    pub looks: Vec<(Timestamp, bool)>,
    /// What was told of its end, in order: the gate's word first, and a person's after it.
    pub outcomes: Vec<Outcome>,
    /// The form to resolve it; nothing when there is nothing to find out, or the reader may not.
    pub resolve: Option<Resolve>,
}

/// What was told of an end.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The record.
    pub record: u64,
    /// When.
    pub at: Timestamp,
    /// `succeeded`, `failed` or `unknown`.
    pub result: String,
    /// What came of it, in a sentence.
    pub effect: String,
    /// What is settled in each budget; empty when nothing was reserved.
    pub settled: Vec<String>,
    /// The person who found it out; nobody when the gate knew.
    pub by: Option<Actor>,
    /// The credential it was done with; may be empty.
    pub lease: String,
    /// How many bytes the target answered.
    pub output_bytes: Option<u64>,
}

/// The form to resolve an unknown outcome.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Resolve {
    /// Its fields.
    pub fields: Vec<Field>,
}

/// The way to the page of one execution.
#[must_use]
pub fn crumbs() -> Vec<Crumb> {
    vec![Crumb {
        name: "Executions".to_owned(),
        path: paths::EXECUTIONS.to_owned(),
    }]
}

/// The body of one execution's page.
#[must_use]
pub fn execution(view: &OneExecution) -> Markup {
    html! {
        div class="stack" {
            (facts(view))
            @if let Some(resolve) = &view.resolve { (form(view, resolve)) }
            div class="halves" {
                div class="stack" { (dry_run(view.dry_run.as_ref(), view.now)) (looks(view)) }
                (outcome(view))
            }
        }
    }
}

fn facts(view: &OneExecution) -> Markup {
    let line = &view.line;
    let record = line.record.to_string();
    let mut facts = vec![
        ("State", line.state(view.now)),
        ("Action", words::line(&line.action)),
        ("Target", words::line(&line.target)),
        ("Agent", line.agent.draw()),
        (
            "Begun",
            html! { (clock(line.started_at)) " " span class="quiet" { "(" (moment(line.started_at, view.now)) ")" } },
        ),
    ];
    if line.stage == Stage::Started {
        facts.push(("Unknown, unless heard of", moment(line.due_at, view.now)));
    }
    facts.push((
        "Verdict",
        html! { a href=(paths::one(paths::AUDIT, &record)) { "record #" (record) } },
    ));
    if !view.hold.is_empty() {
        facts.push((
            "Released by people",
            html! { a href=(paths::one(paths::APPROVALS, &view.hold)) { (words::line(&view.hold)) } },
        ));
    }
    facts.push(("Digest", words::digest("digest", &view.digest)));
    html! { section class="card" aria-label="Facts" { (pairs(&facts)) } }
}

fn looks(view: &OneExecution) -> Markup {
    html! {
        @if !view.looks.is_empty() {
            section class="card stack" aria-labelledby="looks" {
                h2 id="looks" { "Looked at again" }
                ul class="votes" {
                    @for (at, agrees) in &view.looks {
                        li {
                            @if *agrees { (badge::drawn(Tone::Good, Icon::Check, "The same")) }
                            @else { (badge::drawn(Tone::Bad, Icon::Warning, "Something else")) }
                            span class="quiet small" { (moment(*at, view.now)) }
                        }
                    }
                }
            }
        }
    }
}

fn outcome(view: &OneExecution) -> Markup {
    html! {
        section class="card stack" aria-labelledby="outcome" {
            h2 id="outcome" { "Outcome" }
            @if view.outcomes.is_empty() { p class="quiet" { "Nothing was told of its end yet." } }
            @for one in &view.outcomes { (told(one, view.now)) }
        }
    }
}

fn told(one: &Outcome, now: Timestamp) -> Markup {
    let record = one.record.to_string();
    let by = one.by.as_ref().map_or_else(
        || html! { "the gate, which carried it out" },
        |person| html! { (person.draw()) ", who found out" },
    );
    let mut facts = vec![
        ("Effect", words::line(&one.effect)),
        ("Told by", by),
        ("When", moment(one.at, now)),
        (
            "Settled",
            html! {
                @if one.settled.is_empty() { span class="quiet" { (unsettled(&one.result)) } }
                @for line in &one.settled { div { (words::line(line)) } }
            },
        ),
    ];
    if let Some(bytes) = one.output_bytes {
        facts.push((
            "Answer",
            html! { (figure::count(bytes, "byte")) ", not kept" },
        ));
    }
    if !one.lease.is_empty() {
        facts.push(("Credential", words::code(&one.lease)));
    }
    facts.push((
        "Record",
        html! { a href=(paths::one(paths::AUDIT, &record)) { "#" (record) } },
    ));
    html! { div class="stack tight" { p { (result(&one.result)) } (pairs(&facts)) } }
}

/// Why nothing is settled.
fn unsettled(result: &str) -> &'static str {
    match result {
        "succeeded" | "failed" => "nothing: no budget had anything reserved for it",
        _ => "nothing yet: what was reserved for it stays reserved",
    }
}

fn result(result: &str) -> Markup {
    match result {
        "succeeded" => badge::drawn(Tone::Good, Icon::Check, "Done"),
        "failed" => badge::drawn(Tone::Warning, Icon::Cross, "Not done"),
        _ => badge::drawn(Tone::Bad, Icon::Warning, "Unknown"),
    }
}

fn form(view: &OneExecution, resolve: &Resolve) -> Markup {
    let form = Form {
        path: &paths::deed(paths::EXECUTIONS, &view.line.record.to_string(), "resolve"),
        csrf: &view.csrf,
        confirm: "It is sealed as the outcome, once, with your name.",
        ..Form::default()
    };
    let body = html! {
        @for field in &resolve.fields { (field.draw()) }
        div { (submit(Call::Primary, "Say what became of it")) }
    };
    html! {
        section class="card stack decide" aria-labelledby="resolve" {
            h2 id="resolve" { "What became of it?" }
            p { "Nobody can tell. Look at the target itself, not at what the agent says, and say what you found." }
            (post(&form, &body))
        }
    }
}
