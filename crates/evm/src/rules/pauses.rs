//! What is paused, and who did it. A pause stops deposits and trades; nobody is ever kept from
//! withdrawing.

use super::Denial;

/// What is paused for one vault.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Pauses {
    /// Whether the registry has paused all vaults (`dh1`).
    pub everything: bool,
    /// The vault's own, as its contract counts them: its manager's pauses of the vault (1) and of its
    /// trades (2), and those of the registry's owner and guardian (4, 8).
    pub bits: u8,
}

/// What one vault can be paused in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Pause {
    /// Deposits and trades (`dh2`).
    Vault,
    /// Trades alone (`dh20`).
    Trades,
}

/// Whose pause it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Side {
    /// The vault's manager.
    Manager,
    /// The registry's owner or guardian.
    House,
}

impl Pause {
    const fn bit(self) -> u8 {
        match self {
            Self::Vault => 1,
            Self::Trades => 2,
        }
    }
}

impl Side {
    const fn shift(self) -> u32 {
        match self {
            Self::Manager => 0,
            Self::House => 2,
        }
    }
}

impl Pauses {
    /// Whether a side has paused something.
    #[must_use]
    pub const fn has(self, side: Side, pause: Pause) -> bool {
        self.of(side) & pause.bit() != 0
    }

    /// What one side has paused, as the functions that set it count: 1 the vault, 2 its trades.
    #[must_use]
    pub const fn of(self, side: Side) -> u8 {
        (self.bits >> side.shift()) & 3
    }

    /// What one side has paused when it pauses one thing more, or one thing less.
    #[must_use]
    pub const fn with(self, side: Side, pause: Pause, on: bool) -> u8 {
        if on {
            self.of(side) | pause.bit()
        } else {
            self.of(side) & !pause.bit()
        }
    }

    fn is(self, pause: Pause) -> bool {
        self.has(Side::Manager, pause) || self.has(Side::House, pause)
    }

    /// Why no call of the vault is made; nothing while none is paused. The order of codes is the vault's.
    #[must_use]
    pub fn denial(self) -> Option<Denial> {
        let (code, words) = if self.everything {
            ("dh1", "all vaults are paused by the registry")
        } else if self.is(Pause::Vault) {
            ("dh2", "this vault is paused")
        } else if self.is(Pause::Trades) {
            ("dh20", "trades of this vault are paused")
        } else {
            return None;
        };
        let words = format!("{words}: only withdrawals and what takes rights back go on");
        Some(Denial::new(code, "paused", words))
    }

    /// All of them in words.
    #[must_use]
    pub fn words(self) -> String {
        let mut all = Vec::new();
        if self.everything {
            all.push("all vaults, by the registry (dh1)");
        }
        for (side, pause, words) in [
            (
                Side::Manager,
                Pause::Vault,
                "this vault, by its manager (dh2)",
            ),
            (
                Side::House,
                Pause::Vault,
                "this vault, by the registry's people (dh2)",
            ),
            (
                Side::Manager,
                Pause::Trades,
                "its trades, by its manager (dh20)",
            ),
            (
                Side::House,
                Pause::Trades,
                "its trades, by the registry's people (dh20)",
            ),
        ] {
            if self.has(side, pause) {
                all.push(words);
            }
        }
        if all.is_empty() {
            return "nothing".to_owned();
        }
        format!("{}; withdrawals go on", all.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::{Pause, Pauses, Side};

    #[test]
    fn a_side_changes_its_own_pauses_alone() {
        let pauses = Pauses {
            everything: false,
            bits: 0b1001,
        };
        assert!(pauses.has(Side::Manager, Pause::Vault));
        assert!(pauses.has(Side::House, Pause::Trades));
        assert_eq!(pauses.with(Side::Manager, Pause::Trades, true), 0b11);
        assert_eq!(pauses.with(Side::House, Pause::Trades, false), 0);
    }

    #[test]
    fn the_widest_pause_gives_the_code() {
        let code = |everything, bits| Pauses { everything, bits }.denial().map(|why| why.code);
        assert_eq!(code(false, 0), None);
        for bits in [2, 8, 10] {
            assert_eq!(code(false, bits), Some("dh20"));
        }
        for bits in [1, 4, 7, 15] {
            assert_eq!(code(false, bits), Some("dh2"));
        }
        assert_eq!(code(true, 15), Some("dh1"));
    }
}
