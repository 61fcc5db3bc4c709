//! R3: two vaults under one guard, one in the middle of the other's call.

use alloy_primitives::{Address, U256, hex};
use alloy_sol_types::SolCall;
use portcullis_evm::{
    bindings::{Vault, VaultManager},
    chain::Outcome,
};

use super::{bites, market::Market};
use crate::{
    guards::abi,
    world::{BOB, FLOOR, MANAGER, World, approve, units, usd},
};

/// Two vaults, and a token whose every move is a chance for the second to trade.
struct Two {
    market: Market,
    hook: Address,
    second: Address,
}

impl Two {
    /// The first has 40,000 dollars and may lose 1 % by a call; the second has `dollars`, and the token itself
    /// as its trader. So deep is the pool of dollars and the token.
    fn new(mut market: Market, dollars: u64, deep: u64) -> Self {
        let hook = market.list_token("test/HookToken");
        market.pair_with_dollars(hook, deep);
        let (second, logic) = market.world.another_vault(BOB, (0, 0, 0, 0), 0);
        let all = market.world.view(market.world.vault, Vault::assetsCall {});
        for asset in all {
            let deposits = false;
            let call = VaultManager::addAssetCall { asset, deposits };
            market.world.must(BOB, logic, call);
        }
        let trader = hook;
        market
            .world
            .must(BOB, logic, VaultManager::setTraderCall { trader });
        for (vault, manager) in [(market.world.vault, MANAGER), (second, BOB)] {
            let data = approve(market.v2, U256::MAX).into();
            let to = market.world.usd;
            let call = Vault::executeTransactionCall { to, data };
            market.world.must(manager, vault, call);
        }
        market.world.tighten(FLOOR, 1_000, 3_000);
        let next = VaultManager::Conditions {
            checks: FLOOR,
            lossPerCall: 1_000,
            lossPerDay: 3_000,
        };
        let call = VaultManager::tightenConditionsCall { next };
        market.world.must(BOB, logic, call);
        market.world.mint(market.world.usd, second, usd(dollars));
        Self {
            market,
            hook,
            second,
        }
    }

    /// The first vault buys the token, which has the second one buy ether in the middle of it.
    fn trade(&mut self, dollars: u64) -> Outcome {
        let inner = abi::swapExactTokensForTokensCall {
            to: self.second,
            ..self.market.sale(1)
        };
        let (to, data) = (self.market.v2, inner.abi_encode().into());
        let call = abi::armCall {
            target: self.second,
            call: Vault::executeTransactionCall { to, data }
                .abi_encode()
                .into(),
        };
        self.market.tell(self.hook, call);
        let outer = abi::swapExactTokensForTokensCall {
            path: vec![self.market.world.usd, self.hook],
            ..self.market.sale(dollars)
        };
        let v2 = self.market.v2;
        self.market.world.exec(MANAGER, v2, outer.abi_encode())
    }

    /// Whether the second vault got to trade.
    fn met(&mut self) -> bool {
        self.market.world.view(self.hook, abi::doneCall {})
    }
}

/// An eighth of the vault is lost to a shallow pool, and measured by what the other vault had.
fn a_loss_hides_behind_a_poorer_vault(market: Market) -> bool {
    let mut two = Two::new(market, 10, 10_000);
    let before = two.market.worth();
    let done = two.trade(10_000).succeeded();
    done && two.market.worth() < before * 9 / 10
}

/// A fair trade is refused, since the other vault had more.
fn a_richer_vault_stops_every_trade(market: Market) -> bool {
    let mut two = Two::new(market, 100_000, 1_000_000);
    !two.trade(100).succeeded()
}

#[test]
fn r3_what_one_vault_had_is_not_what_another_is_measured_by() {
    bites(
        "shared-scratch",
        &[
            a_loss_hides_behind_a_poorer_vault,
            a_richer_vault_stops_every_trade,
        ],
    );
}

#[test]
fn r3_both_trades_are_made_and_each_vault_counts_its_own_loss() {
    let mut two = Two::new(Market::new(), 10, 1_000_000);
    let outcome = two.trade(1_000);
    assert!(outcome.succeeded(), "{:?}", outcome.reason());
    assert!(two.met());
    let (ether, second) = (two.market.world.eth, two.second);
    assert!(two.market.have(ether, second) > U256::ZERO);
    let lost = |two: &mut Two, vault| two.market.world.view(vault, Vault::lossTodayCall {});
    // The fee is three parts of a thousand: of 1,000 dollars in 40,000, and of one in ten.
    let first = two.market.world.vault;
    assert_eq!(lost(&mut two, first), U256::from(10));
    assert_eq!(lost(&mut two, second), U256::from(31));
}

#[test]
fn r3_a_loss_is_a_loss_while_another_vault_trades() {
    let mut two = Two::new(Market::new(), 10, 10_000);
    let why = two.trade(10_000).reason().unwrap();
    let error: Vault::BelowFloor = why.typed().unwrap();
    assert!(error.loss > units(5_000, 18), "{}", error.loss);
    assert_eq!(error.value, units(40_000, 18));
}

/// A guard that lets every call pass: its ruling is kind 1 and three times nobody.
const PERMITS: [u8; 8] = hex!("6001 5f52 6080 5ff3");
/// Writes something down, for good or for the length of a transaction.
const SCRIBBLES: [[u8; 4]; 2] = [hex!("6001 5f 55"), hex!("6001 5f 5d")];

/// Whether a vault makes a call that a guard with this code judges.
fn judged(code: &[u8]) -> bool {
    let mut world = World::new().funded();
    let guard = Address::repeat_byte(0x6a);
    world.chain.set_code(guard, code.to_vec().into()).unwrap();
    let target = world.deploy("test/Happy", Vec::new());
    world.list(&[(target, guard, 0)], &[], &[]);
    world.exec(MANAGER, target, [0; 4]).succeeded()
}

/// A guard is only ever asked in a way in which it cannot write, whatever its code would do.
#[test]
fn r3_a_guard_that_writes_something_down_permits_nothing() {
    assert!(judged(&PERMITS));
    for scribble in SCRIBBLES {
        let code = [&scribble[..], &PERMITS].concat();
        assert!(!judged(&code), "{scribble:?}");
    }
}
