//! Where the policies that apply to one action disagree about it.
//!
//! Each detector reports at most one disagreement, and looks at each policy a fixed number of
//! times. Policies that are only recorded have no part in it.

use super::{
    calendar::Today,
    hearing::{Case, Hearing, pack_tier},
    shelves::{Head, Kind, Window},
};
use crate::{
    action::Dimension,
    cham::Policy,
    conflict::{Conflict, Detector, Resolution, differ, order::Contender},
    tier::Tier,
};
use jiff::Timestamp;
use smallvec::SmallVec;
use std::cmp::Reverse;

/// The most policies named as giving way in one disagreement.
const MAX_LOSERS: usize = 16;

/// Every disagreement, at most one for each detector.
pub(super) fn find<'r>(
    case: Case<'r, '_>,
    hearing: &Hearing<'r, '_>,
    now: Timestamp,
) -> SmallVec<[Conflict<'r>; 1]> {
    let mut found = SmallVec::new();
    let count = |kind| case.docket.count(kind);
    if count(Kind::Restriction) + count(Kind::Block) + count(Kind::Pack) > 1 {
        found.extend(tiers(case));
    }
    if count(Kind::Window) > 1 {
        found.extend(windows(case, now));
    }
    if !hearing.live_grants().is_empty() {
        found.extend(grants(case, hearing.live_grants()));
    }
    if count(Kind::Floor) > 1 {
        found.extend(floors(case));
    }
    found.extend(scopes(case, hearing));
    found
}

/// Settles a disagreement about something that compares: the highest wins, the lower give way.
fn settle<'r, R, I>(
    case: Case<'r, '_>,
    detector: Detector,
    entries: impl Fn() -> I,
) -> Option<Conflict<'r>>
where
    R: Copy + Ord,
    I: Iterator<Item = (u32, R)>,
{
    let most = entries().map(|(_, restriction)| restriction).max()?;
    let lower = || entries().filter(|(_, restriction)| *restriction < most);
    lower().next()?;
    let highest = entries().filter(|(_, restriction)| *restriction == most);
    let winner = strongest(case, highest)?;
    let losers = lower().map(|(place, _)| place).collect();
    Some(conflict(case, detector, winner, losers))
}

/// The policy that takes effect among some.
fn strongest<'r, R: Ord>(
    case: Case<'r, '_>,
    entries: impl Iterator<Item = (u32, R)>,
) -> Option<&'r Policy> {
    let contenders = entries.filter_map(|(place, restriction)| {
        case.policy(place).map(|policy| Contender {
            policy,
            restriction,
        })
    });
    contenders.reduce(Contender::or).map(|winner| winner.policy)
}

fn conflict<'r>(
    case: Case<'r, '_>,
    detector: Detector,
    winner: &'r Policy,
    mut losers: SmallVec<[u32; 8]>,
) -> Conflict<'r> {
    losers.sort_unstable();
    losers.truncate(MAX_LOSERS);
    let losers = losers
        .into_iter()
        .filter_map(|place| case.policy(place))
        .collect();
    Conflict {
        detector,
        winner,
        resolution: Resolution::MoreRestrictive,
        losers,
    }
}

const fn is_enforced(head: &Head) -> bool {
    !head.log_only
}

fn tiers<'r>(case: Case<'r, '_>) -> Option<Conflict<'r>> {
    let (docket, shelves) = (case.docket, case.shelves);
    settle(case, Detector::TierConflict, || {
        let restrictions = docket.entries(Kind::Restriction, &shelves.restrictions);
        let blocks = docket.entries(Kind::Block, &shelves.blocks);
        let packs = docket.entries(Kind::Pack, &shelves.packs);
        restrictions
            .map(|entry| (entry.head, entry.max_tier))
            .chain(blocks.map(|entry| (entry.head, entry.tier)))
            .chain(packs.filter_map(|pack| pack_tier(case, pack).map(|tier| (pack.head, tier))))
            .filter(|(head, _)| is_enforced(head))
            .map(|(head, tier)| (head.place, tier))
    })
}

/// What counts between change windows: the effect now, then how they are written.
fn windows<'r>(case: Case<'r, '_>, now: Timestamp) -> Option<Conflict<'r>> {
    let entries = || {
        let entries = case.docket.entries(Kind::Window, &case.shelves.windows);
        entries.filter(|window| is_enforced(&window.head))
    };
    let outside = |window: &Window| (window.breach, window.emergency_override);
    let first = outside(entries().next()?);
    entries().find(|window| outside(window) != first)?;
    let calendar = &case.shelves.calendar;
    let mut today = Today::at(calendar, now);
    let mut restriction = |window: &Window| {
        let open = today.is_open(window.schedule);
        let effect = if open { Tier::A } else { window.breach };
        let closed_longer = Reverse(calendar.open_minutes(window.schedule));
        (
            effect,
            closed_longer,
            window.breach,
            !window.emergency_override,
        )
    };
    let most = entries().map(&mut restriction).max()?;
    let highest = entries().filter(|window| restriction(window) == most);
    let winner = strongest(case, highest.map(|window| (window.head.place, ())))?;
    let winning = entries().find(|window| same(case, window.head, winner))?;
    let losers: SmallVec<[u32; 8]> = entries()
        .filter(|window| outside(window) != outside(winning))
        .filter(|window| calendar.overlap(window.schedule, winning.schedule))
        .map(|window| window.head.place)
        .collect();
    (!losers.is_empty()).then(|| conflict(case, Detector::WindowOverlap, winner, losers))
}

fn same(case: Case<'_, '_>, head: Head, policy: &Policy) -> bool {
    case.policy(head.place)
        .is_some_and(|other| std::ptr::eq(other, policy))
}

fn grants<'r>(case: Case<'r, '_>, live: &[u32]) -> Option<Conflict<'r>> {
    let blocks = case.docket.entries(Kind::Block, &case.shelves.blocks);
    let blocks = blocks.filter(|block| is_enforced(&block.head));
    let winner = strongest(case, blocks.map(|block| (block.head.place, block.tier)))?;
    Some(conflict(
        case,
        Detector::GrantVsBlock,
        winner,
        live.iter().copied().collect(),
    ))
}

fn floors<'r>(case: Case<'r, '_>) -> Option<Conflict<'r>> {
    (0..Dimension::ALL.len()).find_map(|at| {
        settle(case, Detector::ConfidenceConflict, || {
            let entries = case.docket.entries(Kind::Floor, &case.shelves.floors);
            entries
                .filter(|entry| is_enforced(&entry.head))
                .filter_map(move |entry| {
                    let floor = entry.floors.get(at).filter(|floor| **floor >= 0.0)?;
                    // Floats that are not negative sort as their bits do.
                    Some((entry.head.place, floor.to_bits()))
                })
        })
    })
}

fn scopes<'r>(case: Case<'r, '_>, hearing: &Hearing<'r, '_>) -> Option<Conflict<'r>> {
    let contested = case.docket.contested();
    if contested == 0 {
        return None;
    }
    let kinds = Kind::ALL
        .into_iter()
        .filter(|kind| contested & kind.bit() != 0);
    kinds.into_iter().find_map(|kind| {
        if case.docket.overrides(kind) {
            overridden(case, kind)
        } else {
            contradicted(case, hearing, kind)
        }
    })
}

/// The agent's own policy stands in for tenant-wide ones that say something else.
fn overridden<'r>(case: Case<'r, '_>, kind: Kind) -> Option<Conflict<'r>> {
    let places = |scoped| enforced_places(case, kind, scoped);
    let winner = strongest(case, places(true).map(|place| (place, ())))?;
    let gives_way = |place: &u32| {
        case.policy(*place)
            .is_some_and(|policy| differ(&winner.rule, &policy.rule))
    };
    let losers: SmallVec<[u32; 8]> = places(false).filter(gives_way).collect();
    (!losers.is_empty()).then(|| {
        let conflict = conflict(case, Detector::ScopeAmbiguity, winner, losers);
        Conflict {
            resolution: Resolution::AgentScoped,
            ..conflict
        }
    })
}

/// The agent's own policies and the tenant-wide ones of a type demand different things of this
/// action.
fn contradicted<'r>(
    case: Case<'r, '_>,
    hearing: &Hearing<'r, '_>,
    kind: Kind,
) -> Option<Conflict<'r>> {
    let [tenant, own] = hearing.strictest.get(kind as usize).copied()?;
    let tier = |strictest: Option<(Tier, u32)>| strictest.map_or(Tier::A, |(tier, _)| tier);
    if tier(tenant) == tier(own) {
        return None;
    }
    let scoped = tier(own) > tier(tenant);
    let (_, place) = if scoped { own? } else { tenant? };
    let losers = enforced_places(case, kind, !scoped).collect();
    Some(conflict(
        case,
        Detector::ScopeAmbiguity,
        case.policy(place)?,
        losers,
    ))
}

fn enforced_places<'r>(case: Case<'r, '_>, kind: Kind, scoped: bool) -> impl Iterator<Item = u32> {
    let places = case.docket.places_of(kind, scoped, &case.shelves.places);
    places.filter(move |place| case.policy(*place).is_some_and(|policy| !policy.log_only))
}
