//! The overview: numbers at a glance, over a span of time.

use super::{
    answer::{Answer, Body, back},
    question::{Question, count},
    seat::Seated,
};
use crate::{
    console::{
        charts::{bars::Bar, columns::Class, verdicts::Span},
        figure,
        pages::overview::{self, Overview, Range},
        parts::tile::Tile,
        paths,
    },
    rights::Gate,
};
use axum::{Router, extract::State, routing::get};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use maud::html;
use portcullis_firewall::{
    batch::{DocumentKind, RecordKind, StoredRecord},
    error::GateError,
    firewall,
    hold::Hold,
    query::{DocumentQuery, RecordQuery},
};
use portcullis_policy::tier::{Tier, Verdict};

/// The most judgements that are counted for the plots.
const COUNTED: usize = 10_000;
/// The most holds that are counted.
const HOLDS: usize = 1_000;
/// The most policies that are shown.
const POLICIES: usize = 10;

pub(super) fn routes() -> Router<Gate> {
    Router::new().route(paths::OVERVIEW, get(show))
}

/// Somebody with roles in single workspaces alone is led to what waits for them.
async fn show(State(gate): State<Gate>, seat: Seated, asked: Question) -> Answer {
    let caller = &seat.principal;
    if !caller.reads() {
        return back(paths::APPROVALS);
    }
    let (range, now) = (range(asked.word("range"))?, gate.now());
    let slices = Slices::until(now, range);
    let records = RecordQuery {
        kind: Some(RecordKind::Decision),
        since: Some(slices.from),
        newest_first: true,
        limit: COUNTED,
        ..RecordQuery::default()
    };
    let ended = ["RELEASED", "KILLED", "TIMED_OUT", "SUPERSEDED"];
    let holds = DocumentQuery {
        statuses: ended.map(str::to_owned).to_vec(),
        since: Some(slices.from),
        limit: HOLDS,
        ..DocumentQuery::all(DocumentKind::Hold)
    };
    let glance = gate.overview(caller).await?;
    let records = gate.records(caller, records).await?;
    let holds = gate.holds(caller, holds).await?;
    let view = Overview {
        range,
        warnings: warnings(&glance, (records.len(), holds.len())),
        tiles: tiles(&glance, &seat.who.tenant),
        verdicts: slices.count(&records),
        tiers: tiers(&records),
        ages: ages(&holds),
        policies: policies(gate.policies(caller).await?),
    };
    let body = Body {
        title: "Overview",
        section: overview::SECTION,
        crumbs: Vec::new(),
        deeds: html! {},
        markup: overview::overview(&view),
    };
    body.ok(&seat)
}

fn range(word: &str) -> Result<Range, GateError> {
    match word {
        "" | "day" => Ok(Range::Day),
        "week" => Ok(Range::Week),
        "month" => Ok(Range::Month),
        _ => Err(GateError::invalid(
            "range",
            "expected `day`, `week` or `month`",
        )),
    }
}

fn warnings(glance: &firewall::Overview, (records, holds): (usize, usize)) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(record) = glance.broken_at {
        warnings.push(format!(
            "The chain of records is broken at #{record}: verdicts have stopped."
        ));
    }
    if glance.tenant_policy_version == 0 {
        warnings.push("No tenant policy was ever applied: every action is refused.".to_owned());
    }
    if records == COUNTED {
        warnings
            .push("The plots count the newest 10,000 judgements of this span alone.".to_owned());
    }
    if holds == HOLDS {
        warnings.push("The plot of holds counts the newest 1,000 of this span alone.".to_owned());
    }
    warnings
}

fn tiles(glance: &firewall::Overview, tenant: &str) -> Vec<Tile> {
    let [cleared, held, blocked] = glance.verdicts;
    let tile = |name: &str, number: u64, note: &str, path: &str| Tile {
        name: name.to_owned(),
        figure: figure::full(number),
        note: note.to_owned(),
        path: path.to_owned(),
    };
    let (waiting, _) = glance.waiting;
    vec![
        tile("Waiting", count(waiting), "holds", paths::APPROVALS),
        tile("Cleared", cleared, "so far", paths::FEED),
        tile("Held", held, "so far", paths::FEED),
        tile("Blocked", blocked, "so far", paths::FEED),
        tile("Agents", count(glance.agents), tenant, paths::AGENTS),
        tile(
            "Policies",
            count(glance.active_policies),
            "active",
            paths::POLICIES,
        ),
    ]
}

/// The span of time, in slices of one length.
struct Slices {
    from: Timestamp,
    seconds: i64,
    count: usize,
}

impl Slices {
    /// Those of a span that ends with the hour or the day of now.
    fn until(now: Timestamp, range: Range) -> Self {
        let (seconds, count) = match range {
            Range::Day => (3_600, 24),
            Range::Week => (86_400, 7),
            Range::Month => (86_400, 28),
        };
        let end = now
            .as_second()
            .div_euclid(seconds)
            .saturating_add(1)
            .saturating_mul(seconds);
        let length = seconds.saturating_mul(i64::try_from(count).unwrap_or_default());
        let from = Timestamp::from_second(end.saturating_sub(length)).unwrap_or(now);
        Self {
            from,
            seconds,
            count,
        }
    }

    fn count(&self, records: &[StoredRecord]) -> Vec<Span> {
        let mut spans: Vec<Span> = (0..self.count).map(|place| self.empty(place)).collect();
        for record in records {
            let since = record.at.as_second().saturating_sub(self.from.as_second());
            let place = usize::try_from(since.div_euclid(self.seconds)).ok();
            if let Some(span) = place.and_then(|place| spans.get_mut(place)) {
                match record.verdict {
                    Some(Verdict::Cleared) => span.cleared += 1,
                    Some(Verdict::Held) => span.held += 1,
                    Some(Verdict::Blocked) => span.blocked += 1,
                    None => {}
                }
            }
        }
        if records.is_empty() {
            Vec::new()
        } else {
            spans
        }
    }

    fn empty(&self, place: usize) -> Span {
        let place = i64::try_from(place).unwrap_or_default();
        let after = SignedDuration::from_secs(self.seconds.saturating_mul(place));
        let at = self.from.checked_add(after).unwrap_or(self.from);
        let at = at.to_zoned(TimeZone::UTC);
        let name = if self.seconds < 86_400 {
            format!("{:02}:00", at.hour())
        } else {
            format!("{:02}-{:02}", at.month(), at.day())
        };
        Span {
            name,
            ..Span::default()
        }
    }
}

fn tiers(records: &[StoredRecord]) -> Vec<Bar> {
    if records.is_empty() {
        return Vec::new();
    }
    let bar = |(tier, name): (Tier, &str)| Bar {
        name: name.to_owned(),
        count: count(
            records
                .iter()
                .filter(|record| record.tier == Some(tier))
                .count(),
        ),
        whole: 0,
    };
    let tiers = [
        (Tier::A, "A agent alone"),
        (Tier::B, "B people decide"),
        (Tier::C, "C policy refuses"),
        (Tier::X, "X principle refuses"),
    ];
    tiers.into_iter().map(bar).collect()
}

fn ages(holds: &[Hold]) -> Vec<Class> {
    if holds.is_empty() {
        return Vec::new();
    }
    let minutes = |hold: &Hold| {
        let ended = hold.decided_at.unwrap_or(hold.timeout_at);
        ended.duration_since(hold.created_at).as_mins()
    };
    let classes = [
        ("< 1 min", 0, 1),
        ("1–5 min", 1, 5),
        ("5–15 min", 5, 15),
        ("15–30 min", 15, 30),
        ("> 30 min", 30, i64::MAX),
    ];
    let class = |(name, from, to): (&str, i64, i64)| Class {
        name: name.to_owned(),
        count: count(
            holds
                .iter()
                .map(minutes)
                .filter(|age| (from..to).contains(age))
                .count(),
        ),
    };
    classes.into_iter().map(class).collect()
}

/// Those that fire most, of everything since they were made.
fn policies(views: Vec<firewall::PolicyView>) -> Vec<Bar> {
    let looked_at = views
        .into_iter()
        .filter(|view| view.metrics.evaluations > 0);
    let mut bars: Vec<Bar> = looked_at
        .map(|view| Bar {
            name: view.policy.name.clone(),
            count: view.metrics.fires,
            whole: view.metrics.evaluations,
        })
        .collect();
    bars.sort_by_key(|bar| std::cmp::Reverse(bar.count));
    bars.truncate(POLICIES);
    bars
}
