//! A chain with a registry and a vault that do as they are told, and real guards of assets and feeds.

use std::{cell::RefCell, collections::BTreeMap};

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::{SolCall, SolValue};
use portcullis_evm::{
    chain::{Call, Chain},
    reason::Reason,
};

use super::{abi, stubs::TESTER};
use crate::files::artifact;

thread_local! {
    /// Code in place of what is committed: of a mutant or of a weakened build.
    static INSTEAD: RefCell<BTreeMap<String, Bytes>> = const { RefCell::new(BTreeMap::new()) };
}

/// Runs `test` with other creation code for some contracts.
pub(super) fn with_code(code: BTreeMap<String, Bytes>, test: impl FnOnce()) {
    INSTEAD.set(code);
    test();
    INSTEAD.set(BTreeMap::new());
}

/// Forgets what [`with_code`] said, when its test did not come back.
pub(super) fn as_committed() {
    INSTEAD.set(BTreeMap::new());
}

/// One contract of a weakened build.
pub(super) fn weakened(weakness: &str, name: &str) -> BTreeMap<String, Bytes> {
    let code = artifact(&format!("weakened/guards/{weakness}/{name}")).creation;
    BTreeMap::from([(name.to_owned(), code)])
}

/// A contract's creation code.
pub(super) fn creation(path: &str) -> Bytes {
    let other = INSTEAD.with_borrow(|code| code.get(path).cloned());
    other.unwrap_or_else(|| artifact(path).creation)
}

/// Somebody who withdraws.
pub(super) const LEAVER: Address = Address::repeat_byte(0x1e);

/// One whole unit of a token with 18 decimals.
pub(super) const ONE: u128 = 1_000_000_000_000_000_000;

/// `count` whole units of 18 decimals.
pub(super) fn e18(count: u64) -> U256 {
    U256::from(count) * U256::from(ONE)
}

/// The chain.
pub(super) struct Lab {
    pub(super) chain: Chain,
    pub(super) registry: Address,
    pub(super) vault: Address,
}

impl Lab {
    /// With a registry that lists nothing and a vault that has nothing.
    pub(super) fn new() -> Self {
        let mut lab = Self {
            chain: Chain::new(),
            registry: Address::ZERO,
            vault: Address::ZERO,
        };
        lab.registry = lab.deploy("test/StubRegistry", ());
        lab.vault = lab.deploy("test/StubVault", ());
        lab
    }

    /// Creates a contract; `arguments` are of its constructor.
    pub(super) fn deploy(&mut self, path: &str, arguments: impl SolValue) -> Address {
        self.try_deploy(path, arguments).unwrap()
    }

    /// The same where it may refuse to be made.
    pub(super) fn try_deploy(
        &mut self,
        path: &str,
        arguments: impl SolValue,
    ) -> Result<Address, Reason> {
        let mut data = creation(path).to_vec();
        // Every argument here is a word of its own, so that a tuple of them is all there is to encode.
        data.extend(arguments.abi_encode());
        let call = Call {
            to: None,
            ..Call::new(TESTER, Address::ZERO, data)
        };
        let outcome = self.chain.send(&call).unwrap();
        outcome
            .reason()
            .map_or_else(|| Ok(outcome.created.unwrap()), Err)
    }

    /// Has a call made by the tester.
    pub(super) fn tell(&mut self, to: Address, call: impl SolCall) {
        let outcome = self
            .chain
            .send(&Call::new(TESTER, to, call.abi_encode()))
            .unwrap();
        assert!(outcome.succeeded(), "{:?}", outcome.reason());
    }

    /// Has a call made by the vault, which nobody judges.
    pub(super) fn by_vault(&mut self, to: Address, data: Vec<u8>) -> Result<(), Reason> {
        let make = abi::makeCall {
            to,
            data: data.into(),
        }
        .abi_encode();
        let outcome = self
            .chain
            .send(&Call::new(TESTER, self.vault, make))
            .unwrap();
        outcome.reason().map_or(Ok(()), Err)
    }

    /// Asks, and expects an answer.
    pub(super) fn ask<C: SolCall>(&mut self, to: Address, call: C) -> C::Return {
        self.try_ask(to, call).unwrap()
    }

    /// Asks.
    pub(super) fn try_ask<C: SolCall>(
        &mut self,
        to: Address,
        call: C,
    ) -> Result<C::Return, Reason> {
        let outcome = self
            .chain
            .look(&Call::new(TESTER, to, call.abi_encode()))
            .unwrap();
        match outcome.reason() {
            Some(reason) => Err(reason),
            None => Ok(C::abi_decode_returns(outcome.returned().unwrap()).unwrap()),
        }
    }

    /// A token that is listed and enabled, at a price in whole USD.
    pub(super) fn token(&mut self, decimals: u64, price: u64) -> Address {
        let token = self.deploy("test/MockToken", (U256::from(decimals),));
        self.list(token, e18(price));
        token
    }

    /// Lists and enables an asset; the feed's address comes back.
    pub(super) fn list(&mut self, asset: Address, price: U256) -> Address {
        let feed = self.deploy("test/MockFeed", (price,));
        let guard = Address::repeat_byte(0x9d);
        self.tell(
            self.registry,
            super::stubs::listCall {
                asset,
                guard,
                feed,
                assetType: 0,
            },
        );
        self.tell(
            self.vault,
            super::stubs::enableCall {
                asset,
                enabled: true,
            },
        );
        feed
    }

    /// Takes an asset off the registry's list.
    pub(super) fn unlist(&mut self, asset: Address) {
        let nobody = Address::ZERO;
        let call = super::stubs::listCall {
            asset,
            guard: nobody,
            feed: nobody,
            assetType: 0,
        };
        self.tell(self.registry, call);
    }

    /// Gives somebody new units of a token.
    pub(super) fn mint(&mut self, token: Address, to: Address, amount: U256) {
        self.tell(token, abi::mintCall { to, amount });
    }

    /// What somebody has of a token.
    pub(super) fn balance(&mut self, token: Address, account: Address) -> U256 {
        self.ask(token, abi::balanceOfCall { account })
    }

    /// What an asset of the vault is worth.
    pub(super) fn value(&mut self, guard: Address, asset: Address) -> U256 {
        self.try_value(guard, asset).unwrap()
    }

    pub(super) fn try_value(&mut self, guard: Address, asset: Address) -> Result<U256, Reason> {
        self.try_ask(
            guard,
            abi::valueCall {
                vault: self.vault,
                asset,
            },
        )
    }

    pub(super) fn removable(&mut self, guard: Address, asset: Address) -> bool {
        self.ask(
            guard,
            abi::removableCall {
                vault: self.vault,
                asset,
            },
        )
    }

    /// Has the steps of an unwinding made by the vault, and what is paid sent, as a vault does.
    pub(super) fn unwind(
        &mut self,
        guard: Address,
        asset: Address,
        part: u64,
        whole: u64,
    ) -> Result<(), Reason> {
        let plan = self.plan(guard, asset, part, whole)?;
        for step in plan.steps {
            self.by_vault(step.to, step.data.to_vec())?;
        }
        if plan.paid.is_zero() {
            return Ok(());
        }
        let send = abi::transferCall {
            to: LEAVER,
            amount: plan.amount,
        }
        .abi_encode();
        self.by_vault(plan.paid, send)
    }

    /// What an unwinding would do.
    pub(super) fn plan(
        &mut self,
        guard: Address,
        asset: Address,
        part: u64,
        whole: u64,
    ) -> Result<abi::unwindReturn, Reason> {
        let (part, whole) = (U256::from(part), U256::from(whole));
        let call = abi::unwindCall {
            vault: self.vault,
            asset,
            part,
            whole,
            receiver: LEAVER,
        };
        let plan = self.try_ask(guard, call)?;
        // Either steps hand everything over, or an amount of a token is sent.
        assert!(plan.paid.is_zero() || plan.steps.is_empty());
        assert!(!plan.paid.is_zero() || plan.amount.is_zero());
        Ok(plan)
    }
}
