//! What the manager, and as far as the toggles go the trader, change about a vault.

use super::Errand;
use crate::{
    bindings::VaultManager as Logic,
    names::{Names, decimal},
    rules::pauses::{Pause, Pauses, Side},
};
use alloy_primitives::{Address, U256};

/// What the manager is paid, in parts of 10,000; management is by the year.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Fees {
    /// For coming.
    pub entry: u16,
    /// For going.
    pub exit: u16,
    /// Of gains.
    pub performance: u16,
    /// For a year.
    pub management: u16,
}

/// What is checked after every call or batch.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Conditions {
    /// As the contract counts them.
    pub checks: u8,
    /// The most that one call or batch may lose, in parts of 100,000.
    pub loss_per_call: u16,
    /// The most that any 24 hours may lose, in the same parts.
    pub loss_per_day: u16,
}

/// The checks by their names, as the contract counts them.
pub const CHECKS: [(&str, u8); 4] = [("floor", 1), ("allowances", 2), ("supply", 4), ("fixed", 8)];

impl Fees {
    /// All of them in words.
    #[must_use]
    pub fn words(&self) -> String {
        let percent = |parts: u16| format!("{} %", decimal(U256::from(parts), 2));
        format!(
            "{} for coming, {} for going, {} of gains, {} a year",
            percent(self.entry),
            percent(self.exit),
            percent(self.performance),
            percent(self.management)
        )
    }

    fn encoded(self) -> Logic::Fees {
        Logic::Fees {
            entry: self.entry,
            exit: self.exit,
            performance: self.performance,
            management: self.management,
        }
    }
}

impl Conditions {
    /// The names of what is checked.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        let on = CHECKS.iter().filter(|(_, bit)| self.checks & bit != 0);
        on.map(|(name, _)| *name).collect()
    }

    /// All of them in words.
    #[must_use]
    pub fn words(&self) -> String {
        let checked = match self.names().as_slice() {
            [] => return "nothing is checked after a call".to_owned(),
            names => names.join(", "),
        };
        let percent = |parts: u16| format!("{} %", decimal(U256::from(parts), 3));
        let (call, day) = (percent(self.loss_per_call), percent(self.loss_per_day));
        format!("checked are {checked}; a call may lose {call}, 24 hours {day}")
    }

    fn encoded(self) -> Logic::Conditions {
        Logic::Conditions {
            checks: self.checks,
            lossPerCall: self.loss_per_call,
            lossPerDay: self.loss_per_day,
        }
    }
}

/// Seats another trader, or none with the zero address.
#[must_use]
pub fn set_trader(logic: Address, trader: Address, names: &Names) -> Errand {
    let words = if trader.is_zero() {
        "Takes the trader's seat away".to_owned()
    } else {
        format!("Seats {} as the trader", names.party(trader))
    };
    Errand::call(logic, &Logic::setTraderCall { trader }, words)
}

/// Sets the trader's two toggles.
#[must_use]
pub fn set_toggles(logic: Address, assets: bool, privacy: bool) -> Errand {
    let may = |may: bool| if may { "may" } else { "may not" };
    let words = format!(
        "The trader {} change the vault's assets, and {} open and close the vault",
        may(assets),
        may(privacy)
    );
    let call = Logic::setTogglesCall {
        changesAssets: assets,
        togglesPrivacy: privacy,
    };
    Errand::call(logic, &call, words)
}

/// Pauses a vault or its trades, or ends that, as its manager or as the registry's owner or guardian.
#[must_use]
pub fn set_pause(logic: Address, now: Pauses, (side, pause): (Side, Pause), on: bool) -> Errand {
    let what = match pause {
        Pause::Vault => "deposits and trades of the vault",
        Pause::Trades => "trades of the vault",
    };
    let verb = if on { "Stops" } else { "No longer stops" };
    let next = now.with(side, pause, on);
    match side {
        Side::Manager => {
            let words = format!("{verb} {what}, as its manager; withdrawals go on");
            Errand::call(logic, &Logic::setPausesCall { next }, words)
        }
        Side::House => {
            let words = format!("{verb} {what}, for the registry; withdrawals go on");
            Errand::call(logic, &Logic::setHousePausesCall { next }, words)
        }
    }
}

/// Enables an asset.
#[must_use]
pub fn add_asset(logic: Address, asset: Address, deposits: bool, names: &Names) -> Errand {
    let what = if deposits {
        ", for deposits as well"
    } else {
        ""
    };
    let words = format!("The vault may hold {}{what}", names.party(asset));
    Errand::call(logic, &Logic::addAssetCall { asset, deposits }, words)
}

/// Takes an asset of which nothing is left off the vault's list.
#[must_use]
pub fn remove_asset(logic: Address, asset: Address, names: &Names) -> Errand {
    let words = format!("The vault holds {} no more", names.party(asset));
    Errand::call(logic, &Logic::removeAssetCall { asset }, words)
}

/// Opens the vault to everybody, or closes it to all but members.
#[must_use]
pub fn set_private(logic: Address, private: bool) -> Errand {
    let words = if private {
        "Only members and the manager may deposit"
    } else {
        "Everybody may deposit"
    };
    Errand::call(
        logic,
        &Logic::setPrivateCall {
            isPrivate_: private,
        },
        words,
    )
}

/// Makes accounts members, or takes them off.
#[must_use]
pub fn set_members(logic: Address, accounts: Vec<Address>, members: bool, names: &Names) -> Errand {
    let who: Vec<_> = accounts
        .iter()
        .map(|account| names.party(*account))
        .collect();
    let verb = if members { "Takes in" } else { "Takes off" };
    let words = format!("{verb} as members: {}", who.join(", "));
    Errand::call(logic, &Logic::setMembersCall { accounts, members }, words)
}

/// Sets for how long shares are locked after a deposit, in seconds.
#[must_use]
pub fn set_cooldown(logic: Address, seconds: u32) -> Errand {
    let words = format!("Shares are locked for {seconds} seconds after a deposit to come");
    Errand::call(logic, &Logic::setCooldownCall { seconds_: seconds }, words)
}

/// Lowers fees at once.
#[must_use]
pub fn lower_fees(logic: Address, fees: Fees) -> Errand {
    let words = format!("Lowers the fees, at once: {}", fees.words());
    let next = fees.encoded();
    Errand::call(logic, &Logic::lowerFeesCall { next }, words)
}

/// Announces fees of which any is higher.
#[must_use]
pub fn announce_fees(logic: Address, fees: Fees) -> Errand {
    let words = format!("Announces fees for 14 days from now: {}", fees.words());
    let next = fees.encoded();
    Errand::call(logic, &Logic::announceFeesCall { next }, words)
}

/// Puts announced fees in force.
#[must_use]
pub fn commit_fees(logic: Address) -> Errand {
    let words = "Puts the announced fees in force";
    Errand::call(logic, &Logic::commitFeesCall {}, words)
}

/// Takes announced fees back.
#[must_use]
pub fn cancel_fees(logic: Address) -> Errand {
    let words = "Takes the announced fees back";
    Errand::call(logic, &Logic::cancelFeesCall {}, words)
}

/// Makes the conditions stricter, at once.
#[must_use]
pub fn tighten(logic: Address, conditions: Conditions) -> Errand {
    let words = format!("Tightens the conditions, at once: {}", conditions.words());
    let next = conditions.encoded();
    Errand::call(logic, &Logic::tightenConditionsCall { next }, words)
}

/// Announces conditions of which any is looser.
#[must_use]
pub fn announce_conditions(logic: Address, conditions: Conditions) -> Errand {
    let words = format!(
        "Announces conditions for 14 days from now: {}",
        conditions.words()
    );
    let next = conditions.encoded();
    Errand::call(logic, &Logic::announceConditionsCall { next }, words)
}

/// Puts announced conditions in force.
#[must_use]
pub fn commit_conditions(logic: Address) -> Errand {
    let words = "Puts the announced conditions in force";
    Errand::call(logic, &Logic::commitConditionsCall {}, words)
}

/// Takes announced conditions back.
#[must_use]
pub fn cancel_conditions(logic: Address) -> Errand {
    let words = "Takes the announced conditions back";
    Errand::call(logic, &Logic::cancelConditionsCall {}, words)
}

/// Offers the manager's seat.
#[must_use]
pub fn propose_manager(logic: Address, next: Address, names: &Names) -> Errand {
    let words = format!("Offers the manager's seat to {}", names.party(next));
    Errand::call(logic, &Logic::proposeManagerCall { next }, words)
}

/// Takes the manager's seat that was offered.
#[must_use]
pub fn accept_manager(logic: Address) -> Errand {
    let words = "Takes the manager's seat; the trader of before loses theirs";
    Errand::call(logic, &Logic::acceptManagerCall {}, words)
}
