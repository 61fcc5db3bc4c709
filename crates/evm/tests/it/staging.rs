//! What tests set up in the world before they begin.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use portcullis_evm::{
    bindings::{GuardRegistry, VaultManager},
    chain::Outcome,
};

use crate::{
    stand_ins::Router,
    world::{MANAGER, OWNER, PLAIN, STRANGER, World, units, usd},
};

impl World {
    /// A token with every vice, listed and enabled, worth a dollar.
    pub(crate) fn hostile(&mut self) -> Address {
        let token = self.deploy("test/HostileToken", Vec::new());
        self.moving_feed(token, 1);
        let guard = self.approve_guard;
        self.list(&[(token, guard, 0)], &[(token, PLAIN)], &[]);
        let (asset, deposits) = (token, true);
        self.must(
            MANAGER,
            self.logic,
            VaultManager::addAssetCall { asset, deposits },
        );
        token
    }

    /// Seats the router as the trader, so that what lies in wait there speaks with a role.
    pub(crate) fn router_is_trader(&mut self) {
        let trader = self.router;
        self.must(MANAGER, self.logic, VaultManager::setTraderCall { trader });
    }

    /// What the router does in the middle of the next swap.
    pub(crate) fn lie_in_wait<C: SolCall>(&mut self, target: Address, bait: C) {
        let bait = bait.abi_encode().into();
        let router = self.router;
        self.must(STRANGER, router, Router::lieInWaitCall { target, bait });
    }

    /// Swaps a hundred dollars into ether.
    pub(crate) fn swap_hundred(&mut self) -> Outcome {
        let eth = self.eth;
        self.trade(100, eth)
    }

    /// The market pays so many parts of 100,000 less for dollars.
    pub(crate) fn worsen(&mut self, parts: u64) {
        let fair = units(5, 26);
        let rate = fair * U256::from(100_000 - parts) / U256::from(100_000);
        self.set_rate(self.router, self.usd, self.eth, rate);
    }
}

impl World {
    /// Swaps dollars into something else at the router.
    pub(crate) fn trade(&mut self, dollars: u64, into: Address) -> Outcome {
        let data = self.swap(self.usd, usd(dollars), into);
        let router = self.router;
        self.exec(MANAGER, router, data)
    }

    /// A swap in the middle of which the router, as guardian, freezes the shop.
    pub(crate) fn freeze_in_the_middle(&mut self) -> Outcome {
        self.allow_router(self.usd);
        let next = self.router;
        self.must(
            OWNER,
            self.registry,
            GuardRegistry::setGuardianCall { next },
        );
        let destination = self.shop;
        self.lie_in_wait(
            self.registry,
            GuardRegistry::freezeDestinationCall { destination },
        );
        self.swap_hundred()
    }
}
