//! Pauses: who may, what they stop and with which code, and that nobody is ever kept in.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use portcullis_evm::{
    bindings::{GuardRegistry, Vault, VaultManager},
    reason::Reason,
};

use crate::{
    flown::{agree, flown, outfit, transaction},
    world::{ALICE, BOB, GUARDIAN, MANAGER, OWNER, STRANGER, TRADER, World, approve, units, usd},
};

pub(crate) const VAULT: u8 = 1;
pub(crate) const TRADES: u8 = 2;

pub(crate) fn own(world: &mut World, next: u8) {
    let logic = world.logic;
    world.must(MANAGER, logic, VaultManager::setPausesCall { next });
}

pub(crate) fn house(world: &mut World, who: Address, next: u8) {
    let logic = world.logic;
    world.must(who, logic, VaultManager::setHousePausesCall { next });
}

pub(crate) fn everything(world: &mut World) {
    let registry = world.registry;
    world.must(GUARDIAN, registry, GuardRegistry::pauseCall {});
}

/// Every way in which something may be paused, with the code of a trade and of a deposit.
type Way = (fn(&mut World), &'static str, Option<&'static str>);
const WAYS: &[Way] = &[
    (everything, "dh1", Some("dh1")),
    (|world| own(world, VAULT), "dh2", Some("dh2")),
    (|world| house(world, GUARDIAN, VAULT), "dh2", Some("dh2")),
    (|world| house(world, OWNER, VAULT), "dh2", Some("dh2")),
    (|world| own(world, TRADES), "dh20", None),
    (|world| house(world, GUARDIAN, TRADES), "dh20", None),
];

fn code_of(why: Option<Reason>) -> Option<String> {
    why.map(|why| why.text().unwrap_or_else(|| panic!("{why:?}")).to_owned())
}

/// A vault with something in it that can be traded.
fn funded() -> World {
    let mut world = World::new().funded();
    world.allow_router(world.usd);
    world
}

#[test]
fn what_is_paused_is_neither_traded_nor_deposited() {
    for (number, (pause, trade, deposit)) in WAYS.iter().enumerate() {
        let mut world = funded();
        pause(&mut world);
        let (router, swap) = (world.router, world.swap(world.usd, usd(1), world.eth));
        for who in [MANAGER, TRADER] {
            let done = world.exec(who, router, swap.clone());
            assert_eq!(code_of(done.reason()).as_deref(), Some(*trade), "{number}");
            let (to, data) = (router, swap.clone().into());
            let done = world.call(who, world.vault, Vault::execTransactionCall { to, data });
            assert_eq!(code_of(done.reason()).as_deref(), Some(*trade), "{number}");
            let done = world.batch(who, &[(router, swap.clone())]);
            assert_eq!(code_of(done.reason()).as_deref(), Some(*trade), "{number}");
        }
        world.chain.mine();
        let done = world.try_deposit(BOB, world.usd, usd(100));
        assert_eq!(code_of(done.reason()).as_deref(), *deposit, "{number}");
    }
}

#[test]
fn nobody_is_kept_in_while_everything_is_paused() {
    let mut world = World::new();
    let hostile = world.hostile();
    let mut world = world.funded();
    world.mint(hostile, world.vault, units(1, 18));
    world.mint(world.eth, world.vault, units(1, 18));
    everything(&mut world);
    own(&mut world, VAULT | TRADES);
    house(&mut world, GUARDIAN, VAULT | TRADES);
    let vault = world.vault;
    let shares = world.shares(ALICE) / U256::from(4);
    let dollars = world.balance(world.usd, ALICE);
    assert!(world.withdraw(ALICE, shares).succeeded());
    assert!(world.balance(world.usd, ALICE) > dollars);
    world.chain.mine();
    let to = BOB;
    world.must(ALICE, vault, Vault::withdrawToCall { shares, to });
    world.chain.mine();
    world.must(ALICE, vault, Vault::transferCall { to, amount: shares });
    // What fails waits as a claim, and is paid.
    let paused = |world: &mut World, paused| {
        let call = crate::stand_ins::HostileToken::setCall {
            fee_: U256::ZERO,
            paused,
            no: false,
        };
        world.must(STRANGER, hostile, call);
    };
    paused(&mut world, true);
    world.chain.mine();
    let left = world.shares(ALICE);
    assert!(world.withdraw(ALICE, left).succeeded());
    paused(&mut world, false);
    world.chain.mine();
    let (account, asset) = (ALICE, hostile);
    world.must(BOB, vault, Vault::settleClaimCall { account, asset });
    world.chain.mine();
    world.must(STRANGER, vault, Vault::takeFeesCall {});
}

#[test]
fn what_takes_rights_back_goes_on() {
    let mut world = funded();
    let (router, token) = (world.router, world.usd);
    everything(&mut world);
    own(&mut world, VAULT | TRADES);
    let call = GuardRegistry::freezeDestinationCall {
        destination: router,
    };
    world.must(GUARDIAN, world.registry, call);
    let spender = router;
    world.must(STRANGER, world.vault, Vault::revokeCall { token, spender });
    assert!(world.allowance(token, router).is_zero());
}

#[test]
fn s2_an_unlisted_destination_answers_dh23_and_a_stranger_dh24_paused_or_not() {
    for (pause, trade, _) in WAYS {
        let mut world = funded();
        pause(&mut world);
        let nowhere = Address::repeat_byte(9);
        let data = approve(STRANGER, usd(1));
        let vault = world.vault;
        let mut exec = |who, to| {
            let data = data.clone().into();
            world.code(who, vault, Vault::executeTransactionCall { to, data })
        };
        assert_eq!(exec(MANAGER, nowhere), "dh23");
        assert_eq!(exec(STRANGER, nowhere), "dh24");
        let token = World::new().usd;
        assert_eq!(exec(STRANGER, token), "dh24");
        // Its guard would refuse the spender, and is not asked.
        assert_eq!(exec(MANAGER, token), *trade);
        // In a batch the first call decides, as without a pause.
        let unlisted_first = world.batch(MANAGER, &[(nowhere, vec![]), (token, data.clone())]);
        assert_eq!(code_of(unlisted_first.reason()).unwrap(), "dh23");
        let listed_first = world.batch(MANAGER, &[(token, data.clone()), (nowhere, vec![])]);
        assert_eq!(code_of(listed_first.reason()).unwrap(), *trade);
    }
}

#[test]
fn the_widest_pause_gives_the_code() {
    let mut world = funded();
    let (router, swap) = (world.router, world.swap(world.usd, usd(1), world.eth));
    let code = |world: &mut World| code_of(world.exec(MANAGER, router, swap.clone()).reason());
    own(&mut world, TRADES);
    assert_eq!(code(&mut world).as_deref(), Some("dh20"));
    house(&mut world, GUARDIAN, VAULT);
    assert_eq!(code(&mut world).as_deref(), Some("dh2"));
    everything(&mut world);
    assert_eq!(code(&mut world).as_deref(), Some("dh1"));
    world.must(OWNER, world.registry, GuardRegistry::resumeCall {});
    house(&mut world, OWNER, 0);
    own(&mut world, 0);
    assert_eq!(code(&mut world), None);
    world.chain.mine();
    assert!(world.try_deposit(BOB, world.usd, usd(100)).succeeded());
}

#[test]
fn the_guardian_stops_and_lifts_nothing() {
    let mut world = funded();
    let (registry, logic) = (world.registry, world.logic);
    for who in [GUARDIAN, OWNER] {
        world.must(who, registry, GuardRegistry::pauseCall {});
        let why = world.why(GUARDIAN, registry, GuardRegistry::resumeCall {});
        assert!(why.typed::<GuardRegistry::NotOwner>().is_some(), "{why:?}");
        world.must(OWNER, registry, GuardRegistry::resumeCall {});
        house(&mut world, who, VAULT);
        for next in [0, TRADES] {
            let lift = VaultManager::setHousePausesCall { next };
            let why = world.why(GUARDIAN, logic, lift);
            assert!(why.typed::<VaultManager::NotOwner>().is_some(), "{why:?}");
        }
        // Adding is another matter.
        house(&mut world, GUARDIAN, VAULT | TRADES);
        house(&mut world, OWNER, 0);
    }
}

#[test]
fn manager_and_house_lift_their_own_pauses_alone() {
    let mut world = funded();
    let (vault, logic) = (world.vault, world.logic);
    house(&mut world, GUARDIAN, VAULT);
    own(&mut world, TRADES);
    assert_eq!(world.view(vault, Vault::pausesCall {}), 0b0110);
    own(&mut world, 0);
    assert_eq!(world.view(vault, Vault::pausesCall {}), 0b0100);
    own(&mut world, VAULT);
    house(&mut world, OWNER, 0);
    assert_eq!(world.view(vault, Vault::pausesCall {}), 0b0001);
    for who in [TRADER, ALICE, STRANGER, OWNER, GUARDIAN] {
        let next = 0;
        assert_eq!(
            world.code(who, logic, VaultManager::setPausesCall { next }),
            "dh4"
        );
    }
    for who in [MANAGER, TRADER, STRANGER] {
        let why = world.why(who, logic, VaultManager::setHousePausesCall { next: 3 });
        assert!(
            why.typed::<VaultManager::NotGuardian>().is_some(),
            "{why:?}"
        );
    }
    for next in [4, 8, 255] {
        let why = world.why(MANAGER, logic, VaultManager::setPausesCall { next });
        assert!(why.typed::<VaultManager::BadPauses>().is_some(), "{why:?}");
        let why = world.why(OWNER, logic, VaultManager::setHousePausesCall { next });
        assert!(why.typed::<VaultManager::BadPauses>().is_some(), "{why:?}");
    }
}

#[test]
fn a_pause_outlives_new_seats_conditions_and_guards() {
    let mut world = funded();
    let (logic, token) = (world.logic, world.usd);
    own(&mut world, VAULT);
    everything(&mut world);
    world.must(MANAGER, logic, VaultManager::setTraderCall { trader: BOB });
    world.tighten(0, 1_000, 1_000);
    // A new guard of plain tokens stands where the pause is kept.
    let plain = world.plain_guard;
    world.list(&[], &[], &[(0, plain)]);
    let to = token;
    let exec = |world: &mut World, who| {
        let data = approve(world.router, usd(1)).into();
        world.code(who, world.vault, Vault::executeTransactionCall { to, data })
    };
    assert_eq!(exec(&mut world, BOB), "dh1");
    world.must(OWNER, world.registry, GuardRegistry::resumeCall {});
    assert_eq!(exec(&mut world, BOB), "dh2");
    world.must(
        MANAGER,
        logic,
        VaultManager::proposeManagerCall { next: ALICE },
    );
    world.must(ALICE, logic, VaultManager::acceptManagerCall {});
    assert_eq!(exec(&mut world, ALICE), "dh2");
    assert_eq!(exec(&mut world, BOB), "dh24");
    world.must(ALICE, logic, VaultManager::setPausesCall { next: 0 });
    let done = world.exec(ALICE, to, approve(world.router, usd(1)));
    assert!(done.succeeded(), "{:?}", done.reason());
}

#[test]
fn a_pause_of_all_vaults_is_one_of_all_vaults_and_moves_the_epoch() {
    let mut world = funded();
    let (other, logic) = world.another_vault(BOB, (0, 0, 0, 0), 0);
    let (asset, deposits) = (world.usd, true);
    world.must(BOB, logic, VaultManager::addAssetCall { asset, deposits });
    let before = world.view(world.registry, GuardRegistry::epochCall {});
    everything(&mut world);
    let after = world.view(world.registry, GuardRegistry::epochCall {});
    assert_eq!(after, before + 1);
    let (amount, fewest) = (usd(1), U256::ZERO);
    let deposit = Vault::depositCall {
        asset,
        amount,
        fewest,
    };
    assert_eq!(world.code(ALICE, other, deposit), "dh1");
    // What is listed stays so, and is shown.
    let call = GuardRegistry::guardOfCall {
        destination: world.router,
    };
    assert_eq!(world.view(world.registry, call).guard, world.router_guard);
    assert!(world.view(world.registry, GuardRegistry::mayHoldCall { asset }));
    // The type of plain tokens can be frozen as well, and ends no pause.
    world.must(
        GUARDIAN,
        world.registry,
        GuardRegistry::freezeTypeCall { assetType: 0 },
    );
    assert!(world.view(world.registry, GuardRegistry::pausedCall {}));
}

#[test]
fn r1_nobody_pauses_from_within_a_call() {
    let mut world = funded();
    world.router_is_trader();
    let baits = [
        VaultManager::setPausesCall { next: 0 }.abi_encode(),
        VaultManager::setHousePausesCall { next: 3 }.abi_encode(),
    ];
    for bait in baits {
        let call = crate::stand_ins::Router::lieInWaitCall {
            target: world.logic,
            bait: bait.into(),
        };
        world.must(STRANGER, world.router, call);
        assert!(world.swap_hundred().succeeded());
        assert!(!world.view(world.router, crate::stand_ins::Router::answeredCall {}));
    }
}

/// P1 and P2 while something is paused: the pre-flight answers with the chain's own code.
#[test]
fn p2_the_pre_flight_names_the_same_pause() {
    for (pause, trade, _) in WAYS {
        let mut world = funded();
        pause(&mut world);
        let outfit = outfit(&world);
        let nowhere = Address::repeat_byte(9);
        let swap = world.swap(world.usd, usd(1), world.eth);
        for (to, code) in [(world.router, *trade), (nowhere, "dh23")] {
            let data = Vault::executeTransactionCall {
                to,
                data: swap.clone().into(),
            };
            let sent = transaction(&world, MANAGER, world.vault, data.abi_encode());
            agree(&world, &outfit, &sent);
            let seen = flown(&world, &outfit, &sent);
            let portcullis_evm::rules::Verdict::Deny(denial) = seen.verdict else {
                panic!("{:?}", seen.verdict);
            };
            assert_eq!(denial.code, code);
            if code == *trade {
                assert_eq!(denial.rule, "paused");
                assert!(denial.words.contains("paused"), "{}", denial.words);
            }
        }
    }
}
