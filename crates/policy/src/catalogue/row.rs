//! One line of the catalogue, and how it turns numbers into a risk tier.

use super::{count::Count, demand::Demand, recipient};
use crate::{
    command::{
        account::Account,
        kinds::{FOUNDATIONS, SECRETS},
    },
    label::Label,
    tier::RiskTier,
};
use std::fmt;

/// The most GPUs of a small job (seed 000).
pub const SMALL_GPUS: u32 = 4;

/// The most instances of a small allocation (seed 000).
pub const SMALL_INSTANCES: u32 = 8;

/// One built-in action type.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Row {
    /// The action type.
    pub kind: &'static str,
    /// How its risk tier is found.
    pub rule: Rule,
    /// What it can use up.
    pub spends: Spends,
    /// What it does, for people.
    pub does: &'static str,
}

/// How the risk tier of an action type is found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rule {
    /// Always this one.
    Fixed(RiskTier),
    /// Tier 2 up to [`SMALL_GPUS`], tier 3 above and when the GPUs cannot be counted.
    Gpus,
    /// Tier 2 up to [`SMALL_INSTANCES`], tier 3 above and when the instances cannot be counted.
    Instances,
    /// Tier 3 when `status` says that the workload does not run yet, else tier 4.
    Cancel,
    /// Tier 3 when `stops_running_job` is `false`, else tier 4.
    Disturb,
    /// Tier 2 when every recipient is inside, else tier 3.
    Mail,
    /// Tier 0, but 3 for secrets.
    ReadObject,
    /// Tier 4, but 5 for namespaces, nodes and clusters.
    DeleteObject,
    /// By what the command does.
    Command,
}

/// What an action type can use up of a budget.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Spends {
    /// Nothing, unless the action says so.
    Nothing,
    /// GPU time; how much follows from the GPUs, the hours and the price.
    GpuTime,
    /// What the action says; without a word the cost cannot be told.
    Stated,
}

impl Rule {
    /// The lowest risk tier the rule can give.
    #[must_use]
    pub const fn least(self) -> RiskTier {
        match self {
            Self::Fixed(risk) => risk,
            Self::Gpus | Self::Instances | Self::Mail => RiskTier::LowWrite,
            Self::Cancel | Self::Disturb => RiskTier::HighWrite,
            Self::ReadObject | Self::Command => RiskTier::Observe,
            Self::DeleteObject => RiskTier::Destructive,
        }
    }

    /// The highest risk tier the rule can give.
    #[must_use]
    pub const fn most(self) -> RiskTier {
        match self {
            Self::Fixed(risk) => risk,
            Self::Gpus | Self::Instances | Self::Mail | Self::ReadObject => RiskTier::HighWrite,
            Self::Cancel | Self::Disturb => RiskTier::Destructive,
            Self::DeleteObject | Self::Command => RiskTier::Prohibited,
        }
    }

    /// The most that counts as small, for the rules that count.
    #[must_use]
    pub const fn small(self) -> Option<u32> {
        match self {
            Self::Gpus => Some(SMALL_GPUS),
            Self::Instances => Some(SMALL_INSTANCES),
            Self::Fixed(_)
            | Self::Cancel
            | Self::Disturb
            | Self::Mail
            | Self::ReadObject
            | Self::DeleteObject
            | Self::Command => None,
        }
    }

    /// How much of what the rule counts an action asks for; [`Count::Unstated`] when the rule
    /// counts nothing.
    #[must_use]
    pub fn counted(self, demand: &Demand<'_>) -> Count {
        match self {
            Self::Gpus => demand.gpus(),
            Self::Instances => demand.instances,
            Self::Fixed(_)
            | Self::Cancel
            | Self::Disturb
            | Self::Mail
            | Self::ReadObject
            | Self::DeleteObject
            | Self::Command => Count::Unstated,
        }
    }

    /// The risk tier of an action.
    ///
    /// *Fails closed:* what is not stated or not understood gives the rule's highest tier.
    pub(super) fn risk(self, demand: &Demand<'_>, internal_domains: &[Label]) -> RiskTier {
        let harmless = match self {
            Self::Fixed(risk) => return risk,
            // Parameters that name no command are refused elsewhere.
            Self::Command => {
                let account = demand.command().and_then(|account| account.as_ref().ok());
                return account.map_or(RiskTier::Destructive, Account::risk);
            }
            Self::Gpus | Self::Instances => {
                let small = self.small().map(f64::from);
                matches!((self.counted(demand), small), (Count::Of(n), Some(most)) if n <= most)
            }
            Self::Cancel => demand.waits_to_run(),
            Self::Disturb => demand.stops_running_job == Some(false),
            Self::Mail => recipient::all_inside(demand.action, internal_domains),
            Self::ReadObject => !demand.touches_objects(SECRETS),
            Self::DeleteObject => !demand.touches_objects(FOUNDATIONS),
        };
        if harmless { self.least() } else { self.most() }
    }
}

/// A line of the table.
pub(super) const fn line(
    kind: &'static str,
    rule: Rule,
    spends: Spends,
    does: &'static str,
) -> Row {
    Row {
        kind,
        rule,
        spends,
        does,
    }
}

/// Looks, and changes nothing.
pub(super) const fn observe(kind: &'static str, does: &'static str) -> Row {
    line(kind, Rule::Fixed(RiskTier::Observe), Spends::Nothing, does)
}

/// Tells people something.
pub(super) const fn inform(kind: &'static str, does: &'static str) -> Row {
    line(kind, Rule::Fixed(RiskTier::Inform), Spends::Nothing, does)
}

/// A safe change.
pub(super) const fn low(kind: &'static str, spends: Spends, does: &'static str) -> Row {
    line(kind, Rule::Fixed(RiskTier::LowWrite), spends, does)
}

/// A significant change.
pub(super) const fn high(kind: &'static str, spends: Spends, does: &'static str) -> Row {
    line(kind, Rule::Fixed(RiskTier::HighWrite), spends, does)
}

/// Cannot be taken back.
pub(super) const fn destructive(kind: &'static str, spends: Spends, does: &'static str) -> Row {
    line(kind, Rule::Fixed(RiskTier::Destructive), spends, does)
}

/// Never for an agent.
pub(super) const fn prohibited(kind: &'static str, does: &'static str) -> Row {
    line(
        kind,
        Rule::Fixed(RiskTier::Prohibited),
        Spends::Nothing,
        does,
    )
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(risk) => f.pad(&risk.number().to_string()),
            Self::Gpus => f.pad(&format!("2 up to {SMALL_GPUS} GPUs, 3 above")),
            Self::Instances => f.pad(&format!("2 up to {SMALL_INSTANCES} instances, 3 above")),
            Self::Cancel => f.pad("3 when not yet running, 4 when running"),
            Self::Disturb => f.pad("3, or 4 when a running job is stopped"),
            Self::Mail => f.pad("2 inside, 3 to anybody outside"),
            Self::ReadObject => f.pad("0, or 3 for secrets"),
            Self::DeleteObject => f.pad("4, or 5 for namespaces, nodes and clusters"),
            Self::Command => f.pad("0, 3, 4 or 5, by what the command does"),
        }
    }
}
