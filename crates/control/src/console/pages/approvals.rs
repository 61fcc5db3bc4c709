//! The approvals inbox: what waits for people, soonest end first.
//!
//! A line of it costs little, so that a thousand holds are drawn and scrolled at once.

use crate::console::{
    figure,
    page::Section,
    parts::{
        badge,
        empty::empty,
        field::{Field, Kind, choices},
        filter::filters,
        icon::Icon,
        moment::moment,
        pager::{Pager, pager},
        table::{Row, table, words as column},
        tabs::{Tab, tabs},
        words,
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};
use portcullis_firewall::hold::HoldStatus;
use portcullis_policy::tier::RiskTier;

/// The part of the console this page belongs to.
pub const SECTION: Section = Section::Approvals;

/// From how many seconds before its end on a hold stands out.
const SOON_SECONDS: i64 = 300;

/// What the page needs.
#[derive(Clone, Debug)]
pub struct Inbox {
    /// The moment the page is made.
    pub now: Timestamp,
    /// Which holds are shown.
    pub shown: Shown,
    /// How many wait that the reader may decide.
    pub mine: u64,
    /// How many wait in all, as far as the reader may see them.
    pub waiting: u64,
    /// The holds of this page.
    pub lines: Vec<Line>,
    /// What was searched for; may be empty.
    pub search: String,
    /// The risk tier that is asked for; empty is all.
    pub risk: String,
    /// Before and after.
    pub pager: Pager,
}

/// Which holds the inbox shows.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Shown {
    /// Those the reader may decide.
    #[default]
    Mine,
    /// All that wait.
    Waiting,
    /// Those that ended.
    Decided,
}

impl Shown {
    /// The word in the address, as `?show=`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Waiting => "waiting",
            Self::Decided => "decided",
        }
    }
}

/// One hold.
#[derive(Clone, Debug)]
pub struct Line {
    /// `esc_…`
    pub id: String,
    /// The action's type, as the agent sent it.
    pub action: String,
    /// On what.
    pub target: String,
    /// Where.
    pub environment: String,
    /// Who asks.
    pub agent: String,
    /// How risky it is.
    pub risk: RiskTier,
    /// Why it is held, in the gate's words.
    pub why: String,
    /// How many said yes so far.
    pub approvals: u8,
    /// How many must.
    pub approvals_required: u8,
    /// When it came.
    pub created_at: Timestamp,
    /// When it ends by itself, refused.
    pub timeout_at: Timestamp,
    /// Where it stands.
    pub status: HoldStatus,
}

/// The page's body.
#[must_use]
pub fn approvals(view: &Inbox) -> Markup {
    html! {
        (tabs("Holds", &[
            tab(view, Shown::Mine, "For you", Some(view.mine)),
            tab(view, Shown::Waiting, "All waiting", Some(view.waiting)),
            tab(view, Shown::Decided, "Decided", None),
        ]))
        div class="card flush" {
            (filters(paths::APPROVALS, &[("show", view.shown.as_str())], &fields(view)))
            section id="inbox" data-live=(paths::EVENTS) aria-label="Holds" {
                @if view.lines.is_empty() { (nothing(view)) } @else { (list(view)) }
            }
            (pager(&view.pager))
        }
    }
}

fn list(view: &Inbox) -> Markup {
    let last = if view.shown == Shown::Decided {
        "Outcome"
    } else {
        "Refused by itself"
    };
    let columns = [
        column("Action"),
        column("Risk"),
        column("Agent"),
        column("Approvals"),
        column("Asked"),
        column(last),
    ];
    let rows: Vec<Row> = view.lines.iter().map(|line| row(line, view.now)).collect();
    table("Holds", &columns, &rows)
}

fn row(line: &Line, now: Timestamp) -> Row {
    let path = paths::one(paths::APPROVALS, &line.id);
    Row {
        cells: vec![
            html! {
                a class="lead" href=(path) { (words::line(&line.action)) }
                div { (words::line(&line.target)) span class="quiet" { " in " (words::line(&line.environment)) } }
                div class="quiet small" { (words::line(&line.why)) }
            },
            badge::risk(line.risk),
            words::line(&line.agent),
            html! { (line.approvals) " of " (line.approvals_required) },
            moment(line.created_at, now),
            end(line, now),
        ],
        key: line.id.clone(),
    }
}

/// When a hold ends by itself, or how it ended.
fn end(line: &Line, now: Timestamp) -> Markup {
    if line.status != HoldStatus::Held {
        return badge::hold(line.status);
    }
    let left = line.timeout_at.as_second() - now.as_second();
    if left > SOON_SECONDS {
        return moment(line.timeout_at, now);
    }
    html! {
        span class="badge held" { (Icon::Warning.draw()) (moment(line.timeout_at, now)) span class="hush" { ", soon" } }
    }
}

fn nothing(view: &Inbox) -> Markup {
    if !view.search.is_empty() || !view.risk.is_empty() {
        return empty(
            "No hold matches",
            "Other words or another tier may find more.",
            &html! {},
        );
    }
    match view.shown {
        Shown::Mine => {
            let others = view.waiting.saturating_sub(view.mine);
            let told = if others == 0 {
                "Agents wait for nobody. New holds appear here by themselves.".to_owned()
            } else {
                format!(
                    "Other people are asked to decide {}.",
                    figure::count(others, "hold")
                )
            };
            empty("Nothing waits for you", &told, &html! {})
        }
        Shown::Waiting => empty(
            "Nothing waits",
            "New holds appear here by themselves.",
            &html! {},
        ),
        Shown::Decided => empty(
            "Nothing was decided yet",
            "Holds that people approved or rejected, or that timed out, are listed here.",
            &html! {},
        ),
    }
}

fn fields(view: &Inbox) -> [Field; 2] {
    let tiers = choices(&[("", "All"), ("3", "3 high write"), ("4", "4 destructive")]);
    [
        Field::new("filter", "q", "Search action, target, agent")
            .kind(Kind::Search)
            .value(&view.search),
        Field::new("filter", "risk", "Risk tier")
            .kind(tiers)
            .value(&view.risk),
    ]
}

fn tab(view: &Inbox, shown: Shown, name: &str, count: Option<u64>) -> Tab {
    Tab {
        name: name.to_owned(),
        path: path(shown),
        count,
        is_open: view.shown == shown,
    }
}

fn path(shown: Shown) -> String {
    paths::with_query(paths::APPROVALS, &[("show", shown.as_str())])
}
