//! What is known about a hold besides the action itself.

use super::{Approval, Budget};
use crate::console::parts::{
    badge::{self, Tone},
    icon::Icon,
    table::{Row, table, words as column},
    words,
};
use maud::{Markup, html};
use portcullis_firewall::visible::{Layout, visible_line};

/// What a command does, told from its words.
pub(super) fn command(view: &Approval) -> Markup {
    if view.command.is_empty() {
        return html! {};
    }
    html! {
        section class="card" aria-labelledby="command" {
            header { h2 id="command" { "What the command does" } span class="quiet small" { "Told by the gate from its words" } }
            pre { (words::shown(&view.command.join("\n"), Layout::Block)) }
        }
    }
}

/// What else is touched.
pub(super) fn affected(view: &Approval) -> Markup {
    if view.affected.is_empty() {
        return html! {};
    }
    let row = |one: &super::Affected| Row {
        key: String::new(),
        cells: vec![
            words::line(&one.name),
            words::line(&one.owner),
            words::line(&one.effect),
        ],
    };
    let rows: Vec<Row> = view.affected.iter().map(row).collect();
    html! {
        section class="card flush" aria-labelledby="affected" {
            header { h2 id="affected" { "Affected" } span class="quiet small" { (rows.len()) } }
            (table("Affected", &[column("Name"), column("Team"), column("Effect")], &rows))
        }
    }
}

/// What it costs, and what is left.
pub(super) fn money(view: &Approval) -> Markup {
    html! {
        section class="card stack" aria-labelledby="cost" {
            h2 id="cost" { "Cost and budgets" }
            p { @if view.cost.is_empty() { span class="quiet" { "The cost is not known." } } @else { (words::line(&view.cost)) } }
            @for budget in &view.budgets { (drawn(budget)) }
        }
    }
}

fn drawn(budget: &Budget) -> Markup {
    html! {
        div class="small" {
            div class="row" { (words::line(&budget.name)) span class="quiet" { (words::line(&budget.left)) " left" }
                @if budget.used_permille > 1000 { (badge::drawn(Tone::Bad, Icon::Warning, "Over the limit")) }
            }
            meter min="0" max="1000" high="800" optimum="0" value=(budget.used_permille.min(1000)) aria-label={ (visible_line(&budget.name)) ", used" } {
                (budget.used_permille / 10) "%"
            }
        }
    }
}

/// How sure the agent says it is.
pub(super) fn confidence(view: &Approval) -> Markup {
    if view.confidence.is_empty() {
        return html! {};
    }
    html! {
        section class="card" aria-labelledby="confidence" {
            header { h2 id="confidence" { "Confidence" } span class="quiet small" { "As the agent says" } }
            dl class="pairs" {
                @for one in &view.confidence {
                    div {
                        dt { (words::line(&one.name)) }
                        dd { @if let Some(value) = one.value { (format!("{value:.2}")) } @else { span class="quiet" { "not given" } } }
                    }
                }
            }
        }
    }
}
