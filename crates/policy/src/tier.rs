//! The two ladders: how risky an action is, and who may let it through.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How much harm an action can do, from reading to destroying (seed 000).
#[derive(
    Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize,
)]
#[serde(try_from = "u8", into = "u8")]
pub enum RiskTier {
    /// Read-only queries: run at once.
    #[default]
    Observe = 0,
    /// Analysis and insights: run at once, the team is told.
    Inform = 1,
    /// Safe mutations: dry run first.
    LowWrite = 2,
    /// Significant mutations: one person approves.
    HighWrite = 3,
    /// Irreversible actions: two people approve.
    Destructive = 4,
    /// Never available to an agent.
    Prohibited = 5,
}

impl RiskTier {
    /// Every risk tier, lowest first.
    pub const ALL: [Self; 6] = [
        Self::Observe,
        Self::Inform,
        Self::LowWrite,
        Self::HighWrite,
        Self::Destructive,
        Self::Prohibited,
    ];

    /// The tier that decides when nothing else speaks: 0, 1, 2 → A; 3, 4 → B; 5 → X.
    #[must_use]
    pub const fn tier(self) -> Tier {
        match self {
            Self::Observe | Self::Inform | Self::LowWrite => Tier::A,
            Self::HighWrite | Self::Destructive => Tier::B,
            Self::Prohibited => Tier::X,
        }
    }

    /// How many different people must approve an action of this risk tier.
    #[must_use]
    pub const fn approvals(self) -> u8 {
        match self {
            Self::Observe | Self::Inform | Self::LowWrite | Self::Prohibited => 0,
            Self::HighWrite => 1,
            Self::Destructive => 2,
        }
    }

    /// The number as seed 000 writes it, 0 to 5.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }
}

impl TryFrom<u8> for RiskTier {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::ALL
            .get(usize::from(number))
            .copied()
            .ok_or_else(|| format!("risk tier `{number}` is not one of 0 to 5"))
    }
}

impl From<RiskTier> for u8 {
    fn from(tier: RiskTier) -> Self {
        tier.number()
    }
}

impl fmt::Display for RiskTier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Observe => "0 observe",
            Self::Inform => "1 inform",
            Self::LowWrite => "2 low write",
            Self::HighWrite => "3 high write",
            Self::Destructive => "4 destructive",
            Self::Prohibited => "5 prohibited",
        };
        f.write_str(name)
    }
}

/// Who decides: A the agent alone, B people, C a policy refuses, X a principle refuses (seed 001).
///
/// The order is the order of restriction: A < B < C < X.
#[derive(
    Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize,
)]
pub enum Tier {
    /// Autonomous: the agent acts alone.
    #[default]
    A,
    /// Supervised: people decide.
    B,
    /// Controlled: a policy refuses.
    C,
    /// Prohibited: a principle refuses.
    X,
}

impl Tier {
    /// The verdict a tier stands for: A is CLEARED, B is HELD, C and X are BLOCKED.
    #[must_use]
    pub const fn verdict(self) -> Verdict {
        match self {
            Self::A => Verdict::Cleared,
            Self::B => Verdict::Held,
            Self::C | Self::X => Verdict::Blocked,
        }
    }

    /// One step up as `tier_up` means it: A becomes B, B becomes C; C and X stay.
    #[must_use]
    pub const fn up(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B | Self::C => Self::C,
            Self::X => Self::X,
        }
    }

    /// The single letter.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::X => "X",
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the gate answers. The order is the order of hardness.
#[derive(
    Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    /// The action may happen.
    #[default]
    Cleared,
    /// The action waits for people.
    Held,
    /// The action must not happen.
    Blocked,
}

impl Verdict {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cleared => "CLEARED",
            Self::Held => "HELD",
            Self::Blocked => "BLOCKED",
        }
    }

    /// The least restrictive tier that stands for this verdict.
    #[must_use]
    pub const fn least_tier(self) -> Tier {
        match self {
            Self::Cleared => Tier::A,
            Self::Held => Tier::B,
            Self::Blocked => Tier::C,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
