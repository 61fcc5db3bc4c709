//! The ledger of leases: what was minted and why, and how it ended.
//!
//! Those that could not be ended may live, and stand first.

mod drawn;

use crate::console::{
    figure,
    page::Section,
    parts::{
        actor::Actor,
        badge::Tone,
        empty::empty,
        field::{Field, choices},
        filter::filters,
        notice::notice,
        pager::{Pager, pager},
    },
    paths,
};
use drawn::table;
use jiff::Timestamp;
use maud::{Markup, html};
use portcullis_firewall::{kept_lease::LeaseStage, scope::Mode};

/// The part of the console this page belongs to.
pub const SECTION: Section = Section::Leases;

/// What the page needs.
#[derive(Clone, Debug)]
pub struct Leases {
    /// The moment the page is made.
    pub now: Timestamp,
    /// What is asked for.
    pub filter: Filter,
    /// How many could not be ended, of all that the reader sees.
    pub unended: u64,
    /// The leases of this page.
    pub lines: Vec<Lease>,
    /// Before and after.
    pub pager: Pager,
}

/// What is asked for; empty is all.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Filter {
    /// `live`, `all`, or a stage by its name, as `?state=`.
    pub state: String,
    /// A provider, as `?provider=`.
    pub provider: String,
    /// An agent's id or name, as `?agent=`.
    pub agent: String,
    /// A session, as `?session=`.
    pub session: String,
}

/// One lease. The credential is never here.
#[derive(Clone, Debug)]
pub struct Lease {
    /// `lse_…`
    pub id: String,
    /// How far it is.
    pub stage: LeaseStage,
    /// The session it dies with.
    pub session: String,
    /// Whose action it serves.
    pub agent: Actor,
    /// Where.
    pub workspace: String,
    /// What it was minted from.
    pub scope: String,
    /// Who mints.
    pub provider: String,
    /// What may be done with it.
    pub mode: Mode,
    /// Whose own credential stood in for the shared one.
    pub personal: Option<Actor>,
    /// The action it was minted for first.
    pub why: Why,
    /// What the provider was asked, as indented JSON; may be empty.
    pub request: String,
    /// What it granted, as indented JSON; may be empty.
    pub granted: String,
    /// How long it lives.
    pub life: Life,
    /// Why it ends or ended; may be empty.
    pub ending: String,
    /// How it was ended, when it was.
    pub end: Option<End>,
    /// How often ending it was tried in vain.
    pub tries: u32,
    /// Why that failed the last time; may be empty.
    pub failure: String,
}

impl Lease {
    /// Whether it was to be ended and may live all the same.
    #[must_use]
    pub fn is_unended(&self) -> bool {
        self.stage == LeaseStage::Ending
    }
}

/// Why a credential was minted.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Why {
    /// The record of the action's decision.
    pub record: u64,
    /// The action's type.
    pub action: String,
    /// On what.
    pub target: String,
    /// The hold that people released for it; may be empty.
    pub hold: String,
}

/// How long a credential lives.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Life {
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When it was granted.
    pub granted_at: Option<Timestamp>,
    /// When it must be dead.
    pub ends_at: Timestamp,
    /// When its provider lets it die by itself.
    pub expires_at: Option<Timestamp>,
    /// How many seconds more than asked for that is.
    pub longer_by_seconds: u64,
}

/// How a credential was ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct End {
    /// By what means.
    pub how: String,
    /// Whether its provider refuses it from then on.
    pub is_dead: bool,
    /// When that was known.
    pub at: Timestamp,
    /// How long it took until its provider refused it, in milliseconds, when that was looked at.
    pub delay_ms: Option<u64>,
}

/// The page's body.
#[must_use]
pub fn leases(view: &Leases) -> Markup {
    html! {
        div class="stack" {
            @if view.unended > 0 { (alarm(view.unended)) }
            div class="card flush" {
                (filters(paths::LEASES, &[], &fields(&view.filter)))
                @if view.lines.is_empty() { (nothing()) } @else { (table(&view.lines, view.now, true)) }
                (pager(&view.pager))
            }
        }
    }
}

/// The leases of one session, in a card.
#[must_use]
pub fn of_session(lines: &[Lease], now: Timestamp) -> Markup {
    html! {
        section class="card flush" aria-labelledby="leases" {
            header { h2 id="leases" { "Leases" } span class="quiet small" { "What was minted for it; no credential is shown anywhere" } }
            @if lines.is_empty() { p class="empty" { "None." } } @else { (table(lines, now, false)) }
        }
    }
}

fn alarm(unended: u64) -> Markup {
    let state = paths::with_query(paths::LEASES, &[("state", LeaseStage::Ending.as_str())]);
    notice(
        Tone::Bad,
        &html! {
            strong { (figure::count(unended, "lease")) " could not be ended, and may live." }
            " The gate goes on trying. Somebody should look at the provider. "
            a href=(state) { "Show these alone" } "."
        },
    )
}

fn nothing() -> Markup {
    empty(
        "No leases",
        "A credential that is minted for an action is listed here, with why, and how it ended.",
        &html! {},
    )
}

fn fields(filter: &Filter) -> [Field; 4] {
    let states = choices(&[
        ("live", "In force, or may be"),
        ("all", "All"),
        ("asked", "Asked for"),
        ("granted", "In force"),
        ("ending", "Could not be ended"),
        ("fading", "Lives until it expires"),
        ("ended", "Ended"),
    ]);
    let field = |name, label, value: &str| Field::new("filter", name, label).value(value);
    [
        field("state", "State", &filter.state).kind(states),
        field("provider", "Provider", &filter.provider),
        field("agent", "Agent", &filter.agent),
        field("session", "Session", &filter.session),
    ]
}
