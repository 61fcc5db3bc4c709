//! Calls from within a call.

use alloy_primitives::U256;
use alloy_sol_types::SolCall;
use portcullis_evm::{
    bindings::{Vault, VaultManager},
    reason::Reason,
};

use crate::{
    stand_ins::Router,
    world::{BOB, MANAGER, STRANGER, World, approve, units, usd},
};

#[test]
fn r2_nothing_of_a_vault_is_reached_from_within_one_of_its_calls() {
    let mut world = World::new();
    let token = world.hostile();
    let mut world = world.funded();
    world.router_is_trader();
    world.allow_router(world.usd);
    let router = world.router;
    let swap = world.swap(world.usd, usd(1), world.eth).into();
    let baits = [
        Vault::executeTransactionCall {
            to: router,
            data: swap,
        }
        .abi_encode(),
        Vault::depositCall {
            asset: token,
            amount: U256::from(1),
            fewest: U256::ZERO,
        }
        .abi_encode(),
        Vault::withdrawCall {
            shares: U256::from(1),
        }
        .abi_encode(),
        Vault::transferCall {
            to: BOB,
            amount: U256::ZERO,
        }
        .abi_encode(),
        Vault::approveCall {
            spender: BOB,
            amount: U256::ZERO,
        }
        .abi_encode(),
        Vault::takeFeesCall {}.abi_encode(),
        Vault::revokeCall {
            token,
            spender: BOB,
        }
        .abi_encode(),
        Vault::settleClaimCall {
            account: BOB,
            asset: token,
        }
        .abi_encode(),
    ];
    for bait in baits {
        let call = Router::lieInWaitCall {
            target: world.vault,
            bait: bait.clone().into(),
        };
        world.must(STRANGER, router, call);
        assert!(world.swap_hundred().succeeded());
        assert!(!world.view(router, Router::answeredCall {}), "{bait:?}");
        let said = Reason::read(&world.view(router, Router::answerCall {}));
        assert!(said.typed::<Vault::Locked>().is_some(), "{said:?}");
    }
}

#[test]
fn r1_nothing_of_the_manager_contract_is_reached_either() {
    let mut world = World::new().funded();
    world.router_is_trader();
    world.must(
        MANAGER,
        world.logic,
        VaultManager::setTogglesCall {
            changesAssets: true,
            togglesPrivacy: true,
        },
    );
    world.allow_router(world.usd);
    let asset = world.dai;
    let baits = [
        VaultManager::removeAssetCall { asset }.abi_encode(),
        VaultManager::addAssetCall {
            asset: world.pot,
            deposits: false,
        }
        .abi_encode(),
        VaultManager::setPrivateCall { isPrivate_: true }.abi_encode(),
        VaultManager::acceptManagerCall {}.abi_encode(),
    ];
    for bait in baits {
        let call = Router::lieInWaitCall {
            target: world.logic,
            bait: bait.into(),
        };
        world.must(STRANGER, world.router, call);
        assert!(world.swap_hundred().succeeded());
        let said = Reason::read(&world.view(world.router, Router::answerCall {}));
        assert!(said.typed::<VaultManager::Busy>().is_some(), "{said:?}");
    }
}

#[test]
fn r3_two_vaults_under_one_guard_do_not_meet() {
    let mut world = World::new().funded();
    let (other, logic) = world.another_vault(BOB, (0, 0, 0, 0), 0);
    for asset in [world.usd, world.eth] {
        world.must(
            BOB,
            logic,
            VaultManager::addAssetCall {
                asset,
                deposits: true,
            },
        );
    }
    world.mint(world.usd, other, usd(100));
    let router = world.router;
    world.must(BOB, logic, VaultManager::setTraderCall { trader: router });
    world.allow_router(world.usd);
    let to = world.usd;
    let data = approve(router, usd(100)).into();
    world.must(BOB, other, Vault::executeTransactionCall { to, data });
    // In the middle of the first vault's swap the router swaps for the second one.
    let call = Router::swapCall {
        tokenIn: world.usd,
        amountIn: usd(10),
        tokenOut: world.eth,
        least: U256::ZERO,
        to: other,
    };
    let data = call.abi_encode().into();
    let bait = Vault::executeTransactionCall { to: router, data };
    let bait = bait.abi_encode().into();
    world.must(
        STRANGER,
        router,
        Router::lieInWaitCall {
            target: other,
            bait,
        },
    );
    let outcome = world.swap_hundred();
    assert!(outcome.succeeded(), "{:?}", outcome.reason());
    assert_eq!(world.balance(world.eth, world.vault), units(5, 16));
}

#[test]
fn r4_the_value_cannot_be_read_from_within_a_call() {
    let mut world = World::new().funded();
    world.allow_router(world.usd);
    world.lie_in_wait(world.vault, Vault::totalValueCall {});
    assert!(world.swap_hundred().succeeded());
    let said = Reason::read(&world.view(world.router, Router::answerCall {}));
    assert!(said.typed::<Vault::Unsettled>().is_some(), "{said:?}");
    assert!(!world.view(world.vault, Vault::lockedCall {}));
}
