//! Withdrawals of what cannot simply be sent: positions, poisoned assets, claims and escrow.

use alloy_primitives::{Address, U256};
use portcullis_evm::bindings::{Escrow, GuardRegistry, Vault, VaultManager};

use crate::{
    stand_ins::{HostileToken, Pot, PotGuard},
    world::{ALICE, BOB, GUARDIAN, MANAGER, OWNER, STRANGER, World, units, usd},
};
use alloy_sol_types::SolCall;

fn pause(world: &mut World, token: Address, paused: bool) {
    let call = HostileToken::setCall {
        fee_: U256::ZERO,
        paused,
        no: false,
    };
    world.must(STRANGER, token, call);
}

fn block(world: &mut World, token: Address, account: Address, blocked: bool) {
    world.must(
        STRANGER,
        token,
        HostileToken::blockAccountCall { account, blocked },
    );
}

/// Alice has 10,000 dollars in it, and the vault five of the hostile token.
fn with_hostile() -> (World, Address) {
    let mut world = World::new();
    let token = world.hostile();
    let mut world = world.funded();
    world.mint(token, world.vault, units(5, 18));
    (world, token)
}

#[test]
fn w1_what_only_the_receiver_cannot_take_waits_in_escrow() {
    let (mut world, token) = with_hostile();
    block(&mut world, token, ALICE, true);
    let shares = world.shares(ALICE) / U256::from(2);
    assert!(world.withdraw(ALICE, shares).succeeded());
    assert_eq!(world.balance(world.usd, ALICE), usd(5_000));
    assert_eq!(world.escrowed(ALICE, token), units(25, 17));
    assert!(
        !world
            .call(ALICE, world.escrow, Escrow::takeCall { token, to: ALICE })
            .succeeded()
    );
    world.must(ALICE, world.escrow, Escrow::takeCall { token, to: BOB });
    assert_eq!(world.balance(token, BOB), units(25, 17));
    let why = world.why(ALICE, world.escrow, Escrow::takeCall { token, to: BOB });
    assert!(why.typed::<Escrow::NothingOwed>().is_some(), "{why:?}");
}

#[test]
fn w1_what_nobody_can_take_is_claimed_and_paid_later() {
    let (mut world, token) = with_hostile();
    world.deposit(BOB, usd(10_000));
    world.chain.mine();
    pause(&mut world, token, true);
    let half = world.shares(ALICE) / U256::from(2);
    assert!(world.withdraw(ALICE, half).succeeded());
    let claim = |world: &mut World, who| {
        let told = world.view(
            world.vault,
            Vault::claimOfCall {
                account: who,
                asset: token,
            },
        );
        (told.parts, told.whole)
    };
    let (parts, whole) = claim(&mut world, ALICE);
    assert!(parts > U256::ZERO && parts < whole);
    // The rest of the shares carries the rest of the asset, no more.
    let bob = world.shares(BOB);
    assert!(world.withdraw(BOB, bob).succeeded());
    assert!(claim(&mut world, BOB).0 > parts);
    let call = Vault::settleClaimCall {
        account: ALICE,
        asset: token,
    };
    let why = world.why(STRANGER, world.vault, call.clone());
    assert!(why.typed::<Vault::Claimed>().is_some(), "{why:?}");
    pause(&mut world, token, false);
    world.must(STRANGER, world.vault, call.clone());
    world.must(
        STRANGER,
        world.vault,
        Vault::settleClaimCall {
            account: BOB,
            asset: token,
        },
    );
    let (alice, bob) = (world.balance(token, ALICE), world.balance(token, BOB));
    assert!(alice > units(12, 17) && alice < units(13, 17), "{alice}");
    assert!(bob > units(24, 17) && bob < units(26, 17), "{bob}");
    let why = world.why(STRANGER, world.vault, call);
    assert!(why.typed::<Vault::NoClaim>().is_some(), "{why:?}");
    assert_eq!(claim(&mut world, ALICE), (U256::ZERO, U256::ZERO));
    let rest = world.shares(ALICE);
    assert!(world.withdraw(ALICE, rest).succeeded());
    assert!(world.balance(token, world.vault) <= U256::from(3));
}

#[test]
fn a_claimed_asset_is_held_still() {
    let (mut world, token) = with_hostile();
    pause(&mut world, token, true);
    let half = world.shares(ALICE) / U256::from(2);
    assert!(world.withdraw(ALICE, half).succeeded());
    pause(&mut world, token, false);
    world.mint(token, world.router, units(9, 18));
    world.set_rate(world.router, world.usd, token, units(1, 30));
    world.allow_router(world.usd);
    let data = world.swap(world.usd, usd(1), token);
    let why = world.exec_why(world.router, data);
    assert_eq!(why.typed(), Some(Vault::Claimed { asset: token }));
    assert_eq!(
        world
            .try_deposit(BOB, token, units(1, 18))
            .reason()
            .unwrap()
            .text(),
        Some("dh8")
    );
    let asset = token;
    let why = world.why(
        MANAGER,
        world.logic,
        VaultManager::removeAssetCall { asset },
    );
    assert_eq!(why.typed(), Some(Vault::Claimed { asset }));
    // Everything else goes on.
    assert!(world.swap_hundred().succeeded());
    world.must(
        BOB,
        world.vault,
        Vault::settleClaimCall {
            account: ALICE,
            asset,
        },
    );
    let data = world.swap(world.usd, usd(1), token);
    world.exec_must(world.router, data);
}

#[test]
fn a_claim_is_not_worth_anything_to_those_who_stay() {
    let (mut world, token) = with_hostile();
    pause(&mut world, token, true);
    let half = world.shares(ALICE) / U256::from(2);
    let before = world.value();
    assert!(world.withdraw(ALICE, half).succeeded());
    let after = world.value();
    assert!(
        after * U256::from(2) <= before + U256::from(4),
        "{before} {after}"
    );
    assert!(
        after * U256::from(2) + units(1, 12) >= before,
        "{before} {after}"
    );
}

#[test]
fn s10_a_position_is_taken_apart_not_handed_over() {
    let mut world = World::new().funded();
    world.fill_pot(4);
    assert_eq!(world.value(), units(18_000, 18));
    let assets = world.view(world.vault, Vault::assetsCall {});
    assert_eq!(assets.first(), Some(&world.pot), "higher types come first");
    let half = world.shares(ALICE) / U256::from(2);
    assert!(world.withdraw(ALICE, half).succeeded());
    assert_eq!(world.balance(world.eth, ALICE), units(2, 18));
    assert_eq!(world.balance(world.pot, world.vault), units(2, 18));
    assert_eq!(world.value(), units(9_000, 18));
}

#[test]
fn a_position_that_cannot_be_taken_apart_is_claimed() {
    let mut world = World::new().funded();
    world.fill_pot(4);
    world.must(STRANGER, world.pot, Pot::shutCall { shut_: true });
    let half = world.shares(ALICE) / U256::from(2);
    assert!(world.withdraw(ALICE, half).succeeded());
    assert_eq!(world.balance(world.usd, ALICE), usd(5_000));
    assert_eq!(world.balance(world.pot, world.vault), units(4, 18));
    world.must(STRANGER, world.pot, Pot::shutCall { shut_: false });
    let asset = world.pot;
    world.must(
        BOB,
        world.vault,
        Vault::settleClaimCall {
            account: ALICE,
            asset,
        },
    );
    assert_eq!(world.balance(world.eth, ALICE), units(2, 18));
}

#[test]
fn a_guard_that_hands_over_too_much_is_stopped() {
    let mut world = World::new().funded();
    world.fill_pot(4);
    let greed = PotGuard::setCall {
        greed_: U256::from(2),
        detour_: Address::ZERO,
    };
    world.must(STRANGER, world.pot_guard, greed);
    let shares = world.shares(ALICE) / U256::from(4);
    assert!(world.withdraw(ALICE, shares).succeeded());
    assert_eq!(world.balance(world.eth, ALICE), U256::ZERO);
    assert_eq!(world.balance(world.pot, world.vault), units(4, 18));
    let detour = PotGuard::setCall {
        greed_: U256::from(1),
        detour_: world.vault,
    };
    world.must(STRANGER, world.pot_guard, detour);
    let asset = world.pot;
    let call = Vault::settleClaimCall {
        account: ALICE,
        asset,
    };
    let why = world.why(ALICE, world.vault, call);
    assert_eq!(why.typed(), Some(Vault::Claimed { asset }));
}

#[test]
fn a7_what_is_delisted_or_frozen_still_goes_out() {
    let (mut world, token) = with_hostile();
    world.fill_pot(4);
    let asset = token;
    world.must(
        OWNER,
        world.registry,
        GuardRegistry::delistAssetCall { asset },
    );
    let asset = world.pot;
    world.must(
        GUARDIAN,
        world.registry,
        GuardRegistry::freezeAssetCall { asset },
    );
    let why = world.try_deposit(BOB, world.usd, usd(10)).reason().unwrap();
    assert!(why.typed::<Vault::NotListed>().is_some(), "{why:?}");
    let half = world.shares(ALICE) / U256::from(2);
    assert!(world.withdraw(ALICE, half).succeeded());
    assert_eq!(world.balance(token, ALICE), units(25, 17));
    assert_eq!(world.balance(world.eth, ALICE), units(2, 18));
}

#[test]
fn a_price_that_cannot_be_read_keeps_nobody_in_but_lets_nobody_in() {
    let (mut world, token) = with_hostile();
    world.set_price(token, U256::ZERO);
    assert!(!world.try_deposit(BOB, world.usd, usd(10)).succeeded());
    let half = world.shares(ALICE) / U256::from(2);
    assert!(world.withdraw(ALICE, half).succeeded());
    assert_eq!(world.balance(token, ALICE), units(25, 17));
}

#[test]
fn t6_a_token_that_says_no_is_not_taken_for_yes() {
    let (mut world, token) = with_hostile();
    let call = HostileToken::setCall {
        fee_: U256::ZERO,
        paused: false,
        no: true,
    };
    world.must(STRANGER, token, call);
    let half = world.shares(ALICE) / U256::from(2);
    assert!(world.withdraw(ALICE, half).succeeded());
    assert_eq!(world.balance(token, ALICE), U256::ZERO);
    let account = ALICE;
    let claim = world.view(
        world.vault,
        Vault::claimOfCall {
            account,
            asset: token,
        },
    );
    assert!(claim.parts > U256::ZERO);
}

#[test]
fn t5_a_token_that_calls_back_reaches_nothing() {
    let (mut world, token) = with_hostile();
    let baits = [
        Vault::withdrawCall {
            shares: U256::from(1),
        }
        .abi_encode(),
        Vault::transferCall {
            to: BOB,
            amount: U256::ZERO,
        }
        .abi_encode(),
        Vault::takeFeesCall {}.abi_encode(),
        Vault::unwindCall {
            asset: token,
            part: U256::from(1),
            whole: U256::from(1),
            to: BOB,
            account: BOB,
        }
        .abi_encode(),
    ];
    for bait in baits {
        let call = HostileToken::lieInWaitCall {
            target: world.vault,
            bait: bait.into(),
        };
        world.must(STRANGER, token, call);
        assert!(world.try_deposit(BOB, token, units(1, 18)).succeeded());
        assert!(!world.view(token, HostileToken::answeredCall {}));
        let quarter = world.shares(ALICE) / U256::from(4);
        assert!(world.withdraw(ALICE, quarter).succeeded());
        assert!(!world.view(token, HostileToken::answeredCall {}));
    }
}
