//! Leases in a table: one row each, with all that is known of it.

use super::{End, Lease};
use crate::console::{
    figure,
    parts::{
        badge::{self, Tone},
        code::{Block, block},
        diff::plain,
        icon::Icon,
        moment::moment,
        table::{Row, table as drawn, words as column},
        words,
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};
use portcullis_firewall::kept_lease::LeaseStage;

/// The table; whose they are is told where they are of several sessions.
pub(super) fn table(leases: &[Lease], now: Timestamp, with_session: bool) -> Markup {
    let mut columns = vec![column("For"), column("From"), column("State")];
    columns.extend(with_session.then(|| column("Session")));
    columns.extend(["Lives", "Ended", "In the provider's words"].map(column));
    let row = |lease: &Lease| {
        let mut cells = vec![why(lease), from(lease), state(lease)];
        cells.extend(with_session.then(|| whose(lease)));
        cells.extend([life(lease, now), end(lease, now), said(lease)]);
        Row {
            key: lease.id.clone(),
            cells,
        }
    };
    let rows: Vec<Row> = leases.iter().map(row).collect();
    drawn("Leases", &columns, &rows)
}

fn why(lease: &Lease) -> Markup {
    let why = &lease.why;
    html! {
        a class="lead" href=(paths::one(paths::AUDIT, &why.record.to_string())) { (words::line(&why.action)) }
        div { (words::line(&why.target)) }
        @if !why.hold.is_empty() { div class="small" { a href=(paths::one(paths::APPROVALS, &why.hold)) { "released by people" } } }
        div class="quiet small" { (words::code(&lease.id)) }
    }
}

fn from(lease: &Lease) -> Markup {
    html! {
        a href=(paths::one(paths::SCOPES, &lease.scope)) { (words::line(&lease.scope)) } " " (badge::mode(lease.mode))
        div class="quiet small" { "Provider " (words::line(&lease.provider)) }
        @if let Some(person) = &lease.personal { div class="small" { "With the own credential of " (person.draw()) } }
    }
}

fn state(lease: &Lease) -> Markup {
    html! {
        (stage(lease.stage))
        @if !lease.ending.is_empty() { div class="quiet small" { (words::line(&lease.ending)) } }
        @if lease.is_unended() && lease.tries > 0 {
            div class="small" { "Tried " (figure::count(u64::from(lease.tries), "time")) " in vain: " (words::line(&lease.failure)) }
        }
    }
}

/// How far a lease is.
fn stage(stage: LeaseStage) -> Markup {
    match stage {
        LeaseStage::Asked => badge::drawn(Tone::Accent, Icon::Clock, "Asked for"),
        LeaseStage::Granted => badge::drawn(Tone::Good, Icon::Check, "In force"),
        LeaseStage::Ending => badge::drawn(Tone::Bad, Icon::Warning, "Not ended"),
        LeaseStage::Fading => badge::drawn(Tone::Warning, Icon::Hourglass, "Fading"),
        LeaseStage::Ended => badge::label(Tone::Quiet, "Ended"),
    }
}

fn whose(lease: &Lease) -> Markup {
    html! {
        (lease.agent.draw())
        div class="small" { a href=(paths::one(paths::SESSIONS, &lease.session)) { (words::line(&lease.session)) } }
        div class="quiet small" { "in " (words::line(&lease.workspace)) }
    }
}

fn life(lease: &Lease, now: Timestamp) -> Markup {
    let life = &lease.life;
    html! {
        div class="small" {
            div { "Asked " (moment(life.asked_at, now)) }
            @if let Some(at) = life.granted_at { div { "Granted " (moment(at, now)) } }
            div { "Must be dead " (moment(life.ends_at, now)) }
            @if let Some(at) = life.expires_at { div { "Expires by itself " (moment(at, now)) } }
            @if life.longer_by_seconds > 0 { div { (figure::span(life.longer_by_seconds)) " longer than was asked" } }
        }
    }
}

fn end(lease: &Lease, now: Timestamp) -> Markup {
    let Some(End {
        how,
        is_dead,
        at,
        delay_ms,
    }) = &lease.end
    else {
        return html! {};
    };
    html! {
        div class="small" {
            div { (words::line(how)) ", " (moment(*at, now)) }
            @match delay_ms {
                Some(delay) => div { "Refused " (figure::delay(*delay)) " later" },
                None if *is_dead => div class="quiet" { "How long it took was not looked at" },
                None => div { "Lives until it expires" },
            }
        }
    }
}

fn said(lease: &Lease) -> Markup {
    let part = |what: &str, name: &str, json: &str| {
        let block = block(&Block {
            id: format!("{what}-{}", lease.id),
            name: name.to_owned(),
            lines: plain(json),
            full_path: String::new(),
        });
        html! { @if !json.is_empty() { div class="small" { (name) (block) } } }
    };
    html! {
        @if !lease.request.is_empty() || !lease.granted.is_empty() {
            details class="small" {
                summary { "Show" span class="hush" { " what was asked and granted for " (words::line(&lease.id)) } }
                (part("asked", "What was asked", &lease.request))
                (part("granted", "What was granted", &lease.granted))
            }
        }
    }
}
