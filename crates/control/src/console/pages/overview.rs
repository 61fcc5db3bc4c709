//! The overview: how much happened, what waits, and what the rules did about it.

use crate::console::{
    charts::{bars, columns, verdicts},
    page::Section,
    parts::{
        badge::Tone,
        empty::empty,
        notice::notice,
        tabs::{Tab, tabs},
        tile::{Tile, tiles},
        words,
    },
    paths,
};
use maud::{Markup, html};

/// The part of the console this page belongs to.
pub const SECTION: Section = Section::Overview;

/// What the page needs.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    /// The span that is shown.
    pub range: Range,
    /// What somebody should look at: the chain does not verify, the tenant only audits, a budget
    /// is nearly used. Each is a sentence.
    pub warnings: Vec<String>,
    /// The numbers at the top.
    pub tiles: Vec<Tile>,
    /// Verdicts over the span, oldest first.
    pub verdicts: Vec<verdicts::Span>,
    /// Judgements by tier, from the agent alone to a principle.
    pub tiers: Vec<bars::Bar>,
    /// How long holds waited until they ended.
    pub ages: Vec<columns::Class>,
    /// How often policies fired: of how many evaluations, the most first.
    pub policies: Vec<bars::Bar>,
}

/// How far back the plots go.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Range {
    /// The last day, by hours.
    #[default]
    Day,
    /// The last week, by days.
    Week,
    /// The last four weeks, by days.
    Month,
}

impl Range {
    const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// The word in the address, as `?range=`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Day => "24 hours",
            Self::Week => "7 days",
            Self::Month => "28 days",
        }
    }
}

/// The page's body.
#[must_use]
pub fn overview(view: &Overview) -> Markup {
    let tab = |range: Range| Tab {
        name: range.name().to_owned(),
        path: paths::with_query(paths::OVERVIEW, &[("range", range.as_str())]),
        count: None,
        is_open: range == view.range,
    };
    html! {
        (tabs("Span of time", &Range::ALL.map(tab)))
        div class="stack" id="overview" data-live=(paths::EVENTS) {
            @for warning in &view.warnings { (notice(Tone::Warning, &words::line(warning))) }
            (tiles(&view.tiles))
            div class="halves" {
                (card("Verdicts", view.verdicts.is_empty(), &verdicts::over_time("verdicts", "Verdicts over time", &view.verdicts)))
                (card("Tiers", view.tiers.is_empty(), &bars::lying("tiers", "Judgements by tier", "Judgements", &view.tiers)))
                (card("Holds", view.ages.is_empty(), &columns::standing("ages", "How long holds waited", "Holds", &view.ages)))
                (card("Policies", view.policies.is_empty(), &bars::lying("policies", "How often policies fire", "Fired", &view.policies)))
            }
        }
    }
}

fn card(name: &str, is_empty: bool, chart: &Markup) -> Markup {
    html! {
        section class="card" {
            header { h2 { (name) } }
            @if is_empty { (empty("Nothing yet", "There is nothing to show for this span of time.", &html! {})) }
            @else { (chart) }
        }
    }
}
