//! What the manager and the trader do through the one entrypoint; S1 to S16 are the statements of the
//! guard system's page, in the order in which it makes them.

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::{SolCall, SolEvent};
use portcullis_evm::{
    bindings::{GuardRegistry, Vault, VaultManager},
    chain::Call,
    reason::Reason,
};

use crate::{
    stand_ins::{ApproveGuard, Router, RouterGuard, Token, Trap},
    world::{
        ALICE, BOB, GUARDIAN, HOOKED, MANAGER, OWNER, SPENDER, STRANGER, TRADER, World, approve,
        units, usd,
    },
};

fn text(reason: &Reason) -> &str {
    reason.text().unwrap_or_else(|| panic!("{reason:?}"))
}

#[test]
fn s1_both_names_of_the_entrypoint_do_the_same() {
    assert_eq!(
        Vault::execTransactionCall::SELECTOR,
        [0x7a, 0xe7, 0xcf, 0xb5]
    );
    let mut world = World::new().funded();
    let (to, router) = (world.usd, world.router);
    let data = approve(router, U256::from(7)).into();
    let outcome = world.must(
        MANAGER,
        world.vault,
        Vault::execTransactionCall { to, data },
    );
    assert_eq!(world.allowance(to, router), U256::from(7));
    let events: Vec<Vault::Executed> = outcome
        .logs
        .iter()
        .filter_map(|log| Vault::Executed::decode_log_data(&log.data).ok())
        .collect();
    assert_eq!(events.len(), 1);
    assert_eq!(
        (events[0].caller, events[0].to, events[0].kind),
        (MANAGER, to, 1)
    );
    assert_eq!(events[0].selector, [0x09, 0x5e, 0xa7, 0xb3]);
}

#[test]
fn s2_an_unlisted_destination_always_answers_dh23() {
    let mut world = World::new().funded();
    let trap = world.deploy("test/Trap", Vec::new());
    let nobody = Address::repeat_byte(0x77);
    let router = world.router;
    let own = [
        world.vault,
        world.logic,
        world.registry,
        world.factory,
        world.escrow,
    ];
    let guards = [world.router_guard, world.approve_guard, world.plain_guard];
    let datas = [
        Vec::new(),
        vec![1],
        vec![1, 2, 3],
        approve(router, U256::from(1)),
        Token::transferCall {
            to: BOB,
            amount: U256::from(1),
        }
        .abi_encode(),
        vec![0xff; 68],
    ];
    for to in own
        .into_iter()
        .chain(guards)
        .chain([trap, nobody, Address::ZERO])
    {
        for data in &datas {
            assert_eq!(text(&world.exec_why(to, data.clone())), "dh23", "{to}");
        }
    }
    assert_eq!(world.view(trap, Trap::callsCall {}), U256::ZERO);
}

#[test]
fn s3_the_guard_refuses_with_the_argument_and_what_it_saw() {
    let mut world = World::new().funded();
    let why = world.exec_why(world.usd, approve(BOB, U256::from(1)));
    let error: ApproveGuard::NotSpender = why.typed().unwrap();
    assert_eq!((error.argument, error.seen), (U256::ZERO, BOB));
    let call = Router::swapCall {
        tokenIn: world.usd,
        amountIn: usd(1),
        tokenOut: world.eth,
        least: U256::ZERO,
        to: BOB,
    };
    let why = world.exec_why(world.router, call.abi_encode());
    let error: RouterGuard::WrongReceiver = why.typed().unwrap();
    assert_eq!((error.argument, error.seen), (U256::from(4), BOB));
}

#[test]
fn s4_kind_zero_is_dh23_and_any_other_is_carried_out() {
    let mut world = World::new().funded();
    let data = Token::transferCall {
        to: BOB,
        amount: usd(1),
    }
    .abi_encode();
    assert_eq!(text(&world.exec_why(world.usd, data)), "dh23");
    world.allow_router(world.usd);
    assert!(world.swap_hundred().succeeded());
    assert_eq!(world.balance(world.eth, world.vault), units(5, 16));
}

#[test]
fn s7_a_swap_needs_the_asset_as_much_as_the_protocol() {
    for mut world in [World::new().funded(), World::watched().funded()] {
        world.allow_router(world.usd);
        let asset = world.btc;
        world.must(
            MANAGER,
            world.logic,
            VaultManager::removeAssetCall { asset },
        );
        let data = world.swap(world.usd, usd(100), asset);
        assert_eq!(text(&world.exec_why(world.router, data)), "dh22");
        let other = world.eth;
        world.must(
            GUARDIAN,
            world.registry,
            GuardRegistry::freezeAssetCall { asset: other },
        );
        assert_eq!(text(&world.swap_hundred().reason().unwrap()), "dh22");
    }
}

#[test]
fn s8_a_listed_protocol_takes_only_the_calls_its_guard_knows() {
    let mut world = World::new().funded();
    let take = Router::takeCall {
        token: world.usd,
        from: ALICE,
        amount: usd(1),
    };
    let wait = Router::lieInWaitCall {
        target: BOB,
        bait: Vec::new().into(),
    };
    for data in [
        take.abi_encode(),
        wait.abi_encode(),
        vec![0; 4],
        vec![0xff; 3],
        Vec::new(),
    ] {
        assert_eq!(text(&world.exec_why(world.router, data)), "dh23");
    }
}

#[test]
fn s12_manager_and_trader_are_the_same_to_guards() {
    let mut world = World::new().funded();
    let (to, router) = (world.usd, world.router);
    for caller in [MANAGER, TRADER] {
        assert!(
            world
                .exec(caller, to, approve(router, U256::from(1)))
                .succeeded()
        );
        let why = world.exec(caller, to, approve(BOB, U256::from(1))).reason();
        assert!(matches!(why, Some(Reason::Typed(..))), "{why:?}");
        let why = world
            .exec(caller, BOB, approve(router, U256::from(1)))
            .reason();
        assert_eq!(why.unwrap().text(), Some("dh23"));
    }
}

#[test]
fn everybody_else_is_dh24_wherever_they_point() {
    let mut world = World::new().funded();
    let (to, router) = (world.usd, world.router);
    for caller in [
        ALICE,
        STRANGER,
        OWNER,
        GUARDIAN,
        world.logic,
        world.registry,
        Address::ZERO,
    ] {
        for target in [to, router, BOB] {
            let call = Call::new(
                caller,
                world.vault,
                Vault::executeTransactionCall {
                    to: target,
                    data: approve(router, U256::from(1)).into(),
                }
                .abi_encode(),
            );
            let why = world.chain.look(&call);
            // An account with code sends nothing by itself.
            let Ok(outcome) = why else { continue };
            assert_eq!(text(&outcome.reason().unwrap()), "dh24");
        }
    }
    let outcome = world.batch(STRANGER, &[(to, approve(router, U256::from(1)))]);
    assert_eq!(text(&outcome.reason().unwrap()), "dh24");
}

#[test]
fn a2_a_rotated_trader_is_a_stranger_at_once() {
    let mut world = World::new().funded();
    let (to, router) = (world.usd, world.router);
    world.must(
        MANAGER,
        world.logic,
        VaultManager::setTraderCall { trader: BOB },
    );
    let why = world
        .exec(TRADER, to, approve(router, U256::from(1)))
        .reason();
    assert_eq!(why.unwrap().text(), Some("dh24"));
    assert!(
        world
            .exec(BOB, to, approve(router, U256::from(1)))
            .succeeded()
    );
    world.must(
        MANAGER,
        world.logic,
        VaultManager::setTraderCall {
            trader: Address::ZERO,
        },
    );
    let why = world.exec(BOB, to, approve(router, U256::from(1))).reason();
    assert_eq!(why.unwrap().text(), Some("dh24"));
}

#[test]
fn what_the_target_says_is_passed_on_unchanged() {
    let mut world = World::new().funded();
    world.allow_router(world.usd);
    let call = Router::swapCall {
        tokenIn: world.usd,
        amountIn: usd(1),
        tokenOut: world.eth,
        least: U256::MAX,
        to: world.vault,
    };
    assert_eq!(
        text(&world.exec_why(world.router, call.abi_encode())),
        "too little"
    );
}

#[test]
fn what_the_target_returns_comes_back() {
    let mut world = World::new().funded();
    world.allow_router(world.usd);
    let outcome = world.swap_hundred();
    let told = Vault::executeTransactionCall::abi_decode_returns(outcome.returned().unwrap());
    assert_eq!(told.unwrap(), B256::from(units(5, 16)).to_vec());
}

#[test]
fn no_native_value_is_taken() {
    let mut world = World::new().funded();
    world.chain.set_balance(MANAGER, units(1, 18)).unwrap();
    let data = approve(world.router, U256::from(1)).into();
    let to = world.usd;
    for bytes in [
        Vault::executeTransactionCall { to, data }.abi_encode(),
        Vec::new(),
    ] {
        let call = Call {
            value: U256::from(1),
            ..Call::new(MANAGER, world.vault, bytes)
        };
        assert!(!world.send(&call).succeeded());
    }
    assert_eq!(world.chain.balance(world.vault).unwrap(), U256::ZERO);
}

#[test]
fn a_batch_is_all_or_nothing() {
    let mut world = World::watched().funded();
    let (token, router, eth) = (world.usd, world.router, world.eth);
    let swap = world.swap(token, usd(100), eth);
    let calls = [(token, approve(router, usd(100))), (router, swap.clone())];
    assert!(world.batch(MANAGER, &calls).succeeded());
    assert_eq!(world.balance(eth, world.vault), units(5, 16));
    let calls = [(token, approve(router, usd(100))), (BOB, swap)];
    let why = world.batch(MANAGER, &calls).reason().unwrap();
    assert_eq!(text(&why), "dh23");
    assert_eq!(world.allowance(token, router), U256::ZERO);
}

#[test]
fn a_batch_of_nothing_or_of_odd_lists_is_refused() {
    let mut world = World::new().funded();
    let why = world.batch(MANAGER, &[]).reason().unwrap();
    assert!(why.typed::<Vault::BadBatch>().is_some(), "{why:?}");
    let call = Vault::execTransactionsCall {
        to: vec![world.usd],
        data: Vec::new(),
    };
    let why = world.why(MANAGER, world.vault, call);
    assert!(why.typed::<Vault::BadBatch>().is_some(), "{why:?}");
}

#[test]
fn t1_a_delisted_spender_loses_what_stands() {
    let mut world = World::new().funded();
    world.allow_router(world.usd);
    let (token, spender) = (world.usd, world.router);
    let call = || Vault::revokeCall { token, spender };
    let why = world.why(STRANGER, world.vault, call());
    assert!(why.typed::<Vault::NotRevocable>().is_some(), "{why:?}");
    let destination = spender;
    world.must(
        OWNER,
        world.registry,
        GuardRegistry::delistDestinationCall { destination },
    );
    assert_eq!(text(&world.swap_hundred().reason().unwrap()), "dh23");
    let why = world.exec_why(token, approve(spender, U256::from(1)));
    assert!(why.typed::<ApproveGuard::NotSpender>().is_some(), "{why:?}");
    world.must(STRANGER, world.vault, call());
    assert_eq!(world.allowance(token, spender), U256::ZERO);
    let trap = world.deploy("test/Trap", Vec::new());
    let call = Vault::revokeCall {
        token: trap,
        spender,
    };
    assert!(!world.call(STRANGER, world.vault, call).succeeded());
    assert_eq!(world.view(trap, Trap::callsCall {}), U256::ZERO);
}

#[test]
fn a_guard_that_looks_again_is_asked_after_every_call() {
    let mut world = World::new().funded();
    let guard = world.deploy("test/RouterGuard", Vec::new());
    let market = world.deploy("test/Router", Vec::new());
    world.list(&[(market, guard, HOOKED | SPENDER)], &[], &[]);
    let data = world.swap(world.usd, U256::ZERO, world.eth);
    for _ in 0..2 {
        world.exec_must(market, data.clone());
    }
    assert_eq!(
        world.view(guard, RouterGuard::settledCall {}),
        U256::from(2)
    );
}

#[test]
fn the_implementation_itself_belongs_to_nobody() {
    let mut world = World::new();
    let code = world.view(
        world.factory,
        portcullis_evm::bindings::VaultFactory::vaultCodeCall {},
    );
    let conditions = Vault::Conditions {
        checks: 0,
        lossPerCall: 0,
        lossPerDay: 0,
    };
    let set_up = Vault::setUpCall {
        logic_: BOB,
        manager_: BOB,
        name_: String::new(),
        symbol_: String::new(),
        conditions_: conditions,
    };
    for vault in [code, world.vault] {
        let why = world.why(BOB, vault, set_up.clone());
        assert!(why.typed::<Vault::SetUp>().is_some(), "{why:?}");
    }
    let data = approve(world.router, U256::from(1)).into();
    let to = world.usd;
    let why = world.code(BOB, code, Vault::executeTransactionCall { to, data });
    assert_eq!(why, "dh24");
}

#[test]
fn s11_what_never_saw_the_gate_is_refused_by_the_contracts_alone() {
    let mut world = World::new().funded();
    let own = world.deploy("test/Router", Vec::new());
    let call = Vault::executeTransactionCall {
        to: own,
        data: world.swap(world.usd, usd(100), world.eth).into(),
    };
    for who in [MANAGER, TRADER] {
        assert_eq!(world.code(who, world.vault, call.clone()), "dh23");
    }
    assert_eq!(world.balance(world.usd, world.vault), usd(10_000));
}

#[test]
fn s16_a_bad_price_within_the_rules_and_a_loss_of_the_market_are_nobodys_to_prevent() {
    let mut world = World::new().funded();
    world.allow_router(world.usd);
    // The market pays half of what the feed says, and the vault has no floor.
    world.worsen(50_000);
    let before = world.value();
    assert!(world.swap_hundred().succeeded());
    assert!(world.value() < before);
    // A token that loses its worth takes the vault's with it; its holders can still leave.
    let token = world.hostile();
    let outcome = world.try_deposit(BOB, token, units(1_000, 18));
    assert!(outcome.succeeded(), "{:?}", outcome.reason());
    let before = world.value();
    world.set_price(token, units(1, 16));
    assert!(world.value() < before);
    world.chain.mine();
    let shares = world.shares(BOB);
    assert!(world.withdraw(BOB, shares).succeeded());
}
