//! The layer above the guards: who may change what about a vault.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use portcullis_evm::bindings::{Vault, VaultFactory, VaultManager};

use crate::world::{ALICE, ALL, BOB, DAY, FLOOR, MANAGER, STRANGER, TRADER, World, units, usd};

fn fees(entry: u16, exit: u16, performance: u16, management: u16) -> VaultManager::Fees {
    VaultManager::Fees {
        entry,
        exit,
        performance,
        management,
    }
}

fn limits(checks: u8, per_call: u16, per_day: u16) -> VaultManager::Conditions {
    VaultManager::Conditions {
        checks,
        lossPerCall: per_call,
        lossPerDay: per_day,
    }
}

#[test]
fn s6_an_asset_needs_a_guard_and_a_feed() {
    let mut world = World::new();
    let asset = world.token(18, 1);
    let call = VaultManager::addAssetCall {
        asset,
        deposits: true,
    };
    let why = world.why(MANAGER, world.logic, call.clone());
    assert_eq!(why.typed(), Some(Vault::NotListed { asset }));
    // Of a type that no guard knows.
    world.list(&[], &[(asset, 77)], &[]);
    let why = world.why(MANAGER, world.logic, call.clone());
    assert_eq!(why.typed(), Some(Vault::NotListed { asset }));
    world.moving_feed(asset, 0);
    world.list(&[], &[(asset, 0)], &[]);
    assert!(!world.call(MANAGER, world.logic, call.clone()).succeeded());
    world.set_price(asset, units(1, 18));
    world.must(MANAGER, world.logic, call.clone());
    let why = world.why(MANAGER, world.logic, call);
    assert_eq!(why.typed(), Some(Vault::BadAsset { asset }));
}

#[test]
fn s9_twelve_assets_of_the_registry_and_no_more() {
    let mut world = World::new();
    let more: Vec<Address> = (0..9).map(|_| world.token(18, 1)).collect();
    let assets: Vec<(Address, u16)> = more.iter().map(|token| (*token, 0)).collect();
    world.list(&[], &assets, &[]);
    for &asset in &more[..8] {
        world.must(
            MANAGER,
            world.logic,
            VaultManager::addAssetCall {
                asset,
                deposits: false,
            },
        );
    }
    let asset = more[8];
    let why = world.why(
        MANAGER,
        world.logic,
        VaultManager::addAssetCall {
            asset,
            deposits: false,
        },
    );
    assert!(why.typed::<Vault::TooManyAssets>().is_some(), "{why:?}");
    let asset = more[3];
    world.must(
        MANAGER,
        world.logic,
        VaultManager::removeAssetCall { asset },
    );
    let left = world.view(world.vault, Vault::assetsCall {});
    assert_eq!(left.len(), 11);
    assert!(!left.contains(&asset));
    let asset = more[8];
    world.must(
        MANAGER,
        world.logic,
        VaultManager::addAssetCall {
            asset,
            deposits: false,
        },
    );
    let all = world.view(world.vault, Vault::assetsCall {});
    assert!(
        all.iter()
            .all(|asset| world.view(world.vault, Vault::isEnabledCall { asset: *asset }))
    );
}

#[test]
fn an_asset_goes_only_when_nothing_of_it_is_left() {
    let mut world = World::new().funded();
    let asset = world.usd;
    let why = world.why(
        MANAGER,
        world.logic,
        VaultManager::removeAssetCall { asset },
    );
    assert_eq!(why.typed(), Some(Vault::NotEmpty { asset }));
    let shares = world.shares(ALICE);
    assert!(world.withdraw(ALICE, shares).succeeded());
    world.must(
        MANAGER,
        world.logic,
        VaultManager::removeAssetCall { asset },
    );
    let why = world.why(
        MANAGER,
        world.logic,
        VaultManager::removeAssetCall { asset },
    );
    assert_eq!(why.typed(), Some(Vault::BadAsset { asset }));
}

#[test]
fn a_position_is_not_deposited() {
    let mut world = World::new();
    let asset = world.pot;
    let why = world.why(
        MANAGER,
        world.logic,
        VaultManager::addAssetCall {
            asset,
            deposits: true,
        },
    );
    assert_eq!(why.typed(), Some(Vault::BadAsset { asset }));
}

#[test]
fn s13_the_manager_alone_seats_the_trader_and_sets_fees() {
    let mut world = World::new();
    for caller in [TRADER, STRANGER, ALICE] {
        let call = VaultManager::setTraderCall { trader: caller };
        assert_eq!(world.code(caller, world.logic, call), "dh4");
        let call = VaultManager::lowerFeesCall {
            next: fees(0, 0, 0, 0),
        };
        assert_eq!(world.code(caller, world.logic, call), "dh4");
        let call = VaultManager::announceFeesCall {
            next: fees(0, 0, 0, 0),
        };
        assert_eq!(world.code(caller, world.logic, call), "dh4");
    }
    let why = world.why(
        MANAGER,
        world.logic,
        VaultManager::setTraderCall { trader: MANAGER },
    );
    assert_eq!(why.typed(), Some(Vault::BadSeat { account: MANAGER }));
}

#[test]
fn s14_two_toggles_assets_on_and_privacy_off() {
    let mut world = World::new();
    let logic = world.logic;
    assert!(world.view(logic, VaultManager::traderChangesAssetsCall {}));
    assert!(!world.view(logic, VaultManager::traderTogglesPrivacyCall {}));
    let asset = world.dai;
    world.must(TRADER, logic, VaultManager::removeAssetCall { asset });
    let call = VaultManager::setPrivateCall { isPrivate_: true };
    assert_eq!(world.code(TRADER, logic, call.clone()), "dh4");
    let toggles = VaultManager::setTogglesCall {
        changesAssets: false,
        togglesPrivacy: true,
    };
    world.must(MANAGER, logic, toggles);
    let add = VaultManager::addAssetCall {
        asset,
        deposits: true,
    };
    assert_eq!(world.code(TRADER, logic, add.clone()), "dh4");
    world.must(MANAGER, logic, add);
    world.must(TRADER, logic, call);
    assert!(world.view(logic, VaultManager::isPrivateCall {}));
}

#[test]
fn dh7_only_members_deposit_into_a_private_vault_and_nobody_is_locked_in() {
    let mut world = World::new().funded();
    let logic = world.logic;
    world.must(
        MANAGER,
        logic,
        VaultManager::setPrivateCall { isPrivate_: true },
    );
    let refused = world.try_deposit(BOB, world.usd, usd(10)).reason().unwrap();
    assert_eq!(refused.text(), Some("dh7"));
    let accounts = vec![BOB];
    world.must(
        MANAGER,
        logic,
        VaultManager::setMembersCall {
            accounts,
            members: true,
        },
    );
    assert!(world.try_deposit(BOB, world.usd, usd(10)).succeeded());
    assert!(world.try_deposit(MANAGER, world.usd, usd(10)).succeeded());
    world.chain.mine();
    let accounts = vec![BOB];
    world.must(
        MANAGER,
        logic,
        VaultManager::setMembersCall {
            accounts,
            members: false,
        },
    );
    for who in [ALICE, BOB] {
        let shares = world.shares(who);
        assert!(world.withdraw(who, shares).succeeded());
    }
}

#[test]
fn dh6_a_day_is_the_longest_cooldown() {
    let mut world = World::new();
    let seconds_ = u32::try_from(DAY).unwrap();
    world.must(
        MANAGER,
        world.logic,
        VaultManager::setCooldownCall { seconds_ },
    );
    let call = VaultManager::setCooldownCall {
        seconds_: seconds_ + 1,
    };
    assert_eq!(world.code(MANAGER, world.logic, call), "dh6");
}

#[test]
fn s15_a_raise_waits_fourteen_days_and_then_expires() {
    let mut world = World::new();
    let logic = world.logic;
    let next = fees(0, 100, 1_000, 200);
    let why = world.why(
        MANAGER,
        logic,
        VaultManager::lowerFeesCall { next: next.clone() },
    );
    assert!(why.typed::<VaultManager::BadFees>().is_some(), "{why:?}");
    let why = world.why(MANAGER, logic, VaultManager::commitFeesCall {});
    assert!(
        why.typed::<VaultManager::NothingAnnounced>().is_some(),
        "{why:?}"
    );
    world.must(
        MANAGER,
        logic,
        VaultManager::announceFeesCall { next: next.clone() },
    );
    world.chain.wait(14 * DAY - 1);
    let why = world.why(MANAGER, logic, VaultManager::commitFeesCall {});
    assert!(why.typed::<VaultManager::TooEarly>().is_some(), "{why:?}");
    let mut late = world.clone();
    late.chain.wait(14 * DAY + 2);
    let why = late.why(MANAGER, logic, VaultManager::commitFeesCall {});
    assert!(why.typed::<VaultManager::TooLate>().is_some(), "{why:?}");
    world.chain.wait(1);
    world.must(MANAGER, logic, VaultManager::commitFeesCall {});
    assert_eq!(world.view(logic, VaultManager::feesCall {}), next);
    let why = world.why(MANAGER, logic, VaultManager::commitFeesCall {});
    assert!(
        why.typed::<VaultManager::NothingAnnounced>().is_some(),
        "{why:?}"
    );
    world.must(
        MANAGER,
        logic,
        VaultManager::lowerFeesCall {
            next: fees(0, 0, 0, 0),
        },
    );
}

#[test]
fn a6_announcing_anew_starts_the_wait_anew_and_can_be_taken_back() {
    let mut world = World::new();
    let logic = world.logic;
    let next = fees(0, 100, 0, 0);
    world.must(MANAGER, logic, VaultManager::announceFeesCall { next });
    world.chain.wait(13 * DAY);
    world.must(
        MANAGER,
        logic,
        VaultManager::announceFeesCall {
            next: fees(200, 200, 0, 0),
        },
    );
    world.chain.wait(DAY);
    let why = world.why(MANAGER, logic, VaultManager::commitFeesCall {});
    assert!(why.typed::<VaultManager::TooEarly>().is_some(), "{why:?}");
    world.must(MANAGER, logic, VaultManager::cancelFeesCall {});
    world.chain.wait(14 * DAY);
    let why = world.why(MANAGER, logic, VaultManager::commitFeesCall {});
    assert!(
        why.typed::<VaultManager::NothingAnnounced>().is_some(),
        "{why:?}"
    );
}

#[test]
fn fees_have_bounds() {
    let mut world = World::new();
    world.must(
        MANAGER,
        world.logic,
        VaultManager::announceFeesCall {
            next: fees(200, 200, 5_000, 300),
        },
    );
    for next in [
        fees(201, 0, 0, 0),
        fees(0, 201, 0, 0),
        fees(0, 0, 5_001, 0),
        fees(0, 0, 0, 301),
    ] {
        let why = world.why(
            MANAGER,
            world.logic,
            VaultManager::announceFeesCall { next },
        );
        assert!(why.typed::<VaultManager::BadFees>().is_some(), "{why:?}");
    }
}

#[test]
fn conditions_are_tightened_at_once_and_loosened_with_notice() {
    let mut world = World::new();
    let logic = world.logic;
    world.tighten(ALL, 1_000, 3_000);
    for next in [
        limits(FLOOR, 1_000, 3_000),
        limits(ALL, 1_001, 3_000),
        limits(ALL, 1_000, 3_001),
    ] {
        let why = world.why(MANAGER, logic, VaultManager::tightenConditionsCall { next });
        assert!(
            why.typed::<VaultManager::BadConditions>().is_some(),
            "{why:?}"
        );
    }
    let next = limits(16, 0, 0);
    let why = world.why(
        MANAGER,
        logic,
        VaultManager::announceConditionsCall { next },
    );
    assert!(
        why.typed::<VaultManager::BadConditions>().is_some(),
        "{why:?}"
    );
    let next = limits(FLOOR, 2_000, 4_000);
    world.must(
        MANAGER,
        logic,
        VaultManager::announceConditionsCall { next: next.clone() },
    );
    let why = world.why(MANAGER, logic, VaultManager::commitConditionsCall {});
    assert!(why.typed::<VaultManager::TooEarly>().is_some(), "{why:?}");
    world.chain.wait(14 * DAY);
    world.must(MANAGER, logic, VaultManager::commitConditionsCall {});
    let told = world.view(world.vault, Vault::conditionsCall {});
    assert_eq!(
        (told.checks, told.lossPerCall, told.lossPerDay),
        (FLOOR, 2_000, 4_000)
    );
    world.must(
        MANAGER,
        logic,
        VaultManager::announceConditionsCall { next },
    );
    world.must(MANAGER, logic, VaultManager::cancelConditionsCall {});
    world.chain.wait(14 * DAY);
    let why = world.why(MANAGER, logic, VaultManager::commitConditionsCall {});
    assert!(
        why.typed::<VaultManager::NothingAnnounced>().is_some(),
        "{why:?}"
    );
}

#[test]
fn a3_a_new_manager_starts_without_the_old_ones_trader() {
    let mut world = World::new();
    let logic = world.logic;
    world.must(
        MANAGER,
        logic,
        VaultManager::proposeManagerCall { next: BOB },
    );
    assert_eq!(
        world.code(STRANGER, logic, VaultManager::acceptManagerCall {}),
        "dh4"
    );
    world.must(BOB, logic, VaultManager::acceptManagerCall {});
    assert_eq!(world.view(world.vault, Vault::managerCall {}), BOB);
    assert_eq!(world.view(world.vault, Vault::traderCall {}), Address::ZERO);
    for caller in [MANAGER, TRADER] {
        let why = world.exec(caller, world.usd, vec![0; 4]).reason().unwrap();
        assert_eq!(why.text(), Some("dh24"));
        let call = VaultManager::setTraderCall { trader: caller };
        assert_eq!(world.code(caller, logic, call), "dh4");
    }
    assert_eq!(
        world.code(BOB, logic, VaultManager::acceptManagerCall {}),
        "dh4"
    );
}

#[test]
fn what_the_vault_is_worth_moves_with_prices_and_not_with_the_manager() {
    let mut world = World::new();
    let token = world.hostile();
    assert!(world.try_deposit(ALICE, token, units(10, 18)).succeeded());
    world.set_price(token, units(3, 18));
    assert_eq!(world.value(), units(30, 18));
    assert_eq!(world.supply(), units(10, 18));
    assert_eq!(
        world.view(world.logic, VaultManager::registryCall {}),
        world.registry
    );
    assert_ne!(world.value(), U256::ZERO);
}

#[test]
fn no_vault_is_made_with_fees_or_conditions_that_cannot_be() {
    let mut world = World::new();
    let plan = |checks: u8, exit: u16, cooldown: u32| VaultFactory::Plan {
        manager: BOB,
        name: String::new(),
        symbol: String::new(),
        conditions: VaultFactory::Conditions {
            checks,
            lossPerCall: 1,
            lossPerDay: 1,
        },
        fees: VaultFactory::Fees {
            entry: 0,
            exit,
            performance: 0,
            management: 0,
        },
        cooldown,
        isPrivate: true,
    };
    let bad = [plan(16, 0, 0), plan(0, 201, 0), plan(0, 0, 86_401)];
    let factory = world.factory;
    for plan in bad {
        assert!(
            !world
                .call(BOB, factory, VaultFactory::makeCall { plan })
                .succeeded()
        );
    }
    let plan = plan(ALL, 200, 86_400);
    let made = world.must(BOB, factory, VaultFactory::makeCall { plan });
    let made = VaultFactory::makeCall::abi_decode_returns(made.returned().unwrap()).unwrap();
    let vault = made.vault;
    assert!(world.view(factory, VaultFactory::isVaultCall { vault }));
    assert_eq!(world.view(vault, Vault::managerCall {}), BOB);
    assert!(world.view(made.logic, VaultManager::isPrivateCall {}));
}
