//! What shareholders do: deposits, withdrawals, shares, claims and escrow.

use alloy_primitives::{Address, U256};
use portcullis_evm::bindings::{Vault, VaultManager};

use crate::{
    stand_ins::{Puppet, Token},
    world::{ALICE, ALL, BOB, DAY, MANAGER, STRANGER, World, approve, units, usd},
};
use alloy_sol_types::SolCall;

#[test]
fn the_first_share_costs_a_dollar_and_the_next_what_a_share_is_worth() {
    let mut world = World::new().funded();
    assert_eq!(world.shares(ALICE), units(10_000, 18));
    world.mint(world.eth, world.vault, units(5, 18));
    assert_eq!(world.value(), units(20_000, 18));
    world.deposit(BOB, usd(10_000));
    assert_eq!(world.shares(BOB), units(5_000, 18));
}

#[test]
fn a_withdrawal_is_a_part_of_every_asset() {
    let mut world = World::new().funded();
    world.mint(world.eth, world.vault, units(5, 18));
    world.mint(world.btc, world.vault, U256::from(7));
    let shares = world.shares(ALICE) / U256::from(4);
    assert!(world.withdraw(ALICE, shares).succeeded());
    assert_eq!(world.balance(world.usd, ALICE), usd(2_500));
    assert_eq!(world.balance(world.eth, ALICE), units(125, 16));
    // Rounded down: what is left over stays with those who stay.
    assert_eq!(world.balance(world.btc, ALICE), U256::from(1));
}

#[test]
fn a_withdrawal_may_be_paid_to_somebody_else() {
    let mut world = World::new().funded();
    let shares = world.shares(ALICE);
    let call = Vault::withdrawToCall { shares, to: BOB };
    world.must(ALICE, world.vault, call);
    assert_eq!(world.balance(world.usd, BOB), usd(10_000));
    assert_eq!(world.supply(), U256::ZERO);
    for to in [Address::ZERO, world.vault] {
        let why = world.why(ALICE, world.vault, Vault::withdrawToCall { shares, to });
        assert!(why.typed::<Vault::NoReceiver>().is_some(), "{why:?}");
    }
}

#[test]
fn dh8_only_assets_that_take_deposits_are_taken() {
    let mut world = World::new();
    let other = world.token(18, 1);
    let asset = world.btc;
    world.must(
        MANAGER,
        world.logic,
        VaultManager::removeAssetCall { asset },
    );
    world.must(
        MANAGER,
        world.logic,
        VaultManager::addAssetCall {
            asset,
            deposits: false,
        },
    );
    for token in [other, asset, Address::ZERO] {
        let call = Vault::depositCall {
            asset: token,
            amount: usd(1),
            fewest: U256::ZERO,
        };
        assert_eq!(world.code(ALICE, world.vault, call), "dh8");
    }
}

#[test]
fn dh10_no_fewer_shares_than_the_fewest_come_or_stay() {
    let mut world = World::new();
    let few = world
        .try_deposit(ALICE, world.dai, U256::from(99_999))
        .reason();
    assert_eq!(few.unwrap().text(), Some("dh10"));
    assert!(
        world
            .try_deposit(ALICE, world.dai, U256::from(100_000))
            .succeeded()
    );
    world.chain.mine();
    let why = world.withdraw(ALICE, U256::from(1)).reason().unwrap();
    assert_eq!(why.text(), Some("dh10"));
    assert!(world.withdraw(ALICE, U256::from(100_000)).succeeded());
}

#[test]
fn dh12_nobody_gives_back_more_than_they_have() {
    let mut world = World::new().funded();
    for (who, shares) in [
        (BOB, U256::from(1)),
        (ALICE, units(10_001, 18)),
        (ALICE, U256::ZERO),
    ] {
        assert_eq!(
            world.withdraw(who, shares).reason().unwrap().text(),
            Some("dh12")
        );
    }
    let call = Vault::transferCall {
        to: ALICE,
        amount: U256::from(1),
    };
    assert_eq!(world.code(BOB, world.vault, call), "dh12");
    let call = Vault::transferFromCall {
        from: ALICE,
        to: BOB,
        amount: U256::from(1),
    };
    assert_eq!(world.code(BOB, world.vault, call), "dh12");
}

#[test]
fn fewer_shares_than_asked_for_are_refused() {
    let mut world = World::new();
    let (asset, amount, spender) = (world.usd, usd(5), world.vault);
    world.mint(asset, ALICE, amount);
    world.must(ALICE, asset, Token::approveCall { spender, amount });
    let fewest = units(5, 18) + U256::from(1);
    let why = world.why(
        ALICE,
        spender,
        Vault::depositCall {
            asset,
            amount,
            fewest,
        },
    );
    assert_eq!(
        why.typed(),
        Some(Vault::TooFewShares {
            shares: units(5, 18)
        })
    );
}

#[test]
fn dh16_shares_of_nothing_are_not_sold() {
    let mut world = World::new();
    let token = world.hostile();
    assert!(world.try_deposit(ALICE, token, units(10, 18)).succeeded());
    // All of it vanishes, as it does with a hostile token.
    let vault = world.vault;
    let held = world.balance(token, vault);
    let slot = (0..20_u64).find(|slot| {
        let key = alloy_primitives::keccak256(alloy_sol_types::SolValue::abi_encode(&(
            vault,
            U256::from(*slot),
        )));
        let key = U256::from_be_bytes(key.0);
        if world.chain.storage(token, key).unwrap() != held {
            return false;
        }
        world.chain.set_storage(token, key, U256::ZERO).unwrap();
        true
    });
    assert!(slot.is_some());
    let why = world.try_deposit(BOB, world.usd, usd(10)).reason().unwrap();
    assert_eq!(why.text(), Some("dh16"));
}

#[test]
fn dh3_shares_stay_for_their_time_with_top_ups_weighed() {
    let mut world = World::new();
    world.must(
        MANAGER,
        world.logic,
        VaultManager::setCooldownCall { seconds_: 1_000 },
    );
    let start = world.chain.now();
    world.deposit(ALICE, usd(100));
    let until = |world: &mut World| -> u64 {
        let told = world.view(world.vault, Vault::lockedUntilCall { holder: ALICE });
        told.to::<u64>() - start
    };
    assert_eq!(until(&mut world), 1_000);
    world.chain.wait(600);
    // 400 are left, and 10 for 100 shares add 100.
    world.deposit(ALICE, usd(10));
    assert_eq!(until(&mut world), 600 + 500);
    world.chain.wait(499);
    let all = world.shares(ALICE);
    assert_eq!(
        world.withdraw(ALICE, all).reason().unwrap().text(),
        Some("dh3")
    );
    world.chain.wait(1);
    assert!(world.withdraw(ALICE, all).succeeded());
}

#[test]
fn a_shorter_cooldown_shortens_nothing_and_none_is_a_second() {
    let mut world = World::new();
    world.must(
        MANAGER,
        world.logic,
        VaultManager::setCooldownCall { seconds_: 1_000 },
    );
    world.deposit(ALICE, usd(100));
    let first = world.view(world.vault, Vault::lockedUntilCall { holder: ALICE });
    world.must(
        MANAGER,
        world.logic,
        VaultManager::setCooldownCall { seconds_: 0 },
    );
    world.deposit(ALICE, usd(100));
    assert_eq!(
        world.view(world.vault, Vault::lockedUntilCall { holder: ALICE }),
        first
    );
    world.deposit(BOB, usd(100));
    let bob = world.view(world.vault, Vault::lockedUntilCall { holder: BOB });
    assert_eq!(bob, U256::from(world.chain.now() + 1));
    let shares = world.shares(BOB);
    assert_eq!(
        world.withdraw(BOB, shares).reason().unwrap().text(),
        Some("dh3")
    );
}

#[test]
fn w2_nobody_renews_the_cooldown_of_another() {
    let mut world = World::new();
    world.must(
        MANAGER,
        world.logic,
        VaultManager::setCooldownCall { seconds_: 1_000 },
    );
    world.deposit(ALICE, usd(100));
    let before = world.view(world.vault, Vault::lockedUntilCall { holder: ALICE });
    world.chain.wait(10);
    world.deposit(BOB, usd(100));
    world.chain.wait(1_000);
    let call = Vault::transferCall {
        to: ALICE,
        amount: U256::from(1),
    };
    world.must(BOB, world.vault, call);
    assert_eq!(
        world.view(world.vault, Vault::lockedUntilCall { holder: ALICE }),
        before
    );
}

#[test]
fn v9_one_transaction_is_of_one_kind() {
    let mut world = World::new();
    let person = world.deploy("test/Puppet", Vec::new());
    let amount = usd(100);
    world.mint(world.usd, person, amount);
    let (vault, asset) = (world.vault, world.usd);
    let fewest = U256::ZERO;
    let deposit = Vault::depositCall {
        asset,
        amount,
        fewest,
    }
    .abi_encode()
    .into();
    let allow = Token::approveCall {
        spender: vault,
        amount,
    }
    .abi_encode()
    .into();
    let withdraw = Vault::withdrawCall {
        shares: units(50, 18),
    }
    .abi_encode();
    let call = Puppet::playCall {
        to: vec![asset, vault, vault],
        data: vec![allow, deposit, withdraw.into()],
    };
    let why = world.why(STRANGER, person, call);
    assert!(why.typed::<Vault::Mixed>().is_some(), "{why:?}");
}

#[test]
fn shares_are_a_token() {
    let mut world = World::new().funded();
    let vault = world.vault;
    assert_eq!(world.view(vault, Vault::symbolCall {}), "VLT");
    assert_eq!(world.view(vault, Vault::nameCall {}), "Vault");
    assert_eq!(world.view(vault, Vault::decimalsCall {}), 18);
    world.must(
        ALICE,
        vault,
        Vault::transferCall {
            to: BOB,
            amount: units(3, 18),
        },
    );
    assert_eq!(world.shares(BOB), units(3, 18));
    world.must(
        ALICE,
        vault,
        Vault::approveCall {
            spender: BOB,
            amount: units(2, 18),
        },
    );
    world.must(
        BOB,
        vault,
        Vault::transferFromCall {
            from: ALICE,
            to: BOB,
            amount: units(2, 18),
        },
    );
    assert_eq!(world.shares(BOB), units(5, 18));
    let left = world.view(
        vault,
        Vault::allowanceCall {
            holder: ALICE,
            spender: BOB,
        },
    );
    assert_eq!(left, U256::ZERO);
    let amount = U256::MAX;
    world.must(
        ALICE,
        vault,
        Vault::approveCall {
            spender: BOB,
            amount,
        },
    );
    world.must(
        BOB,
        vault,
        Vault::transferFromCall {
            from: ALICE,
            to: BOB,
            amount: units(2, 18),
        },
    );
    let left = world.view(
        vault,
        Vault::allowanceCall {
            holder: ALICE,
            spender: BOB,
        },
    );
    assert_eq!(left, U256::MAX);
}

#[test]
fn shares_go_to_somebody() {
    let mut world = World::new().funded();
    let vault = world.vault;
    for to in [Address::ZERO, vault] {
        let why = world.why(
            ALICE,
            vault,
            Vault::transferCall {
                to,
                amount: U256::from(1),
            },
        );
        assert!(why.typed::<Vault::NoReceiver>().is_some(), "{why:?}");
    }
}

#[test]
fn w11_deposit_and_withdrawal_do_not_share_a_block() {
    let mut world = World::new();
    world.deposit(ALICE, usd(100));
    let shares = world.shares(ALICE);
    assert_eq!(
        world.withdraw(ALICE, shares).reason().unwrap().text(),
        Some("dh3")
    );
}

#[test]
fn fees_come_in_shares_and_one_mark_holds_for_all() {
    let mut world = World::new();
    let fees = (100, 200, 2_000, 300);
    (world.vault, world.logic) = world.another_vault(MANAGER, fees, 0);
    for asset in [world.usd, world.eth] {
        world.must(
            MANAGER,
            world.logic,
            VaultManager::addAssetCall {
                asset,
                deposits: true,
            },
        );
    }
    world.deposit(ALICE, usd(10_000));
    assert_eq!(world.shares(ALICE), units(9_900, 18));
    assert_eq!(world.shares(MANAGER), units(100, 18));
    world.chain.wait(365 * DAY);
    world.must(STRANGER, world.vault, Vault::takeFeesCall {});
    let (managers, supply) = (world.shares(MANAGER), world.supply());
    // Three hundredths of all that is there now, besides what there was.
    let gained = managers - units(100, 18);
    let parts: u64 = (gained * U256::from(100_000) / supply).to();
    assert!((2_999..=3_000).contains(&parts), "{parts}");
    world.mint(world.usd, world.vault, usd(10_000));
    world.must(STRANGER, world.vault, Vault::takeFeesCall {});
    let mark = world.view(world.logic, VaultManager::highWaterCall {});
    assert!(mark > units(1, 18));
    let before = world.shares(MANAGER);
    world.must(STRANGER, world.vault, Vault::takeFeesCall {});
    assert_eq!(world.shares(MANAGER), before, "a gain is charged once");
    world.chain.mine();
    let shares = units(1_000, 18);
    assert!(world.withdraw(ALICE, shares).succeeded());
    assert!(world.shares(MANAGER) >= before + units(20, 18));
}

#[test]
fn all_of_it_works_under_all_conditions() {
    let mut world = World::watched().funded();
    world.allow_router(world.usd);
    assert!(world.swap_hundred().succeeded());
    world.deposit(BOB, usd(500));
    world.chain.mine();
    let shares = world.shares(BOB);
    assert!(world.withdraw(BOB, shares).succeeded());
    let told = world.view(world.vault, Vault::conditionsCall {});
    assert_eq!(
        (told.checks, told.lossPerCall, told.lossPerDay),
        (ALL, 1_000, 3_000)
    );
    let router = world.router;
    world.exec_must(world.usd, approve(router, U256::ZERO));
}
