//! An account on a chain that acts for a vault, and whose key only the gate uses.

mod act;
mod intend;
mod parameters;
mod signing;

use crate::{
    call::Call,
    pilot::Pilot,
    preflight::Preflight,
    rules::{Judged, Verdict},
};
use alloy_primitives::{Address, U256};
use portcullis_firewall::{
    canonical,
    digest::Means,
    hands::Hands,
    order::{DryRun, Effect, Ended, Order},
    outside::{Intending, Signer, Wallet, Wish},
    ports::{Clock, Doing, Executor, Rehearsal},
};
use portcullis_policy::{action::Action, id::TenantId};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{sync::Arc, time::Duration};
use tokio::sync::Mutex;

/// The action type of a signature over typed data.
const SIGN: &str = "evm.sign_typed_data";
/// The action types of transactions, by what they do; the riskier ones later.
const EFFECTS: &[&str] = &[
    "evm.disallow",
    "evm.swap",
    "evm.invest",
    "evm.borrow",
    "evm.approve",
    "evm.execute",
];

/// An account as the operator names it.
#[derive(Clone, Debug)]
pub struct AccountSettings {
    /// Its name, which actions have as their target.
    pub name: String,
    /// Whose it is.
    pub tenant: TenantId,
    /// The environment of its actions.
    pub environment: String,
    /// Its address.
    pub address: Address,
    /// The name of its key.
    pub key: String,
    /// How long a transaction is waited for.
    pub patience: Duration,
    /// Who may be given a right to spend by a signature over typed data.
    pub spenders: Vec<Address>,
}

/// What an account needs from the world.
#[derive(Clone, Debug)]
pub struct Ports {
    /// Signs with its key.
    pub signer: Arc<dyn Signer>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// An account on a chain that acts for a vault.
#[derive(Debug)]
pub struct Account {
    settings: AccountSettings,
    pilot: Pilot,
    ports: Ports,
    means: Means,
    /// One transaction at a time has the next nonce.
    turn: Mutex<()>,
}

impl Account {
    /// An account.
    #[must_use]
    pub fn new(settings: AccountSettings, pilot: Pilot, ports: Ports) -> Self {
        let guards = pilot.outfit.guards.iter();
        let guards: Vec<_> = guards
            .map(|(guard, interface)| json!([guard, interface.as_str()]))
            .collect();
        let said = json!({
            "account": settings.address,
            "chain": pilot.chain.id,
            "guards": guards,
            "rules": pilot.chain.rules.as_str(),
            "spenders": settings.spenders,
            "vault": pilot.outfit.vault,
        });
        let means = Means::new(Sha256::digest(canonical::to_vec(&said)).into());
        Self {
            settings,
            pilot,
            ports,
            means,
            turn: Mutex::new(()),
        }
    }

    /// What the gate acts by here.
    #[must_use]
    pub fn hands(self: &Arc<Self>) -> Hands {
        Hands {
            executor: Arc::<Self>::clone(self),
            rehearsal: Arc::<Self>::clone(self),
        }
    }

    /// Its name, tenant, address and chain.
    #[must_use]
    pub const fn settings(&self) -> &AccountSettings {
        &self.settings
    }

    /// What looks at its transactions.
    #[must_use]
    pub const fn pilot(&self) -> &Pilot {
        &self.pilot
    }

    fn serves(&self, action: &Action) -> bool {
        let kind = action.kind.as_str();
        action.tenant == self.settings.tenant
            && action.target == self.settings.name
            && (kind == SIGN || EFFECTS.contains(&kind))
    }
}

impl Wallet for Account {
    fn chain_id(&self) -> u64 {
        self.pilot.chain.id
    }

    fn account(&self) -> String {
        self.settings.address.to_string()
    }

    fn intend(&self, wish: Wish) -> Intending<'_> {
        Box::pin(async move {
            match wish {
                Wish::Send(fields) => self.intend_to_send(&fields).await,
                Wish::Raw(raw) => self.intend_to_pass_on(&raw).await,
                Wish::TypedData(account, data) => self.intend_to_sign(&account, &data),
            }
        })
    }
}

impl Executor for Account {
    fn means(&self, action: &Action) -> Option<Means> {
        self.serves(action).then_some(self.means)
    }

    fn execute(&self, order: Order) -> Doing<'_, Effect> {
        Box::pin(async move {
            if order.tenant != self.settings.tenant || order.target != self.settings.name {
                return Effect::new(Ended::Failed, "no such account acts for this tenant");
            }
            match order.action_type.as_str() {
                SIGN => self.sign(&order).await,
                _ => self.send(&order).await,
            }
        })
    }
}

impl Rehearsal for Account {
    fn rehearses(&self, action: &Action) -> bool {
        self.serves(action)
    }

    fn rehearse(&self, order: Order) -> Doing<'_, DryRun> {
        Box::pin(async move {
            match order.action_type.as_str() {
                SIGN => self.look_at_signing(&order),
                _ => self.look_at_sending(&order).await,
            }
        })
    }
}

/// The action type of what was looked at; nothing for what is denied.
fn effect(seen: &Preflight) -> Option<&'static str> {
    let judged = match &seen.verdict {
        Verdict::Deny(_) => return None,
        Verdict::Allow(judged) | Verdict::Ask(judged, _) => judged,
    };
    let left = |judged: &Judged| {
        let effects = seen.effects.as_ref();
        let granted = effects.into_iter().flat_map(|effects| &effects.allowances);
        granted
            .filter(|granted| Some(granted.change.token) == judged.ruling.granted)
            .any(|granted| !granted.change.after.is_zero())
    };
    let kinds = judged.iter().map(|one| match &one.call {
        None => "evm.execute",
        Some(Call::Approve(approval)) if approval.amount == U256::ZERO => "evm.disallow",
        // What is used up by the calls after it gives nobody anything.
        Some(Call::Approve(_)) if judged.len() > 1 && !left(one) => "evm.disallow",
        Some(Call::Approve(_)) => "evm.approve",
        Some(Call::Swap(_) | Call::Several(_)) => "evm.swap",
        Some(Call::Lend(lend)) if lend.function == "borrow" => "evm.borrow",
        Some(Call::Lend(_) | Call::Share(_) | Call::Liquidity(_)) => "evm.invest",
        Some(Call::Transfer { .. } | Call::Sweep { .. } | Call::Execute { .. }) => "evm.execute",
    });
    let rank = |kind: &&str| EFFECTS.iter().position(|one| one == kind);
    kinds.max_by_key(rank)
}
