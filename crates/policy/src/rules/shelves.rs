//! What the judge reads of each policy, side by side by type.
//!
//! The entries of one bucket stand together, so that walking the policies that apply is walking
//! through memory in order; the policy itself is only touched when it has something to say.

use super::calendar::Calendar;
use crate::{
    action::{Confidence, Dimension},
    cham::{
        OnBreach, Policy, Rule,
        confidence_floor::Escalation,
        rate_limit::{Period, RateWindow},
    },
    label::Label,
    tier::Tier,
};
use jiff::Timestamp;

/// The eight types, as numbers.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Kind {
    Floor,
    Restriction,
    Block,
    Rate,
    Reasoning,
    Grant,
    Pack,
    Window,
}

impl Kind {
    pub(super) const ALL: [Self; 8] = [
        Self::Floor,
        Self::Restriction,
        Self::Block,
        Self::Rate,
        Self::Reasoning,
        Self::Grant,
        Self::Pack,
        Self::Window,
    ];

    pub(super) const fn of(rule: &Rule) -> Self {
        match rule {
            Rule::ConfidenceFloor(_) => Self::Floor,
            Rule::EnvironmentRestriction(_) => Self::Restriction,
            Rule::ActionTypeBlock(_) => Self::Block,
            Rule::RateLimit(_) => Self::Rate,
            Rule::RequireReasoning(_) => Self::Reasoning,
            Rule::GrantLifecycle(_) => Self::Grant,
            Rule::CompliancePack(_) => Self::Pack,
            Rule::TimeWindow(_) => Self::Window,
        }
    }

    /// A bit of its own.
    pub(super) const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A stretch of a shelf.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    start: u32,
    len: u32,
}

impl Span {
    pub(super) const fn len(self) -> usize {
        self.len as usize
    }

    /// Takes in the stretch that follows.
    pub(super) const fn grow(&mut self, next: Self) {
        if self.len == 0 {
            self.start = next.start;
        }
        self.len += next.len;
    }
}

/// Entries of one sort.
#[derive(Debug)]
pub(super) struct Shelf<E>(Vec<E>);

impl<E> Default for Shelf<E> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<E> Shelf<E> {
    /// The entries of a stretch.
    pub(super) fn of(&self, span: Span) -> &[E] {
        let start = span.start as usize;
        // INVARIANT: spans are made by `extend` on the same shelf, which never shrinks.
        self.0
            .get(start..start + span.len as usize)
            .unwrap_or_default()
    }

    /// Appends entries and returns where they stand.
    pub(super) fn extend(&mut self, entries: impl IntoIterator<Item = E>) -> Span {
        let start = self.0.len();
        self.0.extend(entries);
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Span {
            start: number(start),
            len: number(self.0.len() - start),
        }
    }
}

/// What every entry begins with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    /// The policy's place in the rule set.
    pub(super) place: u32,
    pub(super) kind: Kind,
    /// Recorded, not enforced.
    pub(super) log_only: bool,
    /// For one agent only.
    pub(super) scoped: bool,
    /// It says how long a hold lives.
    pub(super) timed: bool,
}

/// `confidence_floor`
#[derive(Debug)]
pub(super) struct Floor {
    pub(super) head: Head,
    /// In the order of [`Dimension::ALL`]; without a floor, nothing is low enough.
    pub(super) floors: [f64; 3],
    pub(super) escalation: Escalation,
}

/// `environment_restriction`
#[derive(Debug)]
pub(super) struct Restriction {
    pub(super) head: Head,
    pub(super) max_tier: Tier,
}

/// `action_type_block`
#[derive(Debug)]
pub(super) struct Block {
    pub(super) head: Head,
    pub(super) tier: Tier,
}

/// `rate_limit`
#[derive(Debug)]
pub(super) struct Rate {
    pub(super) head: Head,
    pub(super) breach: Tier,
    pub(super) windows: Span,
}

/// `require_reasoning`
#[derive(Debug)]
pub(super) struct Reasoning {
    pub(super) head: Head,
    pub(super) breach: Tier,
    pub(super) min_length: u32,
    /// It asks for the reasoning itself.
    pub(super) reasoning: bool,
    /// It asks for other fields, to be read from the policy.
    pub(super) others: bool,
}

/// `grant_lifecycle`
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) head: Head,
    pub(super) tier: Tier,
    pub(super) max_uses: u32,
    pub(super) expires_at: Timestamp,
    pub(super) required: bool,
}

/// `compliance_pack`
#[derive(Debug)]
pub(super) struct Pack {
    pub(super) head: Head,
    pub(super) rules: Span,
}

/// One rule of a `compliance_pack`.
#[derive(Debug)]
pub(super) struct PackRule {
    /// Its place in the pack.
    pub(super) place: u32,
    /// The action types by number; empty is all.
    pub(super) kinds: Span,
    /// It names data classes, to be read from the policy.
    pub(super) classes: bool,
    pub(super) min_tier: Tier,
    pub(super) retention_days: Option<u32>,
}

/// `time_window`
#[derive(Debug)]
pub(super) struct Window {
    pub(super) head: Head,
    pub(super) breach: Tier,
    pub(super) emergency_override: bool,
    /// Its place in the calendar.
    pub(super) schedule: u32,
}

/// All entries.
#[derive(Debug, Default)]
pub(super) struct Shelves {
    pub(super) places: Shelf<u32>,
    pub(super) floors: Shelf<Floor>,
    pub(super) restrictions: Shelf<Restriction>,
    pub(super) blocks: Shelf<Block>,
    pub(super) rates: Shelf<Rate>,
    pub(super) rate_windows: Shelf<RateWindow>,
    pub(super) reasonings: Shelf<Reasoning>,
    pub(super) grants: Shelf<Grant>,
    pub(super) packs: Shelf<Pack>,
    pub(super) pack_rules: Shelf<PackRule>,
    pub(super) kinds: Shelf<u32>,
    pub(super) windows: Shelf<Window>,
    pub(super) calendar: Calendar,
}

impl Shelves {
    /// Shelves one policy and returns where; `schedule` is its place in the calendar, `number`
    /// the numbers of action types.
    pub(super) fn add(
        &mut self,
        place: u32,
        policy: &Policy,
        schedule: u32,
        number: &dyn Fn(&Label) -> u32,
    ) -> Span {
        let head = Head {
            place,
            kind: Kind::of(&policy.rule),
            log_only: policy.log_only,
            scoped: policy.agent.is_some(),
            timed: policy.hold_minutes.is_some(),
        };
        match &policy.rule {
            Rule::ConfidenceFloor(rule) => self.floors.extend([Floor {
                head,
                floors: floors(&rule.floors),
                escalation: rule.escalation,
            }]),
            Rule::EnvironmentRestriction(rule) => self.restrictions.extend([Restriction {
                head,
                max_tier: rule.max_tier,
            }]),
            Rule::ActionTypeBlock(rule) => self.blocks.extend([Block {
                head,
                tier: rule.tier,
            }]),
            Rule::RateLimit(rule) => {
                let windows = self.rate_windows.extend(rule.windows.iter().copied());
                self.rates.extend([Rate {
                    head,
                    breach: tier(rule.on_exceed),
                    windows,
                }])
            }
            Rule::RequireReasoning(rule) => self.reasonings.extend([Reasoning {
                head,
                breach: tier(rule.on_missing),
                min_length: rule.min_length,
                reasoning: rule
                    .required_fields
                    .iter()
                    .any(|field| field == "reasoning"),
                others: rule
                    .required_fields
                    .iter()
                    .any(|field| field != "reasoning"),
            }]),
            Rule::GrantLifecycle(rule) => self.grants.extend([Grant {
                head,
                tier: rule.tier_override,
                max_uses: rule.max_uses,
                expires_at: rule.expires_at,
                required: rule.required,
            }]),
            Rule::CompliancePack(rule) => {
                let mut entries = Vec::with_capacity(rule.rules.len());
                for (place, rule) in (0..).zip(&rule.rules) {
                    entries.push(PackRule {
                        place,
                        kinds: self.kinds.extend(rule.action_types.iter().map(number)),
                        classes: !rule.data_classifications.is_empty(),
                        min_tier: rule.min_tier.unwrap_or_default(),
                        retention_days: rule.retention_days,
                    });
                }
                let rules = self.pack_rules.extend(entries);
                self.packs.extend([Pack { head, rules }])
            }
            Rule::TimeWindow(rule) => self.windows.extend([Window {
                head,
                breach: tier(rule.outside_window),
                emergency_override: rule.emergency_override,
                schedule,
            }]),
        }
    }
}

impl Shelves {
    /// The longest period and the largest most of all rate windows.
    pub(super) fn retention(&self) -> Option<(Period, u32)> {
        let windows = self
            .rate_windows
            .0
            .iter()
            .map(|window| (window.period, window.max));
        windows.reduce(|(period, max), (other, others)| (period.max(other), max.max(others)))
    }
}

/// The tier a breach demands.
pub(super) const fn tier(on_breach: OnBreach) -> Tier {
    match on_breach {
        OnBreach::Hold => Tier::B,
        OnBreach::Block => Tier::C,
    }
}

fn floors(floors: &Confidence) -> [f64; 3] {
    Dimension::ALL.map(|dimension| floors.of(dimension).unwrap_or(f64::NEG_INFINITY))
}
