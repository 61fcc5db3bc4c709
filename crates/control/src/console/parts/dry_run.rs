//! What an action would do, found out before it does it.

use crate::console::parts::{
    badge::{self, Tone},
    icon::Icon,
    moment::moment,
    words,
};
use jiff::Timestamp;
use maud::{Markup, html};
use portcullis_firewall::visible::Layout;

/// What a dry run found.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DryRun {
    /// Whether every check passed.
    pub has_passed: bool,
    /// What was found, line by line. It comes from the system that was asked.
    pub effects: Vec<String>,
    /// The checks: name, and whether it passed.
    pub checks: Vec<(String, bool)>,
    /// How the system would go about it; empty when it does not say.
    pub plan: String,
    /// When it was made.
    pub at: Timestamp,
}

/// What would happen, in a card; that nobody knows, when none was made.
#[must_use]
pub fn dry_run(run: Option<&DryRun>, now: Timestamp) -> Markup {
    let Some(run) = run else {
        return html! {
            section class="card" aria-labelledby="dry-run" {
                header { h2 id="dry-run" { "Dry run" } }
                p class="quiet" { "None was made: what would happen is not known." }
            }
        };
    };
    html! {
        section class="card stack" aria-labelledby="dry-run" {
            div class="row" {
                h2 id="dry-run" { "Dry run" }
                @if run.has_passed { (badge::drawn(Tone::Good, Icon::Check, "Passed")) }
                @else { (badge::drawn(Tone::Bad, Icon::Cross, "Failed")) }
                span class="quiet small" { (moment(run.at, now)) }
            }
            (effects(run))
        }
    }
}

fn effects(run: &DryRun) -> Markup {
    html! {
        @if !run.effects.is_empty() { ul class="bullets" { @for effect in &run.effects { li { (words::line(effect)) } } } }
        @if !run.checks.is_empty() {
            ul class="votes" {
                @for (name, passed) in &run.checks {
                    li {
                        @if *passed { (badge::drawn(Tone::Good, Icon::Check, "Pass")) }
                        @else { (badge::drawn(Tone::Bad, Icon::Cross, "Fail")) }
                        (words::line(name))
                    }
                }
            }
        }
        @if !run.plan.is_empty() {
            details { summary { "How it would be done" } pre { (words::shown(&run.plan, Layout::Block)) } }
        }
    }
}
