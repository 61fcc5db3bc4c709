//! Making vaults.

use super::{
    Errand,
    manager::{Conditions, Fees},
};
use crate::{
    bindings::VaultFactory,
    names::{Names, foreign},
};
use alloy_primitives::{Address, Bytes};
use alloy_sol_types::{SolCall, SolEvent};

/// A vault as it is made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan {
    /// Who has the manager's seat.
    pub manager: Address,
    /// What its shares are called.
    pub name: String,
    /// The short form of that.
    pub symbol: String,
    /// What is checked after every call.
    pub conditions: Conditions,
    /// What the manager is paid.
    pub fees: Fees,
    /// For how long shares are locked after a deposit, in seconds.
    pub cooldown: u32,
    /// Whether only members may deposit.
    pub private: bool,
}

/// A vault that was made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Made {
    /// The vault.
    pub vault: Address,
    /// Its manager contract.
    pub logic: Address,
}

/// Makes a vault and its manager contract.
#[must_use]
pub fn make(factory: Address, plan: &Plan, names: &Names) -> Errand {
    let words = format!(
        "Makes a vault {} ({}) for {}; {}; fees: {}; {}; shares are locked for {} seconds",
        foreign(&plan.name),
        foreign(&plan.symbol),
        names.party(plan.manager),
        plan.conditions.words(),
        plan.fees.words(),
        if plan.private {
            "for members"
        } else {
            "for everybody"
        },
        plan.cooldown
    );
    let call = VaultFactory::makeCall {
        plan: VaultFactory::Plan {
            manager: plan.manager,
            name: plan.name.clone(),
            symbol: plan.symbol.clone(),
            conditions: VaultFactory::Conditions {
                checks: plan.conditions.checks,
                lossPerCall: plan.conditions.loss_per_call,
                lossPerDay: plan.conditions.loss_per_day,
            },
            fees: VaultFactory::Fees {
                entry: plan.fees.entry,
                exit: plan.fees.exit,
                performance: plan.fees.performance,
                management: plan.fees.management,
            },
            cooldown: plan.cooldown,
            isPrivate: plan.private,
        },
    };
    Errand::call(factory, &call, words)
}

/// What the factory answered: the vault that it would make.
#[must_use]
pub fn answered(answer: &Bytes) -> Option<Made> {
    let made = VaultFactory::makeCall::abi_decode_returns_validate(answer).ok()?;
    Some(Made {
        vault: made.vault,
        logic: made.logic,
    })
}

/// What a log of the factory says was made.
#[must_use]
pub fn noted(log: &crate::snapshot::Log, factory: Address) -> Option<Made> {
    if log.address != factory {
        return None;
    }
    let topics = log.topics.iter().copied();
    let made = VaultFactory::Made::decode_raw_log_validate(topics, &log.data).ok()?;
    Some(Made {
        vault: made.vault,
        logic: made.logic,
    })
}
