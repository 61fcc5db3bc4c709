//! What belongs to an agent: its newest holds and violations.

use super::OneAgent;
use crate::console::{
    parts::{
        badge::{self, Tone},
        moment::moment,
        table::{Row, table, words as column},
        words,
    },
    paths,
};
use maud::{Markup, html};

pub(super) fn holds(view: &OneAgent) -> Markup {
    let row = |hold: &super::AgentHold| Row {
        key: hold.id.clone(),
        cells: vec![
            html! { a class="lead" href=(paths::one(paths::APPROVALS, &hold.id)) { (words::line(&hold.what)) } },
            badge::hold(hold.status),
            moment(hold.at, view.now),
        ],
    };
    let rows: Vec<Row> = view.holds.iter().map(row).collect();
    let columns = [column("Hold"), column("State"), column("When")];
    html! {
        section class="card flush" aria-labelledby="holds" {
            header { h2 id="holds" { "Newest holds" } }
            @if rows.is_empty() { p class="empty" { "None." } } @else { (table("Newest holds", &columns, &rows)) }
        }
    }
}

pub(super) fn violations(view: &OneAgent) -> Markup {
    let row = |one: &super::AgentViolation| {
        let record = one.record.to_string();
        let state = if one.is_open {
            badge::label(Tone::Warning, "Open")
        } else {
            badge::label(Tone::Quiet, "Resolved")
        };
        Row {
            cells: vec![
                html! {
                    a class="lead" href=(paths::one(paths::AUDIT, &record)) { (words::line(&one.reason)) }
                    div class="quiet small" { (words::code(&one.kind)) }
                },
                state,
                moment(one.at, view.now),
            ],
            key: String::new(),
        }
    };
    let rows: Vec<Row> = view.violations.iter().map(row).collect();
    let columns = [column("Violation"), column("State"), column("When")];
    html! {
        section class="card flush" aria-labelledby="violations" {
            header { h2 id="violations" { "Newest violations" } }
            @if rows.is_empty() { p class="empty" { "None." } } @else { (table("Newest violations", &columns, &rows)) }
        }
    }
}
